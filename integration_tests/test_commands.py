"""The commands for people: they say what they do, print what is asked for, and end with a sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from integration_tests.in_process import file, said
from integration_tests.vocabulary import KEY, settled
from source_stripe.catalog import CATALOG, PRODUCTS, SUGGESTED
from source_stripe.permissions import names
from source_stripe.usage import HELP, PEOPLE

ROOT = Path(__file__).parents[1]


def ran(*argv: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "100"} | environment
    command = [sys.executable, "-m", "source_stripe", *argv]
    return subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("argv", [["--help"], ["-h"], ["help"]])
def test_the_help_fits_a_screen_and_names_every_command(argv: list[str]) -> None:
    done = ran(*argv)
    assert (done.returncode, done.stdout, done.stderr) == (0, HELP, "")
    assert len(HELP.splitlines()) <= 24
    assert max(map(len, HELP.splitlines())) <= 80
    commands = [line.split()[0] for line in HELP.splitlines() if line.startswith("  ") and not line.startswith("   ")]
    assert commands == ["spec", "check", "discover", "read", *PEOPLE]


def test_no_command_is_answered_with_the_help_and_a_code() -> None:
    done = ran()
    assert (done.returncode, done.stdout, done.stderr) == (2, "", HELP)


def test_the_version_is_that_of_the_metadata() -> None:
    metadata = (ROOT / "metadata.yaml").read_text()
    name, version = ran("--version").stdout.split()
    assert name == "source-stripe"
    assert f"dockerImageTag: {version}\n" in metadata


def catalog(*argv: str) -> dict[str, Any]:
    done = ran("catalog", *argv)
    assert (done.returncode, done.stderr) == (0, "")
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def test_a_printed_catalogue_is_read_as_it_is(tmp_path: Path) -> None:
    selected = catalog("--streams", "customers, balance")
    assert [one["stream"]["name"] for one in selected["streams"]] == ["balance", "customers"]
    config = file(tmp_path, "config.json", {"client_secret": KEY})
    argv = ["read", "--config", config, "--catalog", file(tmp_path, "catalog.json", selected)]
    printed = said(argv, settled(customers=3).session)
    assert printed.code == 0
    assert {line["record"]["stream"] for line in printed.lines if line["type"] == "RECORD"} == {"balance", "customers"}


def test_a_printed_catalogue_says_of_a_stream_what_discover_says(tmp_path: Path) -> None:
    printed = said(["discover", "--config", file(tmp_path, "config.json", {"client_secret": KEY})], settled().session)
    discovered = next(line["catalog"]["streams"] for line in printed.lines if line["type"] == "CATALOG")
    listed = {one["stream"]["name"]: one["stream"] for one in catalog()["streams"]}
    assert listed.keys() == {stream["name"] for stream in discovered}
    for stream in discovered:
        for name, value in listed[stream["name"]].items():
            assert stream[name] == value, (stream["name"], name)


def test_streams_are_selected_by_name_by_product_or_as_suggested() -> None:
    def names(*argv: str) -> list[str]:
        return [one["stream"]["name"] for one in catalog(*argv)["streams"]]

    assert names() == [resource.name for resource in CATALOG]
    assert {*names("--suggested")} == {*SUGGESTED} <= {resource.name for resource in CATALOG}
    products = {product.name: [stream.name for stream in product.streams] for product in PRODUCTS}
    assert names("--product", "climate,tax", "--streams", "charges") == [
        one for one in names() if one in (*products["climate"], *products["tax"], "charges")
    ]


def test_the_permissions_of_a_selection_are_printed_with_the_link_that_ticks_them() -> None:
    done = ran("permissions", "--streams", "charges,balance", "--test")
    assert done.returncode == 0
    *listed, empty, link = done.stdout.splitlines()
    resources = [resource for resource in CATALOG if resource.name in ("charges", "balance")]
    named = dict(line.split("\t") for line in listed)
    assert (tuple(named), empty) == (names(resources), "")
    assert named["rak_charge_read"] == "Charges and Refunds"
    address = urlsplit(link)
    assert (address.netloc, address.path) == ("dashboard.stripe.com", "/test/apikeys/create")
    assert [value for name, value in parse_qsl(address.query) if name == "permissions[]"] == [*named]
    assert "connected accounts" in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["catalog", "--streams", "custommers"], "There is no stream custommers. Is customers meant?"),
        (["catalog", "--product", "bills"], "There is no product bills."),
        (["sync", "--to", "x"], "--config"),
        (["sync", "--config", "missing.json", "--to", "x.duckdb"], "The configuration missing.json cannot be read"),
        (["sync", "--config", "/dev/null", "--to", "x.duckdb"], "The configuration /dev/null is empty."),
        (["catalog", "--strems", "customers"], "--strems"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(argv: list[str], says: str) -> None:
    done = ran(*argv)
    assert done.returncode in (1, 2)
    assert done.stdout == ""
    assert says in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_a_path_that_is_no_place_for_rows_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    config = file(tmp_path, "config.json", {"client_secret": KEY})
    done = ran("sync", "--config", config, "--to", config, STRIPE_API_BASE="http://127.0.0.1:9")
    assert done.returncode == 1
    assert "is a file; it takes a folder, or a name that ends in .duckdb" in " ".join(done.stderr.split())
    broken = tmp_path / "x.duckdb"
    broken.write_text("no database")
    done = ran("sync", "--config", config, "--to", str(broken), STRIPE_API_BASE="http://127.0.0.1:9")
    assert done.returncode == 1
    assert "cannot be opened" in done.stderr


def test_a_key_is_in_no_sentence_of_a_sync(tmp_path: Path) -> None:
    config = file(tmp_path, "config.json", {"client_secret": "sk_test_" + "Secret1234567890", "start_date": KEY})
    done = ran("sync", "--config", config, "--to", str(tmp_path / "rows"))
    assert done.returncode == 1
    assert "Secret1234567890" not in done.stderr
    assert KEY not in done.stderr
    assert "start_date" in done.stderr
