"""The business's own books, kept as it lives and beside what Stripe shows. Amounts are in cents."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass
class Books:
    """What the business itself knows of its money."""

    charges: Counter[str] = field(default_factory=Counter)
    """By month, as `2026-03`."""
    refunds: Counter[str] = field(default_factory=Counter)
    disputes: Counter[str] = field(default_factory=Counter)
    """What was taken and not given back."""
    fees: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    """How many subscriptions ended."""
    owed: dict[str, int] = field(default_factory=dict)
    """Invoice -> what is still to be paid of it."""
    payouts: dict[str, int] = field(default_factory=dict)
    """Payout -> what reached the bank."""
    _rates: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def pays(self, customer: str, at: int, monthly: int) -> None:
        """From then on a customer pays so much a month, which is 0 once it has gone."""
        self._rates.setdefault(customer, []).append((at, monthly))

    def recurring(self, before: int) -> Counter[str]:
        """What each customer paid a month just before a second; without those that paid nothing."""
        paying: Counter[str] = Counter()
        for customer, rates in self._rates.items():
            last = [monthly for at, monthly in rates if at < before][-1:]
            if last and last[0]:
                paying[customer] = last[0]
        return paying


def month_of(stamp: int) -> str:
    return datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m")


def months_later(stamp: int, months: int) -> int:
    """The same day and hour so many months later; the day must be one that every month has."""
    moment = datetime.fromtimestamp(stamp, UTC)
    count = moment.year * 12 + moment.month - 1 + months
    return int(moment.replace(year=count // 12, month=count % 12 + 1).timestamp())
