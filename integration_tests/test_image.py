"""The image holds what the connector runs, and leaves out what it never imports; `make image` builds it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from integration_tests.executable import ROOT
from integration_tests.served import served
from integration_tests.vocabulary import settled
from source_stripe.catalog import CATALOG
from tools import slim

WITHOUT = """
import json, sys
gone, clock = set(sys.argv[1].split(",")), float(sys.argv[2])
class Refused:
    @staticmethod
    def find_spec(name, *_):
        if name.partition(".")[0] in gone:
            raise ModuleNotFoundError(f"the image has no {name}")
sys.meta_path.insert(0, Refused)
from source_stripe.run import main
sys.exit(main(sys.argv[3:], clock=lambda: clock))
"""
"""The connector where some modules cannot be imported."""


def test_what_the_image_leaves_out_is_needed_by_none_of_the_commands(tmp_path: Path) -> None:
    stripe = settled(customers=5, seed=7)
    left_out = slim.removed(slim.requirements())
    modules = [
        name
        for name, owners in metadata.packages_distributions().items()
        if {slim.normal(one) for one in owners} <= left_out
    ]
    assert {"pandas", "numpy", "grpc", "nltk", "pip"} <= set(modules)
    assert not {"airbyte_cdk", "requests", "yaml", "source_stripe"} & set(modules)
    (tmp_path / "config.json").write_bytes((ROOT / "integration_tests" / "sandbox_config.json").read_bytes())
    (tmp_path / "catalog.json").write_text(json.dumps([resource.name for resource in CATALOG]))
    config, everything = ("--config", "config.json"), ("--catalog", "catalog.json")

    def run(*argv: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT, ",".join(modules), str(stripe.account.now), *argv],
            cwd=tmp_path,
            env=os.environ | {"STRIPE_API_BASE": address, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    with served(stripe) as address:
        assert '"SUCCEEDED"' in run("check", *config)
        assert '"CATALOG"' in run("discover", *config)
        read = run("read", *config, *everything)
        (tmp_path / "first.jsonl").write_text(read)
        run("read", *config, *everything, "--state", "first.jsonl")
        run("sync", *config, "--to", "data", "--suggested")
        run("permissions", "--suggested")
        run("dbt", "models")
    assert read.count('"type":"RECORD"') > 300


@pytest.mark.parametrize("arguments", [[], ["/nowhere"]])
def test_an_environment_is_cut_down_only_when_it_is_the_one_that_was_named(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(slim, "_delete", lambda *_: pytest.fail("something was deleted"))
    assert slim.main(arguments) == 2
    assert capsys.readouterr().err.startswith("Nothing was removed: ")


def test_a_package_goes_with_what_only_it_requires() -> None:
    requires = {
        "source-stripe": {"airbyte-cdk"},
        "airbyte-cdk": {"pandas", "requests"},
        "pandas": {"numpy", "six"},
        "numpy": set[str](),
        "requests": {"six"},
        "six": set[str](),
        "pip": set[str](),
    }
    assert slim.removed(requires) == {"pandas", "numpy", "pip"}
