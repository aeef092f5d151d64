"""The figures of `source-stripe report`, over what two syncs brought of a business, are those of its own books."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree as ET

import duckdb
import pytest
from rich.console import Console

from integration_tests.sandbox import FULL_KEY, Sandbox
from integration_tests.sandbox.business import Business
from integration_tests.sandbox.business.books import months_later
from integration_tests.vocabulary import DAY, HOUR, Time
from source_stripe.catalog import SUGGESTED
from source_stripe.commands.selecting import chosen
from source_stripe.commands.sync import open_store, sync
from source_stripe.commands.terminal import LiveSync, Terminal
from source_stripe.report import Report, ReportError, page, read, show
from source_stripe.report.figures import Month, OpenInvoice, money
from source_stripe.runtime import Runtime
from source_stripe.source import SourceStripe

ROOT = Path(__file__).parents[1]
CONFIG = {"client_secret": FULL_KEY, "start_date": "2020-01-01T00:00:00Z"}
LATER = datetime(2040, 1, 1)  # noqa: DTZ001  (as the file has its times: in UTC)


def load(stripe: Sandbox, file: Path) -> None:
    """A sync of what people want."""
    clock = Time()
    runtime = Runtime(stripe.session, lambda: float(stripe.account.now), clock.now, clock.sleep, lambda: 0.0)
    store, chosen_ = open_store(str(file)), chosen(SUGGESTED)
    try:
        assert sync(SourceStripe(runtime), CONFIG, chosen_, store, LiveSync(Terminal(clock.now), len(chosen_)))
    finally:
        store.close()


@dataclass(frozen=True)
class Reported:
    business: Business
    file: Path
    report: Report


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    business = Business.with_a_past(months=10)
    stripe, file = Sandbox(business), tmp_path_factory.mktemp("report") / "stripe.duckdb"
    for seconds in (0, 17 * DAY):
        business.live(seconds)
        business.advance(HOUR)
        load(stripe, file)
    return Reported(business, file, read(file, LATER))


def by_month(report: Report, name: str) -> dict[str, int]:
    """A figure of each month, where it is not zero."""
    return {f"{one.month:%Y-%m}": amount for one in report.months if (amount := getattr(one, name))}


def end_of(month: date) -> int:
    return months_later(int(datetime(month.year, month.month, 1, tzinfo=UTC).timestamp()), 1)


def test_what_was_charged_given_back_and_taken_in_fees_is_what_the_books_say(reported: Reported) -> None:
    books, report = reported.business.books, reported.report
    assert by_month(report, "charges") == books.charges
    assert by_month(report, "fees") == books.fees
    for name in ("refunds", "disputes"):
        kept = {month: -amount for month, amount in getattr(books, name).items() if amount}
        assert by_month(report, name) == kept != {}
    for one in report.months:
        assert one.net == one.charges + one.refunds + one.disputes - one.fees


def test_recurring_revenue_its_movements_and_churn_are_what_the_books_say(reported: Reported) -> None:
    before: Counter[str] = Counter()
    ever: set[str] = set()
    for one in reported.report.months:
        until = min(end_of(one.month), int(reported.report.as_of.replace(tzinfo=UTC).timestamp()))
        paying = reported.business.books.recurring(until)
        moved = {customer: paying[customer] - before[customer] for customer in paying | before}
        found = {
            "mrr": paying.total(),
            "customers": len(paying),
            "new": sum(moved[customer] for customer in paying.keys() - before.keys() - ever),
            "reactivation": sum(moved[customer] for customer in (paying.keys() - before.keys()) & ever),
            "churn": sum(moved[customer] for customer in before.keys() - paying.keys()),
            "expansion": sum(moved[customer] for customer in paying & before if moved[customer] > 0),
            "contraction": sum(moved[customer] for customer in paying & before if moved[customer] < 0),
            "customers_at_start": len(before),
            "customers_lost": len(before.keys() - paying.keys()),
        }
        assert {name: getattr(one, name) for name in found} == found, one.month
        ever |= paying.keys()
        before = paying
    assert {"new", "churn", "expansion"} <= {name for name in found if by_month(reported.report, name)}


def test_the_latest_payout_is_what_reached_the_bank_and_every_one_is_explained(reported: Reported) -> None:
    payouts, report = reported.business.books.payouts, reported.report
    assert report.payout
    assert (report.payout.id, report.payout.amount) == list(payouts.items())[-1]
    assert report.payout.difference == 0
    assert (report.reconciled, report.unequal) == (len(payouts), 0)


def test_open_invoices_are_those_that_are_owed(reported: Reported) -> None:
    owed = reported.business.books.owed
    assert sorted(one.amount for one in reported.report.invoices) == sorted(owed.values())
    assert owed


def test_it_is_up_to_the_last_sync_whatever_the_clock_says(reported: Reported) -> None:
    seconds = reported.business.now - reported.report.as_of.replace(tzinfo=UTC).timestamp()
    assert 0 <= seconds < 10 * 60
    assert (reported.report.account, reported.report.currency, reported.report.missing) == ("Larkfield", "usd", [])


# What is shown of them


def test_the_page_loads_nothing_and_its_plots_are_whole(reported: Reported) -> None:
    text = page(reported.report)
    assert not re.search(r"""(src|href)=|url\(|@import|https?://""", text)
    plots = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(plots) == 8
    for plot in plots:
        _, _, width, height = map(float, ET.fromstring(plot).attrib["viewBox"].split())
        for one in ET.fromstring(plot).iter("rect"):
            x, y, wide, high = (float(one.attrib[name]) for name in ("x", "y", "width", "height"))
            assert 0 <= x <= x + wide <= width
            assert 0 <= y <= y + high <= height


def test_page_and_tables_say_the_same_amounts(reported: Reported) -> None:
    report, console = reported.report, Console(width=100, record=True, file=StringIO())
    show(report, console)
    said, shown = console.export_text(), _Text.of(page(report))
    for one in report.months[-7:]:
        for amount in (one.net, one.mrr, one.fees):
            assert report.round_money(amount) in said
        assert report.money(one.net) in shown
    assert report.payout
    for text in (said, shown):
        assert report.money(report.payout.amount) in text
        assert report.payout.id in text
        assert report.money(report.open_amount) in text
    assert max(map(len, said.splitlines())) <= 80


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    @classmethod
    def of(cls, html: str) -> str:
        parser = cls()
        parser.feed(html)
        return " ".join(parser.parts)


def test_the_command_shows_the_tables_and_writes_the_page(reported: Reported, tmp_path: Path) -> None:
    before, file = reported.file.read_bytes(), tmp_path / "page.html"
    command = [sys.executable, "-m", "source_stripe", "report", str(reported.file), "--html", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip().removesuffix(str(file)).strip()) == (0, "With plots:")
    assert reported.report.payout
    assert reported.report.payout.id in done.stdout
    assert file.read_text() == page(reported.report)
    assert reported.file.read_bytes() == before


def test_a_name_of_a_customer_is_no_markup(reported: Reported) -> None:
    odd = OpenInvoice("<b>1</b>", "<script>[red]", 100, date(2026, 1, 1), None)
    report = Report(**{**vars(reported.report), "invoices": [odd], "account": "[blink]<i>"})
    assert "<script>" not in page(report)
    assert "<i>" not in page(report).partition("<h1>")[2].partition("</h1>")[0]
    console = Console(width=100, record=True, file=StringIO())
    show(report, console)
    said = console.export_text()
    assert "[blink]<i>" in said
    assert "<script>[red]" in said


# Files that hold little


def test_what_cannot_be_reported_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="There is no file"):
        read(tmp_path / "none.duckdb", LATER)
    (tmp_path / "text.duckdb").write_text("no database")
    with pytest.raises(ReportError, match="cannot be opened"):
        read(tmp_path / "text.duckdb", LATER)
    duckdb.connect(str(tmp_path / "empty.duckdb")).close()
    with pytest.raises(ReportError, match="holds no balance_transactions and no invoices"):
        read(tmp_path / "empty.duckdb", LATER)


