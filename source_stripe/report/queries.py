"""Reads the figures of a report from a DuckDB file of `sync`, which it leaves as it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson

from source_stripe.dbt.compiled import Compiler
from source_stripe.report.figures import Month, OpenInvoice, Part, Payout, Report

MODELS = ("stripe_daily_revenue", "stripe_churn", "stripe_payout_reconciliation", "stg_stripe__customers")
NEEDED = (
    *("balance_transactions", "customers", "invoices", "invoice_line_items", "payouts", "payout_balance_transactions"),
    *("prices", "subscriptions", "subscription_items"),
)
EXTRA = "DuckDB is not installed: install source-stripe with its extra duckdb."

_MONTHS = """
with revenue as (
    select cast(date_trunc('month', date_utc) as date) as month_utc, currency, sum(charges) as charges,
        sum(refunds) as refunds, sum(disputes) as disputes, sum(fees) as fees, sum(net_revenue) as net
    from stripe_daily_revenue group by all
)
select coalesce(revenue.month_utc, mrr.month_utc), charges, refunds, disputes, fees, net, mrr.new, mrr.expansion,
    mrr.reactivation, mrr.contraction, mrr.churn, mrr.closing, mrr.customers, lost.customers_at_start,
    lost.customers_lost
from (select * from revenue where currency = $currency) as revenue
full join (select * from stripe_mrr where currency = $currency) as mrr using (month_utc)
left join (select * from stripe_churn where currency = $currency) as lost
    on lost.month_utc = coalesce(revenue.month_utc, mrr.month_utc)
order by 1
"""
_PAYOUTS = "from stripe_payout_reconciliation where automatic and reconciliation_status = 'completed'"
_PAYOUT = f"select payout_id, created, cast(arrival_date as date), amount {_PAYOUTS} and currency = $currency \
order by created desc, payout_id limit 1"
_PARTS = """
select case when reporting_category in ('charge', 'refund', 'dispute', 'fee') then reporting_category
        when reporting_category = 'dispute_reversal' then 'dispute'
        when reporting_category = 'refund_failure' then 'refund' else 'other' end as part,
    count(*), sum(amount), sum(fee)
from stg_stripe__payout_balance_transactions
where payout_id = $payout and (source is null or source <> payout_id)
group by part
"""
_INVOICES = """
select coalesce(invoice.number, invoice.id), coalesce(customer.name, invoice.customer_name, invoice.customer_email,
    invoice.customer, ''), invoice.amount_remaining, cast(invoice.created as date), cast(invoice.due_date as date)
