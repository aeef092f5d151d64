"""What is measured: each scenario asks one question, with a fresh stand-in for Stripe for each run."""

from __future__ import annotations

import json
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks import objects, platform
from benchmarks.account import DAY
from benchmarks.connectors import Connector, Job
from benchmarks.measure import Run, run, served

Row = dict[str, Any]
LIVE = {"call_rate_limit": 100}
"""All that Stripe allows a live key: 100 requests per second, 25 for each endpoint."""
ACCOUNT_RATE, ENDPOINT_RATE = 100, 25
LATENCY = 0.2
OLD_VERSION = "2024-06-20"
PAGE = 100
CHARGES = (["charges"], [objects.CHARGES.prefix])
LINES = (["invoice_line_items"], [objects.LINE_PREFIX])


@dataclass(frozen=True)
class Sizes:
    """How large the accounts are."""

    first: Sequence[int]
    rivals: int
    """The largest first sync of the connectors that take long."""
    wall: int
    lists: int
    changes: int
    changed_of: Sequence[int]
    lines: Sequence[int]
    parents: int
    feed: int
    repeats: int
    cards: int = 20_000
    later: Sequence[tuple[int, int, str]] = ()
    """Charges, those that have changed, and which."""
    killed: Sequence[tuple[int, int, str]] = ()
    short: int = 10_000
    idle_accounts: Sequence[int] = (10, 100, 1_000, 10_000)
    new_accounts: Sequence[int] = (10, 100, 1_000)


LATER = (
    (100_000, 10, "uniform"),
    (100_000, 100, "uniform"),
    (100_000, 1_000, "uniform"),
    (100_000, 10_000, "uniform"),
    (100_000, 10_000, "recent"),
)
LATER_OF_A_MILLION = ((1_000_000, 1_000, "uniform"), (1_000_000, 10_000, "uniform"), (1_000_000, 10_000, "recent"))
KILLED = ((100_000, 11_000, "uniform"),)
QUICK = Sizes(
    (10_000,),
    10_000,
    10_000,
    2_500,
    100,
    (10_000, 100_000),
    (2_000,),
    100,
    10_000,
    3,
    short=2_000,
    later=((10_000, 1_000, "uniform"),),
    killed=((10_000, 1_100, "uniform"),),
    idle_accounts=(10, 100, 1_000),
    new_accounts=(10, 100),
)
USUAL = Sizes(
    (10_000, 100_000),
    100_000,
    100_000,
    50_000,
    1_000,
    (100_000, 1_000_000),
    (10_000, 100_000),
    1_500,
    200_000,
    5,
    later=(*LATER, *LATER_OF_A_MILLION),
    killed=KILLED,
)
FULL = replace(
    USUAL,
    first=(10_000, 100_000, 1_000_000),
    feed=500_000,
    later=(*LATER, *LATER_OF_A_MILLION, (1_000_000, 100_000, "uniform")),
)


@dataclass
class Bench:
    """Measures, and keeps what was measured."""

    sizes: Sizes
    connectors: Sequence[Connector]
    """The first is this one."""
    say: Callable[[str], None] = lambda line: print(line, flush=True)
    rows: list[Row] = field(default_factory=list)
    state: bytes = b""
    """The last state that the last sync printed, as a line."""

    @property
    def own(self) -> Connector:
        return self.connectors[0]

    def rival(self, name: str) -> list[Connector]:
        return [connector for connector in self.connectors if connector.name == name]

    def sync(self, connector: Connector, case: str, job: Job, expected: int, *arguments: str, **more: object) -> Row:
        """One sync of an account that the arguments describe; `expected` records must come, each once."""
        with tempfile.TemporaryDirectory() as files, served(*arguments) as stripe:
            done = connector.read(job, stripe, Path(files))
            try:
                counts = stripe.counts()
            except OSError:
                counts = {"requests": {}, "refused": {}}
                self.say("  The stand-in for Stripe has ended before its time; somebody has stopped it.")
        right = done.exit_code == 0 and done.records == done.distinct == expected
        self.state = done.state
        row = figures(done) | {
            "connector": connector.name,
            "case": case,
            "expected": expected,
            "right": right,
            "requests": sum(counts["requests"].values()),
            "refused": sum(counts["refused"].values()),
            **more,
        }
        self.rows.append(row)
        wrong = (
            "" if right else f"  WRONG: {done.records} records of {expected}, {done.distinct} different. {done.said}"
        )
        self.say(f"  {connector.name:<8} {case:<58} {done.wall:7.1f} s  {done.cpu:7.2f} s CPU{wrong}")
        return row


