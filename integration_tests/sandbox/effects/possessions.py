"""What customers have: how it comes to them and leaves them, and what becomes of it when they go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.stored import Stored

if TYPE_CHECKING:
    from integration_tests.sandbox.account.ledger import Ledger


def customer_going(ledger: Ledger, customer: Stored) -> None:
    """It leaves its payment methods and sources; the rest goes with it."""
    store, key = ledger.store, customer.place[3]
    for subscription in store.owned("subscription", key):
        if subscription.body["status"] != "canceled":
            ledger.change(subscription, {"status": "canceled"})
    for method in store.owned("payment_method", key):
        ledger.change(method, {"customer": None})
    for source in store.owned("source", key):
        if source.place[2] == "source":
            ledger.change(source, {"customer": None})
        else:
            ledger.drop(source)
    for tax_id in store.owned("tax_id", key):
        ledger.drop(tax_id)
    for kind in ("customer_balance_transaction", "customer_cash_balance_transaction"):
        for transaction in store.owned(kind, key):
            store.drop(transaction)
    for entitlement in store.owned("entitlements.active_entitlement", key):
        ledger.drop(entitlement)
    for item in store.owned("invoiceitem", key):
        if item.body["invoice"] is None:
            ledger.drop(item)


def implied(_: Ledger, source: Stored, fields: Json) -> Json:
    """A source that a customer has left is used up: https://docs.stripe.com/api/sources/detach."""
    left = fields.get("customer", ...) is None and source.body.get("customer") is not None
    return {"status": "consumed"} if left else {}


def source_came(ledger: Ledger, source: Stored) -> None:
    """The first is the one to be charged."""
    customer = ledger.store.get("customer", source.body.get("customer") or "")
    if customer is not None and customer.body["default_source"] is None:
        ledger.change(customer, {"default_source": source.place[3]})


def source_turned(ledger: Ledger, source: Stored, before: Json) -> None:
    if before["customer"] != source.body["customer"]:
        _source_left(ledger, source, before["customer"])
        source_came(ledger, source)


def source_gone(ledger: Ledger, source: Stored) -> None:
    _source_left(ledger, source, source.owner)


def _source_left(ledger: Ledger, source: Stored, owner: str | None) -> None:
    customer = ledger.store.get("customer", owner or "")
    if customer is not None and customer.body["default_source"] == source.place[3]:
        left = ledger.store.owned("source", customer.place[3])
        ledger.change(customer, {"default_source": left[0].place[3] if left else None})


def discount_came(ledger: Ledger, stored: Stored) -> None:
    if stored.body["invoice"] is None and stored.body["subscription"] is None and stored.body["invoice_item"] is None:
        ledger.change(ledger.stored("customer", stored.body["customer"]), {"discount": stored.body["id"]})


def discount_gone(ledger: Ledger, discount: Stored) -> None:
    customer = ledger.store.get("customer", discount.body["customer"])
    if customer is not None and customer.body["discount"] == discount.place[3]:
        ledger.change(customer, {"discount": None})