from stg_stripe__invoices as invoice
left join stg_stripe__customers as customer on customer.id = invoice.customer
where invoice.status = 'open' and invoice.amount_remaining > 0 and invoice.currency = $currency
order by coalesce(invoice.due_date, invoice.created), 1
"""
_NAMES = {"charge": "Charges", "refund": "Refunds", "dispute": "Disputes", "other": "Other"}


class ReportError(Exception):
    """There is nothing to report; `str()` of it says why, in a sentence."""


def read(path: Path, now: datetime) -> Report:
    """The figures of a file. `now` counts where the file does not say up to when it is read. Raises ReportError."""
    try:
        import duckdb  # noqa: PLC0415  (an extra)
    except ImportError:
        raise ReportError(EXTRA) from None
    if not path.is_file():
        raise ReportError(f"There is no file {path}. `source-stripe sync --to {path}` makes it.")
    try:
        with duckdb.connect(str(path), read_only=True) as database:
            return _Reader(database, now).report()
    except (duckdb.IOException, duckdb.ConnectionException) as error:
        raise ReportError(f"{path} cannot be opened: {str(error).splitlines()[0]}") from None


class _Reader:
    def __init__(self, database: Any, now: datetime) -> None:
        self._db = database
        tables: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for table, column, kind in self._rows(
            "select table_name, column_name, data_type from information_schema.columns where table_schema = 'main'"
        ):
            tables[table][column] = kind
        self._tables = tables
        self.as_of = self._synced() or now
        if "balance_transactions" not in tables and "invoices" not in tables:
            raise ReportError("The file holds no balance_transactions and no invoices: sync these streams.")
        for name, query in Compiler(tables, f"{self.as_of:%Y-%m-%d %H:%M:%S}").statements(*MODELS).items():
            kind = "view" if name.startswith("stg_") else "table"
            self._db.execute(f'create temp {kind} "{name}" as {query}')

    def report(self) -> Report:
        currencies = [one for (one,) in self._rows(
            "select currency from (select currency, sum(charges) as size from stripe_daily_revenue group by all "
            "union all select currency, 0 from stripe_mrr) where currency is not null group by all "
            "order by sum(size) desc, 1"
        )]  # fmt: skip
        if not currencies:
            raise ReportError("The file holds no charge and no invoice of a subscription yet.")
        currency, *others = currencies
        ((reconciled, unequal),) = self._rows(f"select count(*), count_if(difference <> 0) {_PAYOUTS}")
        invoices = self._rows(_INVOICES, currency=currency)
        return Report(
            account=self._account(),
            currency=currency,
            others=others,
            as_of=self.as_of,
            months=_without_gaps({row[0]: _month(row) for row in self._rows(_MONTHS, currency=currency)}, self.as_of),
            payout=self._payout(currency),
            reconciled=reconciled,
            unequal=unequal,
            invoices=[OpenInvoice(*row) for row in invoices],
            missing=[name for name in NEEDED if name not in self._tables],
        )

    def _payout(self, currency: str) -> Payout | None:
        found = list(self._rows(_PAYOUT, currency=currency))
        if not found:
            return None
        ((payout, created, arrival, amount),) = found
        parts, fees = [], Part("Fees", 0, 0)
        for name, count, moved, fee in self._rows(_PARTS, payout=payout):
            charged = -int(fee) + (int(moved) if name == "fee" else 0)
            fees = Part("Fees", fees.transactions + (count if name == "fee" else 0), fees.amount + charged)
            if name != "fee":
                parts.append(Part(_NAMES[name], count, int(moved)))
        order = list(_NAMES.values())
        return Payout(payout, created, arrival, amount, [*sorted(parts, key=lambda part: order.index(part.name)), fees])

    def _account(self) -> str:
        """Whose figures these are, as the dashboard calls it."""
        if "account" not in self._tables:
            return "Stripe account"
        name = "coalesce(settings ->> '$.dashboard.display_name', business_profile ->> '$.name', id)"
        found = list(self._rows(f"select {name} from account limit 1"))
        return str(found[0][0]) if found else "Stripe account"

    def _synced(self) -> datetime | None:
        """Up to when it is read, as the latest of its states says."""
        there = list(self._rows("select 1 from information_schema.tables where table_schema = '_source_stripe'"))
        states = self._rows("select state from _source_stripe.states") if there else ()
        seconds = [second for (state,) in states for second in _positions(orjson.loads(state))]
        return datetime.fromtimestamp(max(seconds), UTC).replace(tzinfo=None) if seconds else None

    def _rows(self, query: str, **given: object) -> Iterator[tuple[Any, ...]]:
        found = self._db.execute(query, given) if given else self._db.execute(query)
        rows: list[tuple[Any, ...]] = found.fetchall()
        yield from rows


def _positions(state: Mapping[str, Any]) -> Iterator[int]:
    for name, value in state.items():
        if name in ("updated", "created") and isinstance(value, int):
            yield value
        elif name == "members" and isinstance(value, dict):
            for member in value.values():
                yield from _positions(member)


def _month(row: tuple[Any, ...]) -> Month:
    return Month(row[0], *(int(value or 0) for value in row[1:]))


def _without_gaps(known: Mapping[date, Month], as_of: datetime) -> list[Month]:
    """Every month from the first to that of `as_of`."""
    month, last = min(known), max(*known, as_of.date().replace(day=1))
    months: list[Month] = []
    while month <= last:
        months.append(known.get(month, Month(month)))
        month = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
    return months
