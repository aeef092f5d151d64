"""The process as people run it: pure protocol on stdout, a sentence for every mistake, an exit code that tells."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from airbyte_cdk.models import AirbyteMessageSerializer

from integration_tests.executable import ROOT
from integration_tests.in_process import said, selecting
from integration_tests.served import lately, served
from integration_tests.vocabulary import CATALOG, DAY, HOUR, KEY, Sandbox
from source_stripe.credentials import ADVANCED_AUTH

MAIN = [sys.executable, "main.py"]


class Ran(NamedTuple):
    code: int
    lines: list[dict[str, Any]]
    stderr: str

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [line[kind.lower()] for line in self.lines if line["type"] == kind]

    @property
    def sentences(self) -> list[str]:
        return [trace["error"]["message"] for trace in self.of("TRACE") if trace["type"] == "ERROR"]


class CommandLine:
    """Runs the connector on files in a directory of its own."""

    def __init__(self, directory: Path, stripe: Sandbox, address: str) -> None:
        self.directory, self.stripe, self.address = directory, stripe, address

    def file(self, name: str, content: object) -> str:
        path = self.directory / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    def run(self, *argv: str) -> Ran:
        """In this process, by the clock that it has."""
        code, stdout, stderr = said(argv, self.stripe.session, time.time())
        return Ran(code, [json.loads(line) for line in stdout.splitlines()], stderr)

    def start(self, *argv: str, program: list[str] = MAIN) -> Ran:
        """As a process of its own."""
        env = {**os.environ, "STRIPE_API_BASE": self.address, "PYTHONPATH": str(ROOT)}
        command = [*program, *argv]
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)
        return Ran(done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr)

    def read(self, config: object, streams: list[str], *more: str) -> Ran:
        return self.run(*self.reading(config, streams), *more)

    def reading(self, config: object, streams: list[str]) -> list[str]:
        """The arguments of a read."""
        files = {"config": self.file("config.json", config), "catalog": self.file("catalog.json", selecting(*streams))}
        return ["read", *(word for name, path in files.items() for word in (f"--{name}", path))]


CONFIG = {"client_secret": KEY, "call_rate_limit": 25}


@pytest.fixture(scope="module")
def stripe() -> Sandbox:
    return lately(customers=8)


@pytest.fixture
def command(tmp_path: Path, stripe: Sandbox) -> Iterator[CommandLine]:
    with served(stripe) as address:
        yield CommandLine(tmp_path, stripe, address)


@pytest.mark.parametrize(
    "program",
    [MAIN, [sys.executable, "-m", "source_stripe"], [str(Path(sys.executable).with_name("source-stripe"))]],
    ids=["main.py", "module", "console script"],
)
def test_the_three_ways_to_call_it_are_the_same(command: CommandLine, program: list[str]) -> None:
    ran = command.start("spec", program=program)
    assert ran.code == 0
    assert ran.of("SPEC")[0]["connectionSpecification"]["title"] == "Stripe"
    assert ran.of("SPEC")[0]["advanced_auth"] == ADVANCED_AUTH


def test_discover_gives_key_cursor_and_modes_of_every_stream(command: CommandLine) -> None:
    ran = command.run("discover", "--config", command.file("config.json", CONFIG))
    (catalog,) = ran.of("CATALOG")
    streams = {stream["name"]: stream for stream in catalog["streams"]}
    assert list(streams) == [resource.name for resource in CATALOG]
    for resource in CATALOG:
        stream = streams[resource.name]
        assert stream["source_defined_primary_key"] == [[name] for name in resource.key]
        assert stream["supported_sync_modes"] == ["full_refresh", *(["incremental"] if resource.cursor else [])]
        assert stream.get("default_cursor_field") == ([resource.cursor] if resource.cursor else None)
        assert stream.get("source_defined_cursor") is (True if resource.cursor else None)
        assert {*resource.key, *stream.get("default_cursor_field", ())} <= stream["json_schema"]["properties"].keys()


def test_a_sync_and_the_next_print_pure_protocol(command: CommandLine, stripe: Sandbox) -> None:
    first = command.start(*command.reading(CONFIG, [resource.name for resource in CATALOG]))
    assert first.code == 0
    assert [AirbyteMessageSerializer.load(line) for line in first.lines]
    assert {record["stream"] for record in first.of("RECORD")} == {resource.name for resource in CATALOG}
    last = {state["stream"]["stream_descriptor"]["name"]: state for state in first.of("STATE")}
    state = command.file("state.json", list(last.values()))
    customer = stripe.account.rows("/v1/customers")[0]["id"]
    stripe.account.advance(DAY // 2)
    stripe.account.update(customer, description="changed")
    stripe.account.advance(HOUR)
    second = command.start(*command.reading(CONFIG, ["customers", "charges", "invoices"]), "--state", state)
    assert second.code == 0
    assert [record["data"]["id"] for record in second.of("RECORD")] == [customer]
    # What stands for Stripe on this machine may have a time of its own.
    assert not any("seconds ahead of Stripe's" in line["message"] for line in second.of("LOG"))


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({}, "client_secret is missing"),
        ({"client_secret": "sk_test_wrong"}, "does not accept the API key"),
        ({"client_secret": KEY, "account_id": "acct_nobody"}, "no access to the account acct_nobody"),
        ({"client_secret": KEY, "start_date": "31.12.2024"}, "start_date must be a date such as"),
    ],
)
def test_a_configuration_that_cannot_work_ends_in_a_sentence(command: CommandLine, config: object, words: str) -> None:
    ran = command.read(config, ["customers"])
    assert ran.code != 0
    assert any(words in sentence for sentence in ran.sentences)
    assert not any("Traceback" in sentence for sentence in ran.sentences)
    assert not ran.of("RECORD")


WORKING: dict[str, object] = {"config": CONFIG, "catalog": selecting("country_specs"), "state": []}


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("config", [], "config.json must be a JSON object."),
        ("catalog", "nonsense", "catalog.json is not JSON"),
        ("catalog", {"streams": []}, "catalog.json selects no stream"),
        ("state", "[" * 100_000, "state.json is nested too deep."),
        (
            "state",
            "null",
            "state.json is null, which tells nothing. For a first sync leave --state out, or give it [].",
        ),
        ("state", {"custmers": {"updated": 5}}, "custmers (is customers meant?)"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(command: CommandLine, file: str, content: object, words: str) -> None:
    paths = {name: command.file(f"{name}.json", good) for name, good in WORKING.items()}
    command.file(f"{file}.json", content)
    ran = command.run("read", *(word for name, path in paths.items() for word in (f"--{name}", path)))
    assert ran.code == 1
    (sentence,) = ran.sentences
    assert words in sentence
    assert ran.of("TRACE")[0]["error"]["failure_type"] == "config_error"


def test_a_state_without_a_path_is_not_taken_for_none(command: CommandLine) -> None:
    ran = command.read(CONFIG, ["country_specs"], "--state", "")
    assert ran.code == 1
    assert "For a first sync leave --state out" in ran.sentences[0]
    assert not ran.of("RECORD")


def test_a_configuration_in_the_place_of_its_path_is_not_shown(command: CommandLine) -> None:
    ran = command.run("check", "--config", json.dumps(CONFIG))
    assert ran.code == 1
    assert ran.sentences == ["The configuration has to be in a file, whose path is given."]
    assert KEY not in str(ran.lines) + ran.stderr


def test_every_file_may_be_a_pipe_with_a_byte_order_mark(command: CommandLine) -> None:
    """The state is what the sync before it printed, as it is."""
    first = command.read(CONFIG, ["customers"])
    assert first.of("RECORD")
    files = {
        "config": json.dumps(CONFIG),
        "catalog": json.dumps(selecting("customers"), indent=2),
        "state": "".join(f"{json.dumps(line)}\n" for line in first.lines),
    }
    pipes = 'cat state.txt | "$0" "$1" read --config <(cat config.txt) --catalog <(cat catalog.txt) --state /dev/stdin'
    for encoding in ("utf-8-sig", "utf-16"):
        for name, text in files.items():
            (command.directory / f"{name}.txt").write_bytes(text.encode(encoding))
        shell = ["bash", "-c", f"cd {shlex.quote(str(command.directory))}; {pipes}"]
        ran = command.start(program=[*shell, sys.executable, str(ROOT / "main.py")])
        assert (ran.code, ran.sentences, ran.of("RECORD")) == (0, [], [])
        assert ran.of("STATE")


def test_check_takes_a_configuration_from_a_pipe(command: CommandLine) -> None:
    config = command.file("config.json", CONFIG)
    shell = ["bash", "-c", f'"$0" main.py check --config <(cat {shlex.quote(config)})']
    ran = command.start(program=[*shell, sys.executable])
    assert {"type": "CONNECTION_STATUS", "connectionStatus": {"status": "SUCCEEDED"}} in ran.lines


def test_what_is_left_out_of_a_state_is_said_at_level_warn(command: CommandLine) -> None:
    state = command.file("state.json", [{"customers": {}}, {"usage_records": {"updated": 5}}])
    ran = command.read(CONFIG, ["country_specs"], "--state", state)
    warnings = [log["message"] for log in ran.of("LOG") if log["level"] == "WARN"]
    assert ran.code == 0
    assert warnings == ["The state of usage_records is left out: there is no such stream."]


def test_a_file_that_is_not_there_is_named(command: CommandLine) -> None:
    ran = command.run("check", "--config", str(command.directory / "none.json"))
    assert ran.code == 1
    assert "none.json cannot be read: No such file" in ran.sentences[0]


def test_a_reader_that_goes_away_ends_the_process(command: CommandLine) -> None:
    config = command.file("config.json", CONFIG)
    catalog = command.file("catalog.json", selecting(*(resource.name for resource in CATALOG)))
    read = shlex.join([*MAIN, "read", "--config", str(config), "--catalog", str(catalog)])
    shell = f"{read} | head -n 3; exit ${{PIPESTATUS[0]}}"
    env = {**os.environ, "STRIPE_API_BASE": command.address}
    assert (
        subprocess.run(
            ["bash", "-c", shell], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, timeout=60, check=False
        ).returncode
        == 1
    )


def test_a_wrong_command_says_how_to_call_it(command: CommandLine) -> None:
    ran = command.run("raed")
    assert (ran.code, {line["type"] for line in ran.lines} - {"LOG"}) == (2, set())
    assert "spec" in ran.stderr
