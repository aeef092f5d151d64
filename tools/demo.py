"""`make demo`: two syncs of a sandbox account into DuckDB, and what people do with Stripe data."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import webbrowser
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from integration_tests.sandbox import Sandbox
from integration_tests.sandbox.business import Business
from integration_tests.sandbox.business.books import months_later
from integration_tests.served import served
from source_stripe.report import Report, page, read, show
from tools.sandbox import CONFIG, DAY_SECONDS, began

ROOT = Path(__file__).resolve().parent.parent
DAYS = 14
SETTLED_SECONDS = 300
"""A sync leaves what is younger than a minute to the next."""


def main(arguments: Sequence[str]) -> int:
    """0 if every figure is that of the account's own books."""
    parser = argparse.ArgumentParser(prog="python -m tools.demo", description=__doc__)
    parser.add_argument("--to", type=Path, default=Path("demo"), help="a folder")
    parser.add_argument("--months", type=int, default=18, help="how old the account is")
    given = parser.parse_args(arguments)
    console, began_at = Console(highlight=False, soft_wrap=True), time.monotonic()
    given.to.mkdir(parents=True, exist_ok=True)
    database, html = given.to / "stripe.duckdb", given.to / "report.html"
    database.unlink(missing_ok=True)

    console.print(
        "Larkfield sells software by subscription and is paid through Stripe. Its account is a sandbox on this"
    )
    console.print("machine, so no Stripe key is needed. This takes about a minute.\n")
    business = Business.with_a_past(began(time.time()), months=given.months)
    business.advance(SETTLED_SECONDS)
    with served(Sandbox(business, clock=time.monotonic)) as address:
        synced(console, database, address)
        console.print(
            f"\n[bold]{DAYS} days pass[/bold]: people sign up, add seats, pay late, want money back and leave.\n"
        )
        business.live(DAYS * DAY_SECONDS)
        business.advance(SETTLED_SECONDS)
        synced(console, database, address)

    console.print(f"\n[dim]$ source-stripe report {database} --html {html}[/dim]")
    report = read(database, datetime.now(UTC).replace(tzinfo=None))
    html.write_text(page(report))
    show(report, console)
    wrong = list(unlike_the_books(report, business))
    for sentence in wrong:
        console.print(f"[red]{sentence}[/red]")
    if not wrong:
        console.print("\n[green]Every figure is that of the account's own books.[/green] ", end="")
    console.print(f"{time.monotonic() - began_at:.0f} s.\n")
    console.print(f"With plots: [bold]{html}[/bold]. The tables: {database}, for DuckDB and whatever opens its files.")
    console.print(
        "Next: `make sandbox` lets you try the commands on this account; README.md says how to read your own."
    )
    if console.is_terminal and os.environ.get("DISPLAY"):
        webbrowser.open(html.resolve().as_uri())
    return 1 if wrong else 0


def synced(console: Console, database: Path, address: str) -> None:
    """Runs the command as one would; what it says of itself goes where it is seen."""
    command = ["sync", "--config", CONFIG, "--to", str(database), "--suggested"]
    console.print(f"[dim]$ source-stripe {' '.join(command)}[/dim]")
    subprocess.run(
        [sys.executable, "-m", "source_stripe", *command],
        env=os.environ | {"STRIPE_API_BASE": address, "PYTHONPATH": str(ROOT)},
        check=True,
    )


def unlike_the_books(report: Report, business: Business) -> Iterator[str]:
    """Where a figure is not what the business knows itself, in a sentence each."""
    books = business.books
    for month in report.months:
        name = f"{month.month:%Y-%m}"
        start = int(datetime(month.month.year, month.month.month, 1, tzinfo=UTC).timestamp())
        until = min(months_later(start, 1), int(report.as_of.replace(tzinfo=UTC).timestamp()))
        recurring = books.recurring(until)
        for what, found, known in (
            ("charges", month.charges, books.charges[name]),
            ("refunds", -month.refunds, books.refunds[name]),
            ("disputes", -month.disputes, books.disputes[name]),
            ("fees", month.fees, books.fees[name]),
            ("recurring revenue", month.mrr, recurring.total()),
            ("paying customers", month.customers, len(recurring)),
        ):
            if found != known:
                yield f"{name}: {what} come to {found}, and to {known} in the books."
    if sorted(invoice.amount for invoice in report.invoices) != sorted(books.owed.values()):
        yield f"Open invoices come to {report.open_amount}, and to {sum(books.owed.values())} in the books."
    if report.payout is None or books.payouts.get(report.payout.id) != report.payout.amount or report.unequal:
        yield "The payouts are not those in the books."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
