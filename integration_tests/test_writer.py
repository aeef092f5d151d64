"""The way of the records to stdout, a page at a time, prints what the CDK's own way prints."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import pytest
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import AirbyteMessage, AirbyteMessageSerializer, ConfiguredAirbyteCatalogSerializer, Type

from integration_tests.executable import ROOT
from integration_tests.served import served
from integration_tests.vocabulary import CATALOG, HOUR, KEY, NOW, Account, Sandbox, Time, catalog, settled
from source_stripe.airbyte.batch import Batch
from source_stripe.catalog.core import customers
from source_stripe.declaration.resource import Resource
from source_stripe.entrypoint import run
from source_stripe.run import main
from source_stripe.runtime import Runtime
from source_stripe.source import SourceStripe

CONFIG = {"client_secret": KEY, "start_date": "2000-01-01T00:00:00Z"}
EVERYTHING = [resource.name for resource in CATALOG]
MANY = 8_000
"""Customers, far more than fit into the queue and the pipe."""


@pytest.fixture(scope="module")
def stripe() -> Sandbox:
    return settled(customers=15, seed=9)


@pytest.fixture(scope="module")
def crowded() -> Account:
    account = Account(NOW)
    account.has("customer", MANY)
    account.advance(2 * HOUR)
    return account


def source(stripe: Sandbox) -> SourceStripe:
    time = Time()
    clock = lambda: float(stripe.account.now)  # noqa: E731
    return SourceStripe(Runtime(stripe.session, clock, time.now, time.sleep, lambda: 0.0))


def read_command(directory: Path, *streams: str, num_workers: int = 1) -> list[str]:
    """With one worker the order in which things happen is always the same."""
    files = {"config": CONFIG | {"num_workers": num_workers}}
    files["catalog"] = ConfiguredAirbyteCatalogSerializer.dump(catalog(streams, incremental=True))
    for name, content in files.items():
        (directory / f"{name}.json").write_text(json.dumps(content))
    return ["read", *(word for name in files for word in (f"--{name}", str(directory / f"{name}.json")))]


def printed_to_a_file(argv: list[str], source: SourceStripe, directory: Path) -> list[str]:
    path = directory / "stdout"
    with path.open("w") as file, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", file)
        assert run(argv, source) == 0
    return path.read_text().splitlines()


def printed_to_a_stand_in(argv: list[str], source: SourceStripe, directory: Path) -> list[str]:
    with io.StringIO() as text, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", text)
        assert run(argv, source) == 0
        return text.getvalue().splitlines()


def by_stream(lines: list[str]) -> dict[str, list[str]]:
    """The lines about each stream in their order, without the times at which they were printed and without logs."""
    streams: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        match json.loads(line):
            case {"type": "RECORD", "record": {"stream": str(name)}}:
                pass
            case {"state": {"stream": {"stream_descriptor": {"name": str(name)}}}}:
                pass
            case {"trace": {"stream_status": {"stream_descriptor": {"name": str(name)}}}}:
                pass
            case {"type": "LOG"}:
                continue
        streams[name].append(re.sub(r'"emitted_at":[0-9.]+', '"emitted_at":0', line))
    return streams


UNSETTLED = ('"type":"STATE"', '"type":"ESTIMATE"')
"""What depends on when a page happened to arrive."""


def settled_lines(lines: list[str]) -> tuple[list[str], str]:
    """The lines about a stream but states, sorted, as pages arrive in any order; and the last state, without the number
    of records that happened to lie before it."""
    states = [re.sub(r'"recordCount":[0-9.]+', "", line) for line in lines if '"type":"STATE"' in line]
    return sorted(line for line in lines if not any(kind in line for kind in UNSETTLED)), states[-1]


@pytest.mark.parametrize("printed", [printed_to_a_file, printed_to_a_stand_in])
def test_the_lines_are_those_of_the_cdk(
    stripe: Sandbox, tmp_path: Path, printed: Callable[[list[str], SourceStripe, Path], list[str]]
) -> None:
    argv = read_command(tmp_path, *EVERYTHING)
    stock = by_stream(list(AirbyteEntrypoint(source(stripe)).run(AirbyteEntrypoint.parse_args(argv))))
    ours = by_stream(printed(argv, source(stripe), tmp_path))
    assert ours.keys() == stock.keys() == set(EVERYTHING)
    for name in EVERYTHING:
        assert settled_lines(ours[name]) == settled_lines(stock[name])


def test_states_count_the_records_before_them_and_statuses_enclose_all(stripe: Sandbox, tmp_path: Path) -> None:
    argv = read_command(tmp_path, *EVERYTHING, num_workers=8)
    lines = printed_to_a_file(argv, source(stripe), tmp_path)
    for name, about in by_stream(lines).items():
        said, since, counts = [], 0, []
        for line in map(json.loads, about):
            match line:
                case {"type": "RECORD"}:
                    since += 1
                case {"state": {"sourceStats": {"recordCount": float(count)}}}:
                    counts.append((count, since))
                    since = 0
                case {"trace": {"stream_status": {"status": status}}}:
                    said.append((status, since + sum(before for _, before in counts)))
        records = sum(json.loads(line)["type"] == "RECORD" for line in about)
        assert all(count == before for count, before in counts)
        running = [("RUNNING", 0)] if records else []
        assert said == [("STARTED", 0), *running, ("COMPLETE", records)]
        assert json.loads(about[-1])["type"] == "TRACE"
        assert f"Read {records} records from {name} stream" in logged(lines)


def logged(lines: list[str]) -> list[str]:
    return [line["log"]["message"] for line in map(json.loads, lines) if line["type"] == "LOG"]


def test_a_log_line_stands_where_it_was_said(stripe: Sandbox, tmp_path: Path) -> None:
    lines = printed_to_a_file(read_command(tmp_path, customers.name), source(stripe), tmp_path)
    kinds = [json.loads(line)["type"] for line in lines]
    texts = [json.loads(line).get("log", {}).get("message", "") for line in lines]
    first = kinds.index("RECORD")
    last = len(kinds) - kinds[::-1].index("RECORD")
    assert texts.index("Marking stream customers as RUNNING") < first
    assert texts.index(f"Read {kinds.count('RECORD')} records from customers stream") >= last


def messages(source: SourceStripe, streams: list[Resource], workers: int = 8) -> Iterator[AirbyteMessage]:
    config = CONFIG | {"num_workers": workers}
    return source.read(logging.getLogger("airbyte"), config, catalog(streams, incremental=True))


def test_whoever_embeds_the_source_gets_ordinary_messages(stripe: Sandbox) -> None:
    got = list(messages(source(stripe), [customers]))
    assert {type(message) for message in got} == {AirbyteMessage}
    records = [message.record.data for message in got if message.record]
    rows = {row["id"]: row for row in stripe.account.rows("/v1/customers")}
    assert {record["id"]: {name: record[name] for name in rows[record["id"]]} for record in records} == rows
    assert any(value is None for record in records for value in record.values())


@pytest.mark.parametrize("make", [Batch.serialized, Batch.unserialized])
def test_a_batch_is_the_messages_of_its_records(make: Callable[[str, list[dict[str, Any]], int], Batch]) -> None:
    records: list[dict[str, Any]] = [{"id": "é", "n": {"none": None, "list": [None]}}, {"id": 'line "\n\u2028'}]
    batch = make("customers", records, 1_790_000_000_123)
    assert batch.count == 2
    got = list(batch.messages())
    assert [message.record.data for message in got if message.record] == records
    assert {(message.type, message.record.emitted_at) for message in got if message.record} == {
        (Type.RECORD, 1_790_000_000_123)
    }


def test_packing_prints_what_the_cdk_prints() -> None:
    records: list[dict[str, Any]] = [
        {"id": "é\u2028", "none": None, "n": {"none": None, "f": 1.0, "l": [None, {}]}},
        {},
    ]
    loose = Batch.unserialized("odd \"name'", records, 5).messages()
    stock = "".join(AirbyteEntrypoint.airbyte_message_to_string(message) + "\n" for message in loose)
    assert Batch.serialized("odd \"name'", records, 5).lines == stock.encode()


@pytest.mark.parametrize("taken", [1, 5, 2_000])
def test_closing_the_generator_leaves_no_thread(crowded: Account, taken: int) -> None:
    before = set(threading.enumerate())
    reading = messages(source(Sandbox(crowded)), [customers])
    for _ in range(taken):
        next(reading)
    reading.close()  # type: ignore[attr-defined]
    assert waited(lambda: not set(threading.enumerate()) - before)


def waited(for_what: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Whether it came about in time."""
    end = time.monotonic() + seconds
    while not for_what():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def reading(crowded: Account, directory: Path) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes], Sandbox]]:
    """The connector as a process whose stdout nobody reads yet; the first line of it is there."""
    stripe = Sandbox(crowded)
    clock = f"import sys; from source_stripe.run import main; sys.exit(main(sys.argv[1:], clock=lambda: {crowded.now}))"
    with served(stripe) as address:
        environment = os.environ | {"STRIPE_API_BASE": address, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", clock, *read_command(directory, customers.name, num_workers=10)]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, bufsize=0)
        assert process.stdout
        try:
            yield process, process.stdout, stripe
        finally:
            with suppress(OSError):
                process.stdout.close()
            process.kill()
            process.wait()


def come_to_rest(stripe: Sandbox) -> int:
    """The number of requests once no more are sent."""
    assert waited(lambda: stripe.count() > 0)
    while True:
        before = stripe.count()
        time.sleep(2.0)
        if stripe.count() == before:
            return before


def test_a_slow_reader_holds_the_sync_up_and_gets_everything(crowded: Account, tmp_path: Path) -> None:
    with reading(crowded, tmp_path) as (process, stdout, stripe):
        # The queue holds 32 pages, each worker one and its next, stdout and the pipe a few.
        assert come_to_rest(stripe) <= 32 + 2 * 10 + 5 < MANY / 100
        lines = stdout.read().splitlines()
        assert process.wait() == 0
    assert {type(AirbyteMessageSerializer.load(json.loads(line))) for line in lines} == {AirbyteMessage}
    assert sum(line.startswith(b'{"type":"RECORD"') for line in lines) == MANY


def test_a_reader_that_goes_away_ends_the_process_although_the_workers_wait(crowded: Account, tmp_path: Path) -> None:
    with reading(crowded, tmp_path) as (process, stdout, stripe):
        come_to_rest(stripe)
        stdout.read(1_000)
        stdout.close()
        assert process.wait(timeout=30) == 1


def test_spec_is_the_line_of_the_cdk(capsys: pytest.CaptureFixture[str]) -> None:
    *_, stock = AirbyteEntrypoint(SourceStripe()).run(AirbyteEntrypoint.parse_args(["spec"]))
    assert main(["spec"]) == 0
    assert capsys.readouterr().out == f"{stock}\n"


def test_spec_does_without_the_cdk() -> None:
    code = "import sys, source_stripe.run as r; r.main(['spec']); sys.exit('airbyte_cdk' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, check=False)
    assert done.returncode == 0
    assert json.loads(done.stdout)["type"] == "SPEC"