def test_one_table_is_enough_for_what_it_says(tmp_path: Path, reported: Reported) -> None:
    file = tmp_path / "one.duckdb"
    with duckdb.connect(str(file)) as database:
        database.execute(f"attach '{reported.file}' as whole (read_only)")
        database.execute("create table balance_transactions as from whole.balance_transactions")
    report = read(file, LATER)
    assert by_month(report, "net") == by_month(reported.report, "net")
    assert by_month(report, "mrr") == {}
    assert (report.payout, report.invoices, report.account) == (None, [], "Stripe account")
    assert "invoices" in report.missing
    assert "The file lacks" in page(report)


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (123_456, "usd", "$1,234.56"),
        (-5, "eur", "\N{MINUS SIGN}€0.05"),
        (0, "usd", "$0.00"),
        (1_234, "jpy", "¥1,234"),
        (1_234, "kwd", "KWD 1.234"),
    ],
)
def test_an_amount_is_in_the_unit_of_its_currency(amount: int, currency: str, shown: str) -> None:
    assert money(amount, currency) == shown


def test_months_in_which_nothing_happened_are_there(tmp_path: Path, reported: Reported) -> None:
    file = tmp_path / "gap.duckdb"
    with duckdb.connect(str(file)) as database:
        database.execute(f"attach '{reported.file}' as whole (read_only)")
        database.execute(
            "create table balance_transactions as from whole.balance_transactions where month(created) in (2, 5)"
        )
    months = [(one.month.year, one.month.month) for one in read(file, datetime(2026, 7, 1)).months]  # noqa: DTZ001
    assert months == [(2026, month) for month in (2, 3, 4, 5, 6, 7)]
    assert Month(date(2026, 1, 1)).churn_rate is None
