"""From the measured rows to tables. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

Row = Mapping[str, Any]
Results = Mapping[str, Any]
NAMES = {"ours": "this connector", "airbyte": "Airbyte's", "singer": "Singer's"}


class Table(NamedTuple):
    title: str
    about: str
    columns: Sequence[str]
    lines: Sequence[Sequence[str]]
    """The first two cells are words, the others numbers."""


Cell = Callable[[Row], str]


def cpu_per_thousand(row: Row) -> float:
    """Milliseconds of processor time for a thousand records."""
    return float(row["cpu"]) / float(row["expected"]) * 1e6


def _milliseconds(row: Row) -> str:
    return f"{cpu_per_thousand(row):,.0f}"


def _seconds(name: str, digits: int = 1) -> Cell:
    return lambda row: f"{row[name]:,.{digits}f}"


def _count(name: str) -> Cell:
    return lambda row: f"{row[name]:,.0f}"


def _per_cpu_second(row: Row) -> str:
    return f"{row['expected'] / row['cpu']:,.0f}"


def _ratio(over: str, under: str) -> Cell:
    return lambda row: f"{row[over] / row[under]:.2f}"


def _share_refused(row: Row) -> str:
    return f"{row['refused'] / row['requests']:.1%}"


COST: dict[str, Cell] = {
    "wall s": _seconds("wall"),
    "CPU s": _seconds("cpu", 2),
    "CPU ms / 1,000": _milliseconds,
    "records / CPU s": _per_cpu_second,
    "peak MB": _count("peak_mb"),
    "requests": _count("requests"),
}
TABLES: dict[str, tuple[str, str, dict[str, Cell]]] = {
    "first_sync": (
        "First sync of charges",
        "Charges of 3.4 kB, created over six years, eight of ten in bursts on the first of a month. The server answers "
        "at once and refuses nothing. This connector sends at most 25 requests a second all the same, as Stripe allows "
        "no more for an endpoint; what counts here is the processor time, which includes the start of the process.",
        COST,
    ),
    "against_the_limit": (
        "First sync against Stripe's rate limits",
        "Every answer takes 200 ms, and the limits are enforced: 100 requests a second, 25 for an endpoint. "
        "`wall / limit` compares the whole run of the process with the time that the least possible requests take at "
        "that rate.",
        {
            "wall s": _seconds("wall"),
            "wall / limit": _ratio("wall", "least_seconds"),
            "requests": _count("requests"),
            "requests / least": _ratio("requests", "least_requests"),
            "answers 429": _share_refused,
            "CPU s": _seconds("cpu", 2),
        },
    ),
    "changes": (
        "Later sync",
        "The events of a day tell of charges that changed, in an older API version than the one the schemas are of. By "
        "default this connector reads each of them again, so that the row is what Stripe shows now.",
        {
            "wall s": _seconds("wall"),
            "CPU s": _seconds("cpu", 2),
            "peak MB": _count("peak_mb"),
            "requests": _count("requests"),
        },
    ),
    "later_syncs": (
        "Later syncs",
        "Charges that the events of a day tell of, in an older API version, so that each is read again: by pages of "
        "the list where a page shows several, else by its id. `uniform` are any of them, of `recent` most are young. "
        "A hundredth of the changes is what the feed takes.",
        {
            "wall s": _seconds("wall"),
            "CPU s": _seconds("cpu", 2),
            "peak MB": _count("peak_mb"),
            "requests": _count("requests"),
            "threads": _count("threads"),
            "states MB": _seconds("state_mb", 2),
        },
    ),
    "killed": (
        "A later sync that is killed",
        "After nine tenths of its records, and gone on with from its last state. `repeated` is what both take beyond "
        "one that is not killed.",
        {
            "wall s": _seconds("wall"),
            "peak MB": _count("peak_mb"),
            "requests, not killed": _count("least_requests"),
            "requests": _count("requests"),
            "repeated": lambda row: f"{row['repeated']:.1%}",
        },
    ),
    "children": (
        "Lists under parents",
        "Three lines stand inside each invoice; every thousandth has 25, of which Stripe shows ten there. The payment "
        "methods of a customer have to be asked for customer by customer.",
        COST,
    ),
    "feed": ("A long way behind", "Twenty days of events, each of another customer.", COST),
    "states": (
        "States",
        "Each customer has a card, whose id every later state holds, as no event is certain to tell that it is gone "
        "with its customer. As much is random in the ids as in Stripe's.",
        {
            "records MB": lambda row: f"{row['output_mb'] - row['state_mb']:,.2f}",
            "states": _count("states"),
            "states MB": _seconds("state_mb", 2),
            "states / records": lambda row: f"{row['state_mb'] / (row['output_mb'] - row['state_mb']):.1%}",
            "CPU s": _seconds("cpu", 2),
            "peak MB": _count("peak_mb"),
        },
    ),
    "short_pages": (
        "Pages that do not arrive",
        "Charges of 3.4 kB. People who read live accounts report lists whose body ends after 131,072 bytes at every "
        "try, and errors 500 for large pages. After two tries half as many objects are asked for, later more.",
        COST,
    ),
    "many_accounts": (
        "Many accounts",
        'A platform\'s accounts with 20 streams and two objects in each, read with `connected_accounts: ["all"]`. The '
        "stand-in answers at once: wall time is that of the limits, 25 requests a second for the events and 100 in "
        "all. `states MB` is what all state messages of the sync have.",
        {
            "wall s": _seconds("wall"),
            "CPU s": _seconds("cpu", 2),
            "CPU ms / account": lambda row: f"{row['cpu'] / row['accounts'] * 1e3:,.1f}",
            "peak MB": _count("peak_mb"),
            "threads": _count("threads"),
            "requests": _count("requests"),
            "requests / account": _ratio("requests", "accounts"),
            "states MB": _seconds("state_mb", 2),
        },
    ),
    "start_up": (
        "Start-up",
        "The whole run of a command, at the median.",
        {"wall s": _seconds("wall", 2), "CPU s": _seconds("cpu", 2), "peak MB": _count("peak_mb")},
    ),
}


def tables(results: Results) -> list[Table]:
    """One for each scenario that was measured."""
    return [_of(name, results["scenarios"][name]) for name in TABLES if name in results["scenarios"]]


def _of(name: str, scenario: Results) -> Table:
    title, about, cells = TABLES[name]
    if other := scenario.get("machine"):
        about += f" Measured on {scenario['date']} on {other['cpu']}, {other['cores']} cores, {other['memory_gb']} GB."
    return _table(title, about, cells, scenario["rows"])


def _table(title: str, about: str, cells: Mapping[str, Cell], rows: Sequence[Row]) -> Table:
    lines = []
    for row in rows:
        numbers = [cell(row) if row["right"] else "WRONG" for cell in cells.values()]
        lines.append([row["case"], NAMES[row["connector"]], *numbers])
    return Table(title, about, ["", "", *cells], lines)


def plain(table: Table) -> str:
    """For a terminal."""
    widths = [max(map(len, column)) for column in zip(table.columns, *table.lines, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if place < 2 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in (table.columns, *table.lines)
    ]
    return "\n".join([table.title, *(f"  {line.rstrip()}" for line in lines)])


def markdown(table: Table) -> str:
    rule = [" --- " if place < 2 else " ---: " for place in range(len(table.columns))]
    lines = ["|".join(["", *(f" {cell} " for cell in line), ""]) for line in (table.columns, *table.lines)]
    return "\n".join([f"## {table.title}", "", table.about, "", lines[0], "|".join(["", *rule, ""]), *lines[1:]])


def find(results: Results, scenario: str, connector: str, **wanted: object) -> list[Row]:
    """The right rows of a scenario that hold what is wanted, the largest last."""
    rows: Sequence[Row] = results["scenarios"].get(scenario, {}).get("rows", ())
    found = [
        row
        for row in rows
        if row["connector"] == connector and row["right"] and all(row.get(name) == it for name, it in wanted.items())
    ]
    return sorted(found, key=lambda row: float(row.get("expected", 0)))


SUMMED = ("first_sync", "against_the_limit", "changes", "children", "feed")
"""The scenarios that the README speaks of."""


def summary(results: Results) -> str:
    """The few lines for the README: what it costs, and how that compares."""
    lines = []
    ours, theirs = (find(results, "first_sync", name, mode="incremental") for name in ("ours", "airbyte"))
    pairs = [(own, rival) for own in ours for rival in theirs if own["count"] == rival["count"]]
    if pairs:
        own, rival = pairs[-1]
        less, slimmer = cpu_per_thousand(rival) / cpu_per_thousand(own), rival["peak_mb"] / own["peak_mb"]
        lines.append(
            f"- A first sync of {own['count']:,} charges takes {cpu_per_thousand(own):,.0f} ms of processor time for a "
            f"thousand records and {own['peak_mb']:,.0f} MB, Airbyte's connector {cpu_per_thousand(rival):,.0f} ms and "
            f"{rival['peak_mb']:,.0f} MB: {less:.1f} and {slimmer:.1f} times as much."
        )
    if limited := find(results, "against_the_limit", "ours"):
        row = limited[0]
        lines.append(
            f"- Against Stripe's rate limits and 200 ms an answer, {row['expected']:,} charges take "
            f"{row['wall'] / row['least_seconds']:.2f} times the shortest time that the limits allow, with "
            f"{row['requests'] / row['least_requests']:.2f} times the least requests."
        )
        lines += [
            f"- {row['case'][0].upper()}{row['case'][1:]}: {row['wall'] / row['least_seconds']:.2f} times the "
            f"shortest time, {cpu_per_thousand(row):,.0f} ms of processor time for a thousand records."
            for row in limited[1:]
        ]
    if changed := find(results, "changes", "ours", how="current"):
        small, large = min(changed, key=lambda row: int(row["of"])), max(changed, key=lambda row: int(row["of"]))
        lines.append(
            f"- A later sync of {large['expected']:,} changed charges takes {small['cpu']:.1f} s of processor time in "
            f"an account of {small['of']:,}, {large['cpu']:.1f} s in one of {large['of']:,}."
        )
    peaks = [row for name in ("first_sync", "children", "feed") for row in find(results, name, "ours")]
    if peaks:
        least, most = (pick(peaks, key=lambda row: float(row["peak_mb"])) for pick in (min, max))
        lines.append(
            f"- Memory: from {least['peak_mb']:,.0f} MB ({least['case']}) "
            f"to {most['peak_mb']:,.0f} MB ({most['case']})."
        )
    shown = [one for name in SUMMED if (one := results["scenarios"].get(name))]
    when = sorted({f"{one['date']} on {one.get('machine', results['machine'])['cpu']}" for one in shown})
    if lines:
        lines.append(f"- Measured on {' and '.join(when)}, with the code of that day.")
    return "".join(f"{line}\n" for line in lines)


def accounts(results: Results) -> str:
    """The few lines for the page on accounts: what a sync costs, by their number."""
    rows = [row for kind in ("idle", "first") for row in find(results, "many_accounts", "ours", kind=kind)]
    if not rows:
        return ""
    head = [
        "| accounts | requests | time | processor time | memory | states |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines = [
        f"| {row['case'].replace(' accounts', '')} | {row['requests']:,} | {_clock(row['wall'])} "
        f"| {row['cpu']:,.1f} s | {row['peak_mb']:,.0f} MB | {row['state_mb']:,.2f} MB |"
        for row in sorted(rows, key=lambda row: (row["kind"] == "first", row["accounts"]))
    ]
    return "".join(f"{line}\n" for line in (*head, *lines))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