def figures(done: Run) -> Row:
    names = ("wall", "cpu", "peak_mb", "records", "states", "output_mb", "state_mb", "threads")
    return {
        name: value if isinstance(value, int) else round(value, 3)
        for name, value in asdict(done).items()
        if name in names
    }


def first_sync(bench: Bench) -> None:
    """What a first sync of charges costs, where Stripe answers at once."""
    for count in bench.sizes.first:
        account = ("--objects", f"charges={count}", "--spread", "bursts")
        modes = (("incremental", True), ("full refresh", False))
        for mode, incremental in modes if count <= bench.sizes.rivals else modes[:1]:
            job = Job(*CHARGES, incremental=incremental, options=LIVE)
            bench.sync(bench.own, f"{count:,} charges, {mode}", job, count, *account, count=count, mode=mode)
        for rival in bench.connectors[1:] if count <= bench.sizes.rivals else ():
            case = f"{count:,} charges, incremental"
            bench.sync(rival, case, Job(*CHARGES), count, *account, count=count, mode="incremental")


def against_the_limit(bench: Bench) -> None:
    """How near a first sync comes to the shortest time that Stripe's rate limits allow, at 200 ms an answer."""
    limits = ("--latency", str(LATENCY), "--account-rate", str(ACCOUNT_RATE), "--endpoint-rate", str(ENDPOINT_RATE))
    count, pages = bench.sizes.wall, math.ceil(bench.sizes.wall / PAGE)
    account = ("--objects", f"charges={count}", "--spread", "bursts", *limits)
    figures = {"least_requests": pages, "least_seconds": pages / ENDPOINT_RATE}
    case = f"{count:,} charges in bursts, 25 requests/s"
    for connector in (bench.own, *bench.rival("airbyte")):
        options = LIVE if connector is bench.own else {}
        bench.sync(connector, case, Job(*CHARGES, options=options), count, *account, **figures)
    lists, each = ("charges", "customers", "refunds", "payment_intents"), bench.sizes.lists
    accounts = ("--objects", *(f"{name}={each}" for name in lists), "--spread", "bursts", *limits)
    pages = math.ceil(each / PAGE) * len(lists)
    figures = {"least_requests": pages, "least_seconds": pages / ACCOUNT_RATE}
    case = f"4 streams of {each:,} side by side, 100 requests/s"
    bench.sync(
        bench.own,
        case,
        Job(lists, [objects.KINDS[name].prefix for name in lists], options=LIVE),
        each * len(lists),
        *accounts,
        **figures,
    )


def changes(bench: Bench) -> None:
    """What a later sync costs: it grows with what changed, not with the account."""
    changed, since = bench.sizes.changes, int(time.time()) - DAY - 60
    feed = ("--events", f"charge.updated={changed}", "--events-days", "1", "--event-version", OLD_VERSION)
    for count in bench.sizes.changed_of:
        account = ("--objects", f"charges={count}", *feed)
        case = f"{changed:,} of {count:,} charges changed"
        for how in ("current", "event"):
            job = Job(*CHARGES, state={"charges": {"updated": since}}, options=LIVE | {"incremental_records": how})
            note = ", read again" if how == "current" else ", as the events show them"
            bench.sync(bench.own, case + note, job, changed, *account, of=count, how=how)
        for rival in bench.rival("airbyte") if count == bench.sizes.changed_of[0] else ():
            job = Job(*CHARGES, state={"charges": {"updated": since}})
            bench.sync(rival, case + ", as the events show them", job, changed, *account, of=count, how="event")


def children(bench: Bench) -> None:
    """Lists under parents: those embedded in the parent, and those to be asked for parent by parent."""
    for count in bench.sizes.lines:
        expected = sum(map(objects.lines_of, range(count)))
        account, case = ("--objects", f"invoices={count}"), f"lines of {count:,} invoices, {expected:,}"
        bench.sync(bench.own, case, Job(*LINES, options=LIVE), expected, *account, count=expected)
        for rival in bench.rival("airbyte") if count == bench.sizes.lines[0] and bench.sizes is not QUICK else ():
            bench.sync(rival, case, Job(*LINES), expected, *account, count=expected)
    parents = bench.sizes.parents
    expected, case = sum(map(objects.methods_of, range(parents))), f"payment methods of {parents:,} customers"
    job = Job(["payment_methods"], [objects.METHOD_PREFIX], options=LIVE)
    bench.sync(bench.own, case, job, expected, "--objects", f"customers={parents}", count=expected)


