"""`python -m benchmarks`: measures, prints tables, and writes them with `--out docs`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.connectors import Unavailable, airbytes, ours, singers
from benchmarks.later import killed, later_syncs
from benchmarks.measure import CLIENT_CORE, ROOT
from benchmarks.scenarios import (
    FULL,
    QUICK,
    USUAL,
    Bench,
    against_the_limit,
    changes,
    children,
    feed,
    first_sync,
    many_accounts,
    short_pages,
    start_up,
    states,
)

SCENARIOS: dict[str, Callable[[Bench], None]] = {
    scenario.__name__: scenario
    for scenario in (
        first_sync,
        against_the_limit,
        changes,
        later_syncs,
        killed,
        children,
        feed,
        states,
        short_pages,
        many_accounts,
        start_up,
    )
}
RIVALS = {"airbyte": airbytes, "singer": singers}


def main() -> int:
    """0 if every run brought what it should."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small accounts, two minutes")
    parser.add_argument(
        "--full", action="store_true", help="with accounts of 1,000,000 charges, three quarters of an hour"
    )
    parser.add_argument(
        "--only", nargs="+", choices=SCENARIOS, default=list(SCENARIOS), metavar="NAME", help=", ".join(SCENARIOS)
    )
    parser.add_argument(
        "--rivals", nargs="*", choices=RIVALS, default=list(RIVALS), metavar="NAME", help=", ".join(RIVALS)
    )
    parser.add_argument("--tree", type=Path, default=ROOT, help="another checkout of this connector to measure")
    parser.add_argument(
        "--out", type=Path, help="where to write benchmarks.md and benchmarks.svg, and keep the results"
    )
    parser.add_argument("--render", action="store_true", help="write the documents again from the kept results")
    parser.add_argument("--block", action="store_true", help="print the lines for the README from the kept results")
    given = parser.parse_args()
    if given.block:
        say(report.readme_block(report.load()))
        return 0
    if given.render:
        written(report.load(), given.out or ROOT / "docs")
        return 0
    results = measured(given)
    say("\n" + report.shown(results))
    if given.out:
        results = report.merged(report.load(), results)
        report.store(results)
        written(results, given.out)
    return 0 if all(row["right"] for scenario in results["scenarios"].values() for row in scenario["rows"]) else 1


def measured(given: argparse.Namespace) -> dict[str, Any]:
    """Runs the scenarios."""
    sizes = QUICK if given.quick else FULL if given.full else USUAL
    connectors, unavailable = [ours(given.tree.absolute())], {}
    for name in given.rivals:
        say(f"Preparing {name} ...")
        try:
            connectors.append(RIVALS[name]())
        except Unavailable as reason:
            unavailable[name] = str(reason)
            say(f"  {name} cannot be run: {reason}.")
    if CLIENT_CORE is None:
        say("There is one core only: the stand-in for Stripe takes its share of the wall time.")
    scenarios = {}
    for name in given.only:
        say(f"{name}: {SCENARIOS[name].__doc__}")
        bench = Bench(sizes, connectors, say)
        SCENARIOS[name](bench)
        scenarios[name] = {"date": datetime.now(UTC).date().isoformat(), "rows": bench.rows}
    versions = {connector.name: connector.versions for connector in connectors}
    return {"machine": report.machine(), "versions": versions, "unavailable": unavailable, "scenarios": scenarios}


def written(results: dict[str, Any], out: Path) -> None:
    for path in report.write(results, out):
        say(f"Wrote {path.name}.")


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
