"""A few subscribers whose recurring revenue is known month by month, for what is computed from their invoices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from integration_tests.sandbox import Account
from integration_tests.vocabulary import Record

Movements = set[tuple[str, str, str, int]]
"""Month, customer, what it was, and by how much."""


@dataclass(frozen=True)
class Subscriber:
    """A customer with a subscription that is billed by hand."""

    account: Account
    customer: str
    subscription: str

    def billed(
        self, price: Record, amount: int, *, start: int, end: int, quantity: int = 1, off: int = 0, status: str = "paid"
    ) -> None:
        """An invoice over one line, that is paid."""
        self._invoice(start, status, [self._line(price, amount, (start, end), quantity, off)])

    def changed(self, old: Record, new: Record, *, at: int, since: int, until: int) -> None:
        """From one price to another within an interval: the rest of one is given back, that of the other charged."""
        rest = (until - at) / (until - since)
        amounts = ((old, -round(old["unit_amount"] * rest)), (new, round(new["unit_amount"] * rest)))
        lines = [self._line(price, amount, (at, until), 1, 0, proration=True) for price, amount in amounts]
        self._invoice(at, "paid", lines)

    def canceled(self, at: int) -> None:
        with self.account.at(at):
            self.account.update(self.subscription, status="canceled")

    def _invoice(self, at: int, status: str, lines: list[Record]) -> None:
        invoice = self.account.create("invoice", customer=self.customer, lines=0, status="draft", created=at)["id"]
        for line in lines:
            self.account.create("line_item", invoice=invoice, currency="usd", **line)
        self.account.update(invoice, status="open")
        self.account.update(invoice, status=status)

    def _line(
        self, price: Record, amount: int, span: tuple[int, int], quantity: int, off: int, *, proration: bool = False
    ) -> Record:
        details = {
            "invoice_item": None,
            "proration": proration,
            "proration_details": {"credited_items": None},
            "subscription": self.subscription,
            "subscription_item": None,
        }
        return {
            "amount": amount,
            "quantity": quantity,
            "period": {"start": span[0], "end": span[1]},
            "discount_amounts": [{"amount": off, "discount": "di_1"}] if off else [],
            "pricing": {"type": "price_details", "price_details": {"price": price["id"], "product": price["product"]}},
            "parent": {"type": "subscription_item_details", "subscription_item_details": details},
        }


def moment(month: int, day: int, year: int = 2026) -> int:
    return int(datetime(year, month, day, 10, tzinfo=UTC).timestamp())


def subscribers(account: Account) -> Movements:
    """Puts them into an account that is at least in September 2026; returns what moved."""
    small, large = price(account, 1_000, "month"), price(account, 3_000, "month")
    yearly, metered = price(account, 12_000, "year"), price(account, 500, "month", usage_type="metered")

    ada = subscriber(account)
    for month in (1, 2, 3):
        ada.billed(small, 1_000, start=moment(month, 1), end=moment(month + 1, 1))
    ada.changed(small, large, at=moment(3, 16), since=moment(3, 1), until=moment(4, 1))
    ada.billed(large, 3_000, start=moment(4, 1), end=moment(5, 1))
    ada.canceled(moment(4, 20))

    grace = subscriber(account)
    grace.billed(yearly, 12_000, start=moment(2, 10), end=moment(2, 10, 2027))
    grace.billed(metered, 70_000, start=moment(2, 10), end=moment(2, 10, 2027))
    grace.billed(large, 3_000, start=moment(3, 1), end=moment(2, 10, 2027), status="void")

    alan = subscriber(account)
    alan.billed(small, 2_000, start=moment(1, 5), end=moment(2, 5), quantity=2)
    alan.canceled(moment(2, 5))
    again = subscriber(account, alan.customer)
    for month in (6, 7, 8, 9):
        off = 1_000 if month < 8 else 0
        again.billed(small, 2_000, start=moment(month, 5), end=moment(month + 1, 5), quantity=2, off=off)

    return {
        ("2026-01-01", ada.customer, "new", 1_000),
        ("2026-03-01", ada.customer, "expansion", 2_000),
        ("2026-04-01", ada.customer, "churn", -3_000),
        ("2026-02-01", grace.customer, "new", 1_000),
        ("2026-01-01", alan.customer, "new", 2_000),
        ("2026-02-01", alan.customer, "churn", -2_000),
        ("2026-06-01", alan.customer, "reactivation", 1_000),
        ("2026-08-01", alan.customer, "expansion", 1_000),
    }


def subscriber(account: Account, customer: str = "") -> Subscriber:
    customer = customer or account.create("customer", created=moment(1, 1))["id"]
    subscription = account.create("subscription", customer=customer, created=moment(1, 1))["id"]
    return Subscriber(account, customer, subscription)


def price(account: Account, amount: int, interval: str, usage_type: str = "licensed") -> Record:
    recurring = {"interval": interval, "interval_count": 1, "meter": None, "usage_type": usage_type}
    return account.create(
        "price",
        currency="usd",
        unit_amount=amount,
        unit_amount_decimal=str(amount),
        recurring={**recurring, "trial_period_days": None},
    )
