"""The figures of a report. Amounts are integers in the smallest unit of the currency. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

MINUS = "\N{MINUS SIGN}"
WITHOUT_CENTS = frozenset(
    ("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf")
)
WITH_MILLS = frozenset(["bhd", "iqd", "jod", "kwd", "lyd", "omr", "tnd"])
SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


@dataclass(frozen=True)
class Month:
    """One month, in UTC. `refunds` and `disputes` are what went back, below zero; `fees` what was paid for it."""

    month: date
    charges: int = 0
    refunds: int = 0
    disputes: int = 0
    fees: int = 0
    net: int = 0
    new: int = 0
    """Recurring revenue that came in the month; so `expansion` and `reactivation`."""
    expansion: int = 0
    reactivation: int = 0
    contraction: int = 0
    """Recurring revenue that went, below zero; so `churn`."""
    churn: int = 0
    mrr: int = 0
    """Monthly recurring revenue at its end."""
    customers: int = 0
    """Who pay at its end."""
    customers_at_start: int = 0
    customers_lost: int = 0

    @property
    def churn_rate(self) -> float | None:
        """Which share of the customers at its start was lost by its end; None where there were none."""
        return self.customers_lost / self.customers_at_start if self.customers_at_start else None


@dataclass(frozen=True)
class Part:
    """What of one kind is in a payout."""

    name: str
    transactions: int
    amount: int


@dataclass(frozen=True)
class Payout:
    """The latest payout that Stripe has reconciled, and what it paid out."""

    id: str
    created: datetime
    arrival: date
    amount: int
    parts: Sequence[Part]

    @property
    def difference(self) -> int:
        """What is left unexplained."""
        return self.amount - sum(part.amount for part in self.parts)


@dataclass(frozen=True)
class OpenInvoice:
    """An invoice that is final and not paid."""

    number: str
    customer: str
    amount: int
    """What is left to pay."""
    created: date
    due: date | None
    """None where the customer's card is charged."""

    def days_late(self, today: date) -> int:
        """0 where it is not due yet."""
        return max(0, (today - self.due).days) if self.due else 0


@dataclass(frozen=True)
class Report:
    """What a report says, in one currency: the one with most charges."""

    account: str
    currency: str
    others: Sequence[str]
    """The account's other currencies, which are not in the figures."""
    as_of: datetime
    """Up to when the file is read, in UTC."""
    months: Sequence[Month]
    """Oldest first, without gaps; the last one is not over."""
    payout: Payout | None
    reconciled: int
    """How many payouts Stripe has reconciled."""
    unequal: int
    """How many of them differ from what their transactions come to."""
    invoices: Sequence[OpenInvoice]
    """The oldest first."""
    missing: Sequence[str] = ()
    """Tables that the figures need and the file lacks."""

    @property
    def now(self) -> Month:
        return self.months[-1]

    @property
    def last_month(self) -> Month:
        """The latest that is over, or the current one where there is no other."""
        return self.months[-2] if len(self.months) > 1 else self.months[-1]

    @property
    def open_amount(self) -> int:
        return sum(invoice.amount for invoice in self.invoices)

    def money(self, amount: int) -> str:
        """An amount to the smallest unit, as `$1,234.50`."""
        return money(amount, self.currency)

    def round_money(self, amount: int) -> str:
        """The same without cents."""
        return money(amount, self.currency, whole=True)


def decimals(currency: str) -> int:
    """How many digits of an amount are behind its point: https://docs.stripe.com/currencies#minor-units."""
    return 0 if currency in WITHOUT_CENTS else 3 if currency in WITH_MILLS else 2


def money(amount: int, currency: str, *, whole: bool = False) -> str:
    digits = decimals(currency)
    sign = SIGNS.get(currency, f"{currency.upper()} ")
    text = f"{abs(amount) / 10**digits:,.{0 if whole else digits}f}"
    return f"{MINUS if amount < 0 and text.strip('0.,') else ''}{sign}{text}"


def counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
