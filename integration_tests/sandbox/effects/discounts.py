"""Discounts: what they are on, and who tells of them.

They cannot be listed or read on their own: a customer shows its discount in full, all else the ids of its discounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World

# Kind of object -> the field by which a discount says that it is on such a one.
FIELDS: Mapping[str, str] = {
    "subscription": "subscription",
    "subscription_item": "subscription_item",
    "invoice": "invoice",
    "invoiceitem": "invoice_item",
    "line_item": "invoice_item",
}


def is_told(discount: Mapping[str, Any]) -> bool:
    """Whether events of its own tell of a discount.

    They do for those of customers and subscriptions, by the examples Stripe publishes of these events. Nothing says so
    of the others, whose holders tell of them if anything does.
    """
    return not any(discount[name] for name in ("subscription_item", "invoice", "invoice_item", "checkout_session"))


def holder(world: World, discount: Stored) -> Stored | None:
    """What a discount is on: its customer, if it names nothing else."""
    named = {kind: id for kind, field in FIELDS.items() if (id := discount.body[field])}
    found = (world.store.get(kind, id) for kind, id in (named or {"customer": discount.body["customer"]}).items())
    return next((each for each in found if each is not None), None)


def put_on(world: World, stored: Stored, wanted: int | list[str]) -> list[str]:
    """So many new discounts on an object, for its list of them."""
    if not isinstance(wanted, int):
        return wanted
    kind, key = stored.key
    shows_customer = stored if "customer" in stored.body else world.store.holder(kind, stored.owner)
    customer = shows_customer.body["customer"] if shows_customer is not None else None
    return [world.bear("discount", {"customer": customer, FIELDS[kind]: key}).key[1] for _ in range(wanted)]


def replaced_by(world: World, discount: Stored) -> Stored | None:
    """The discount in whose place a new one comes: a customer has but one.

    That the new one has an id of its own, and that the old one's end is not told, is a guess.
    """
    on = holder(world, discount)
    return world.store.get("discount", on.body["discount"] or "") if on is not None and _is_customer(on) else None


def came(world: World, discount: Stored) -> None:
    """A discount on nothing else is its customer's."""
    on, old = holder(world, discount), replaced_by(world, discount)
    if on is not None and _is_customer(on):
        world.change(on, {"discount": discount.place[3]})
    if old is not None:
        world.store.drop(old)


def gone(world: World, discount: Stored) -> None:
    """What it was on no longer shows it."""
    on = holder(world, discount)
    if on is None:
        return
    if not _is_customer(on):
        world.change(on, {"discounts": [each for each in on.body["discounts"] if each != discount.place[3]]})
    elif on.body["discount"] == discount.place[3]:
        world.change(on, {"discount": None})


def held(world: World, stored: Stored) -> list[Stored]:
    """The discounts in an object's list of them."""
    found = (world.store.get("discount", each) for each in stored.body.get("discounts") or () if isinstance(each, str))
    return [discount for discount in found if discount is not None]


def _is_customer(stored: Stored) -> bool:
    return stored.place[2] == "customer"