def feed(bench: Bench) -> None:
    """A long way behind: twenty days of events, each of another customer, in the pinned version."""
    count = bench.sizes.feed
    account = ("--objects", f"customers={count}", "--events", f"customer.updated={count}", "--events-days", "20")
    state = {"customers": {"updated": int(time.time()) - 20 * DAY - 60}}
    job = Job(["customers"], [objects.CUSTOMERS.prefix], state=state, options=LIVE)
    bench.sync(bench.own, f"{count:,} events", job, count, *account, count=count)


def states(bench: Bench) -> None:
    """What states take beside the records, of cards: each is remembered, as no event may tell of its end."""
    count, changed, name = bench.sizes.cards, bench.sizes.cards // 20, "customer_cards"
    account, kind = ("--objects", f"customers={count}", "--cards"), [objects.CARD_PREFIX]
    bench.sync(
        bench.own, f"first sync of the cards of {count:,} customers", Job([name], kind, options=LIVE), count, *account
    )
    state = json.loads(bench.state)["state"]["stream"]["stream_state"]
    since = int(time.time()) - DAY - 60
    known = {field: value for field, value in state.items() if field != "recent"} | {"updated": since}
    given = {"customers": {"updated": since}, name: known}
    feed = ("--events", f"customer.updated={changed}", "--events-days", "1")
    job = Job(list(given), [objects.CARD_HOLDERS.prefix], state=given, options=LIVE)
    bench.sync(bench.own, f"later sync of both, {changed:,} of them changed", job, changed, *account, *feed)


def short_pages(bench: Bench) -> None:
    """What it costs where pages of a hundred objects do not arrive, as people report of live accounts."""
    count = bench.sizes.short
    account, case = ("--objects", f"charges={count}", "--spread", "bursts"), f"{count:,} charges"
    ways = (
        ("", ()),
        (", lists end after 131,072 bytes", ("--list-bytes", "131072")),
        (", 500 above 50 objects", ("--most-on-a-page", "50")),
    )
    for how, arguments in ways:
        bench.sync(bench.own, case + how, Job(*CHARGES, options=LIVE), count, *account, *arguments, how=how)


def many_accounts(bench: Bench) -> None:
    """What a platform's accounts cost in one sync: idle ones, some with news, and a first sync of all, 20 streams."""
    options = LIVE | {"connected_accounts": ["all"]}
    streams, since = platform.STREAMS, int(time.time()) - 3_600
    for count in bench.sizes.idle_accounts:
        for case, every, changed in (("idle", 0, 0), ("one in fifty active", 50, math.ceil(count / 50))):
            given: tuple[str, ...] = ("--objects", "--accounts", str(count), "--active-every", str(every))
            state = platform.states(count, streams, since)
            job = Job(streams, [objects.CHARGES.prefix], state=state, options=options)
            title = f"{count:,} accounts, {case}"
            bench.sync(bench.own, title, job, changed, *given, accounts=count, streams=len(streams), kind=case)
    for count in bench.sizes.new_accounts:
        expected = count * platform.EACH * len(streams)
        job, title = Job(streams, platform.PREFIXES, options=options), f"{count:,} accounts, first sync"
        given = ("--objects", "--accounts", str(count))
        bench.sync(bench.own, title, job, expected, *given, accounts=count, streams=len(streams), kind="first")


def start_up(bench: Bench) -> None:
    """How long it takes until a command has answered, at the median."""
    commands = ("spec", "discover", "check")
    with tempfile.TemporaryDirectory() as files, served("--objects", "charges=100", "customers=100") as stripe:
        for connector in (bench.own, *bench.rival("airbyte")):
            repeats = bench.sizes.repeats if connector is bench.own else 3
            for command in commands:
                _median(bench, connector, command, [
                    connector.start_up(command, stripe, Path(files)) for _ in range(repeats)
                ])  # fmt: skip
    own, everything = bench.own, (sys.executable, "-c", "import source_stripe.source")
    place = {"PYTHONPATH": own.path}
    _median(bench, own, "import of everything", [run(everything, place, own.cwd) for _ in range(bench.sizes.repeats)])


def _median(bench: Bench, connector: Connector, case: str, runs: Sequence[Run]) -> None:
    wall, cpu = (statistics.median(values) for values in ([one.wall for one in runs], [one.cpu for one in runs]))
    right = all(one.exit_code == 0 for one in runs)
    row: Row = {"connector": connector.name, "case": case, "right": right, "repeats": len(runs)}
    bench.rows.append(row | {"wall": round(wall, 3), "cpu": round(cpu, 3), "peak_mb": round(runs[0].peak_mb, 1)})
    wrong = "" if right else f"  WRONG: {runs[-1].said}"
    bench.say(f"  {connector.name:<8} {case:<58} {wall:7.2f} s  {cpu:7.2f} s CPU{wrong}")
