"""`make demo-pyairbyte`: PyAirbyte syncs a sandbox account twice into DuckDB; says what came, and at what cost."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from integration_tests import pyairbyte
from integration_tests.executable import ROOT, write_executable
from integration_tests.oracle import held
from integration_tests.sandbox import Account, Sandbox
from integration_tests.served import served
from source_stripe.catalog import CATALOG
from source_stripe.declaration.resource import Resource
from source_stripe.declaration.takes import Children, Embedded, Whole

DEMO = ROOT / "demo" / "pyairbyte"
DATABASE, LOG = DEMO / "stripe.duckdb", DEMO / "pyairbyte.log"
READING, READS = DEMO / "reading.jsonl", (DEMO / "first_read.jsonl", DEMO / "second_read.jsonl")
CUSTOMERS, YEARS, SEED = 40, 3, 7
HOUR, DAY = 3_600, 86_400
DAYS, CHANGES = 3, 200
SECONDS_BETWEEN_SIGNS_OF_LIFE = 5.0


@dataclass
class Sync:
    """What one sync brought and what it cost, by stream."""

    rows: dict[str, set[str]]
    """The ids of the rows in the database, without those of deleted objects."""
    requests: Counter[str]
    changed: Counter[str] = field(default_factory=Counter)
    deleted: Counter[str] = field(default_factory=Counter)


def main() -> int:
    """0 if in the end every table holds exactly the objects that the account holds."""
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir(parents=True)
    account = Account.populated(now=int(time.time()), seed=SEED, customers=CUSTOMERS, years=YEARS)
    account.advance(HOUR)
    # The connector's clock is the account's, or what happens after the first sync could not be read for days.
    executable, clock = write_executable(DEMO, account.now, reads=READING.name)
    sandbox = Sandbox(account)
    with served(sandbox) as address:
        say(f"A Stripe account in a sandbox, {YEARS} years old, at {address}. No Stripe key is needed.")
        say(f"  check     {checked(executable, address)}")
        say(f"  discover  {discovered(executable, address)}")

        say("First sync: PyAirbyte runs the connector, which lists everything, and loads it into DuckDB.")
        first = synced(executable, address, sandbox, READS[0])
        in_stripe_before = ids_in_stripe(account)

        say(f"{DAYS} days pass in the account; {CHANGES} things happen.")
        account.live(DAYS * DAY, CHANGES, silent=False)
        account.advance(HOUR)
        clock.write_text(str(account.now))

        say("Second sync: PyAirbyte hands the state back; the connector reads what changed.")
        second = synced(executable, address, sandbox, READS[1])

    in_stripe = ids_in_stripe(account)
    # Stripe shows events for 30 days; a table keeps them.
    in_stripe["events"] |= in_stripe_before["events"]
    wrong = report(first, second, in_stripe)
    say(f"\nThe tables: {shown(DATABASE)}. What the connector printed: {shown(READS[0])}, {shown(READS[1])}.")
    return 1 if wrong else 0


def checked(executable: Path, address: str) -> str:
    status = one(run(executable, address, "check"), "CONNECTION_STATUS")["connectionStatus"]
    return "the account can be read" if status["status"] == "SUCCEEDED" else str(status["message"])


def discovered(executable: Path, address: str) -> str:
    streams = one(run(executable, address, "discover"), "CATALOG")["catalog"]["streams"]
    incremental = sum("incremental" in stream["supported_sync_modes"] for stream in streams)
    return f"{len(streams)} streams, {incremental} of them incremental"


def run(executable: Path, address: str, command: str) -> list[str]:
    """The lines that a command of the connector prints."""
    done = subprocess.run(
        [executable, command, "--config", pyairbyte.CONFIG],
        env=os.environ | {"STRIPE_API_BASE": address},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def synced(executable: Path, address: str, sandbox: Sandbox, kept: Path) -> Sync:
    """A sync, with signs of life while it lasts; what the connector prints is kept in a file."""
    sandbox.log.clear()
    began = time.monotonic()
    with LOG.open("a") as said:
        process = pyairbyte.start(executable, address, DATABASE, said)
        while not over(process):
            say(f"  ... {progress()}")
    keys = pyairbyte.finish(process, LOG)
    rows = {resource.name: pyairbyte.living(keys, resource) for resource in CATALOG}
    sync = Sync(rows, by_stream(sandbox.counts()))
    READING.rename(kept)
    with kept.open() as lines:
        for record in (message["record"] for message in messages(lines, "RECORD")):
            kind = sync.deleted if record["data"].get("is_deleted") else sync.changed
            kind[record["stream"]] += 1
    came = sync.changed.total() + sync.deleted.total()
    say(f"  {came:,} records with {len(sandbox.log)} requests; {time.monotonic() - began:.0f} s with PyAirbyte's share")
    return sync


def over(process: subprocess.Popen[str]) -> bool:
    """Whether it is, a few seconds from now at the latest."""
    try:
        process.wait(SECONDS_BETWEEN_SIGNS_OF_LIFE)
    except subprocess.TimeoutExpired:
        return False
    return True


def progress() -> str:
    if not READING.exists():
        return "PyAirbyte starts"
    text = READING.read_text()
    came, done = text.count('"type":"RECORD"'), text.count('"COMPLETE"')
    if done == len(CATALOG):
        return f"{came:,} records read, PyAirbyte loads them"
    return f"{came:,} records read, {done} of {len(CATALOG)} streams done"


def report(first: Sync, second: Sync, in_stripe: Mapping[str, set[str]]) -> list[str]:
    """Prints the table; returns the streams whose rows are not the objects that the account holds."""
    table: dict[str, tuple[int, ...]] = {
        name: (
            len(first.rows[name]),
            second.changed[name],
            second.deleted[name],
            len(second.rows[name]),
            len(ids),
            first.requests[name],
            second.requests[name],
        )
        for name, ids in in_stripe.items()
    }
    say("\n" + " " * 92 + "requests in")
    show("stream", ("first sync", "changed", "deleted", "rows now", "in Stripe", "first", "second"))
    for name, numbers in table.items():
        show(name, numbers)
    show("all", [sum(column) for column in zip(*table.values(), strict=True)])
    say("\nRows of deleted objects stay in the tables and are not counted. The requests")
    say("of `events` are those of the feed that tells all streams what changed; it is read once for all.")
    wrong = [name for name, ids in in_stripe.items() if second.rows[name] != ids]
    if wrong:
        say(f"NOT the objects that the account holds: {', '.join(wrong)}.")
    else:
        say("Every table holds exactly the objects that the account holds.")
    return wrong


def ids_in_stripe(account: Account) -> dict[str, set[str]]:
    """What the account's own lists show, read past the connector."""
    return {resource.name: set(held(account, resource)) for resource in CATALOG}


