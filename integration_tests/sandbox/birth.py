"""A new object about to be, and what of its lists comes with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .ledger import Ledger

DAY_SECONDS = 86_400

# Part of the object from the start: the event of its birth shows them.
PARTS = {
    ("invoice", "lines"): ("line_item",),
    ("subscription", "items"): ("subscription_item",),
    ("checkout.session", "line_items"): ("item",),
    ("credit_note", "lines"): ("credit_note_line_item",),
}
# Come afterwards, each announced as such.
FOLLOWERS = {
    ("transfer", "reversals"): ("transfer_reversal",),
    ("charge", "refunds"): ("refund",),
    ("application_fee", "refunds"): ("fee_refund",),
    ("customer", "sources"): ("bank_account", "card"),
    ("customer", "payment_methods"): ("payment_method",),
    ("customer", "balance_transactions"): ("customer_balance_transaction",),
    ("customer", "subscriptions"): ("subscription",),
    ("setup_intent", "attempts"): ("setup_attempt",),
}


@dataclass(frozen=True, slots=True)
class Birth:
    """A new object about to be: its id, its owner's id and body, and the fields that are given."""

    ledger: Ledger
    id: str
    owner: str | None
    whole: Mapping[str, Any]
    given: Mapping[str, Any]

    @property
    def now(self) -> int:
        return self.ledger.now

    @property
    def rng(self) -> Random:
        return self.ledger.rng

    def any(self, field: str, object: str) -> str:
        """The id given for a field, or that of any object of the type."""
        return self.given.get(field) or self.ledger.any(object)
