"""A new object about to be, and what of its lists comes with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from integration_tests.sandbox.account.ledger import Ledger

DAY_SECONDS = 86_400

Lists: TypeAlias = dict[tuple[str, str], tuple[str, ...]]
"""An object's lists -> the kinds of objects they hold."""

# Part of the object from the start: the event of its birth shows them.
PARTS: Lists = {
    ("invoice", "lines"): ("line_item",),
    ("subscription", "items"): ("subscription_item",),
    ("checkout.session", "line_items"): ("item",),
    ("credit_note", "lines"): ("credit_note_line_item",),
    ("payment_link", "line_items"): ("item",),
    ("quote", "line_items"): ("item",),
    ("payment_record", "attempts"): ("payment_attempt_record",),
}
# Part of the object too, but of few.
RARE_PARTS: Lists = {
    ("payment_intent", "line_items"): ("payment_intent_amount_details_line_item",),
    ("product", "features"): ("product_feature",),
}
# Come afterwards, each announced as such.
FOLLOWERS: Lists = {
    ("transfer", "reversals"): ("transfer_reversal",),
    ("charge", "refunds"): ("refund",),
    ("application_fee", "refunds"): ("fee_refund",),
    ("customer", "sources"): ("bank_account", "card"),
    ("customer", "tax_ids"): ("tax_id",),
    ("customer", "payment_methods"): ("payment_method",),
    ("customer", "balance_transactions"): ("customer_balance_transaction",),
    ("customer", "cash_balance_transactions"): ("customer_cash_balance_transaction",),
    ("customer", "subscriptions"): ("subscription",),
    ("setup_intent", "attempts"): ("setup_attempt",),
    ("account", "persons"): ("person",),
    ("account", "external_accounts"): ("bank_account", "card"),
    ("radar.value_list", "list_items"): ("radar.value_list_item",),
    ("financial_connections.account", "owners"): ("financial_connections.account_owner",),
    ("financial_connections.account", "transactions"): ("financial_connections.transaction",),
}
# Owner and kind: shown in the owner from the start, which therefore changes with them.
SHOWN = frozenset(
    (("account", "bank_account"), ("account", "card"), ("radar.value_list", "radar.value_list_item")),
)
# Whose changes an event about their owner tells of, without showing them.
TOLD_BY_OWNER = frozenset(("financial_connections.transaction",))


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