def by_stream(endpoints: Mapping[str, int]) -> Counter[str]:
    """Requests by the stream whose list, object or children an endpoint gives; the others by endpoint."""
    owners: dict[str, str] = {}
    for resource in CATALOG:
        for path in paths(resource):
            owners.setdefault(_blank(path), resource.name)
    counts: Counter[str] = Counter()
    for endpoint, count in endpoints.items():
        counts[owners.get(_blank(endpoint), endpoint)] += count
    return counts


def paths(resource: Resource) -> Iterator[str]:
    """The endpoints that are read for this stream's own objects."""
    for part in resource.parts:
        match part.first.take:
            case Whole():
                yield part.first.origin.path
            case Children(path=path) | Embedded(whole=Children(path=path), inside=""):
                yield path
    yield from (route.origin.retrieve for route in resource.routes if isinstance(route.take, Whole))


def _blank(path: str) -> str:
    """`/v1/invoices/{}` for `/v1/invoices/{id}` and for `/v1/invoices/{invoice}`."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def one(lines: Iterable[str], kind: str) -> dict[str, Any]:
    return next(messages(lines, kind))


def messages(lines: Iterable[str], kind: str) -> Iterator[dict[str, Any]]:
    """The protocol messages of one type."""
    return (message for message in map(json.loads, lines) if message["type"] == kind)


def show(name: str, cells: Iterable[int | str]) -> None:
    say(f"{name:<32}" + "".join(f"{cell:>11,}" if isinstance(cell, int) else f"{cell:>11}" for cell in cells))


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except RuntimeError as error:
        sys.exit(f"The demo failed. {error}")
