"""What customers have: how it comes to them and leaves them, and what becomes of it when they go."""

from __future__ import annotations

from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World


def customer_going(world: World, customer: Stored) -> None:
    """It leaves its payment methods and sources; the rest goes with it."""
    store, key = world.store, customer.place[3]
    for subscription in store.owned("subscription", key):
        if subscription.body["status"] != "canceled":
            world.change(subscription, {"status": "canceled"})
    for method in store.owned("payment_method", key):
        world.change(method, {"customer": None})
    for source in store.owned("source", key):
        if source.place[2] == "source":
            world.change(source, {"customer": None})
        else:
            world.drop(source)
    for tax_id in store.owned("tax_id", key):
        world.drop(tax_id)
    for kind in ("customer_balance_transaction", "customer_cash_balance_transaction"):
        for transaction in store.owned(kind, key):
            store.drop(transaction)
    for entitlement in store.owned("entitlements.active_entitlement", key):
        world.drop(entitlement)
    for item in store.owned("invoiceitem", key):
        if item.body["invoice"] is None:
            world.drop(item)


def implied(_: World, source: Stored, fields: Json) -> Json:
    """A source that a customer has left is used up: https://docs.stripe.com/api/sources/detach."""
    left = fields.get("customer", ...) is None and source.body.get("customer") is not None
    return {"status": "consumed"} if left else {}


def source_came(world: World, source: Stored) -> None:
    """The first is the one to be charged."""
    customer = world.store.get("customer", source.body.get("customer") or "")
    if customer is not None and customer.body["default_source"] is None:
        world.change(customer, {"default_source": source.place[3]})


def source_altered(world: World, source: Stored, before: Json) -> None:
    if before["customer"] != source.body["customer"]:
        _source_left(world, source, before["customer"])
        source_came(world, source)


def source_gone(world: World, source: Stored) -> None:
    _source_left(world, source, source.owner)


def _source_left(world: World, source: Stored, owner: str | None) -> None:
    customer = world.store.get("customer", owner or "")
    if customer is not None and customer.body["default_source"] == source.place[3]:
        left = world.store.owned("source", customer.place[3])
        world.change(customer, {"default_source": left[0].place[3] if left else None})


def balance_moved(world: World, transaction: Stored) -> None:
    """The customer shows its new balance."""
    if "customer" in transaction.body:
        customer = world.stored("customer", transaction.body["customer"])
        world.change(customer, {"balance": transaction.body["ending_balance"]})
