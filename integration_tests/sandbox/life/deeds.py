"""The things merchants and their customers do, each to some object chosen at random."""

from __future__ import annotations

from collections.abc import Callable

from integration_tests.sandbox.life.choosing import customer as _customer
from integration_tests.sandbox.life.choosing import note as _note
from integration_tests.sandbox.life.choosing import some
from integration_tests.sandbox.objects.registry import RESOURCES
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.rendering import EMBEDDED_LIST_LENGTH
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World

Deed = Callable[[World], bool]
"""Something that happens; False if there was nothing to do it to."""


def edit(object: str, **having: object) -> Deed:
    def deed(world: World) -> bool:
        stored = some(world, object, **having)
        if stored is None:
            return False
        world.change(stored, _note(world))
        return True

    return deed


def become(object: str, before: object, after: object, field: str = "status") -> Deed:
    def deed(world: World) -> bool:
        stored = some(world, object, **{field: before})
        if stored is None:
            return False
        world.change(stored, {field: after})
        return True

    return deed


def reword(object: str, field: str, **having: object) -> Deed:
    """An edit of what has no metadata: of a text in it."""
    return on(object, lambda world, stored: world.change(stored, {field: f"Text {world.letters(6)}"}), **having)


def alter(object: str, fields: Json, **having: object) -> Deed:
    """A change of fields that stand as said, to what is given."""
    return on(object, lambda world, stored: world.change(stored, fields), **having)


def on(object: str, does: Callable[[World, Stored], None], **having: object) -> Deed:
    """Something of its own kind happens to an object."""

    def deed(world: World) -> bool:
        stored = some(world, object, **having)
        if stored is None:
            return False
        does(world, stored)
        return True

    return deed


def remove(object: str, spare: int = 0, **having: object) -> Deed:
    """It is deleted, unless so few are left."""

    def deed(world: World) -> bool:
        stored = some(world, object, **having)
        if stored is None or len(world.store.shelf(RESOURCES[object].shelved)) <= spare:
            return False
        world.drop(stored)
        return True

    return deed


def new(object: str, customer: bool = False, **fields: object) -> Deed:
    def deed(world: World) -> bool:
        world.bear(object, {"customer": _customer(world), **fields} if customer else fields)
        return True

    return deed


def new_under(object: str, owner: str, field: str, **having: object) -> Deed:
    def deed(world: World) -> bool:
        stored = some(world, owner, **having)
        if stored is None:
            return False
        world.bear(object, {field: stored.key[1]})
        return True

    return deed


def payment(world: World) -> bool:
    customer = _customer(world)
    intent = world.bear("payment_intent", {"customer": customer})
    intent_id, amount = intent.key[1], intent.body["amount"]
    failed = world.rng.random() < 0.2
    given = {
        "payment_intent": intent_id,
        "customer": customer,
        "amount": amount,
        "status": "failed" if failed else "succeeded",
    }
    charge = world.bear("charge", given).key[1]
    if failed:
        world.change(intent, {"latest_charge": charge}, ("payment_intent.payment_failed",))
    else:
        world.change(intent, {"latest_charge": charge, "status": "succeeded"})
    return True


def refund(world: World) -> bool:
    charge = some(world, "charge", status="succeeded", refunded=False)
    if charge is None:
        return False
    world.bear("refund", {"charge": charge.key[1], "status": world.rng.choice(("succeeded", "succeeded", "pending"))})
    return True


def subscribe(world: World) -> bool:
    customer = _customer(world)
    items = world.rng.choice((1, 1, 2, 3, 11, 12))
    subscription = world.bear("subscription", {"customer": customer, "items": items})
    details = {"subscription_details": {"metadata": {}, "subscription": subscription.key[1]}, "quote_details": None}
    parent = {**details, "type": "subscription_details"}
    world.bear(
        "invoice", {"customer": customer, "parent": parent, "billing_reason": "subscription_create", "lines": items}
    )
    return True


def invoice(world: World) -> bool:
    lines = world.rng.choice((1, 1, 2, 5, 10, 11, 25))
    world.bear(
        "invoice", {"customer": _customer(world), "lines": lines, "discounts": world.rng.choice((0, 0, 0, 1, 2))}
    )
    return True


def part_paid(world: World) -> bool:
    invoice = some(world, "invoice", status="open")
    if invoice is None or invoice.body["amount_remaining"] < 2:
        return False
    world.bear("invoice_payment", {"invoice": invoice.key[1], "status": "paid"})
    return True


def item_gone(world: World) -> bool:
    subscription = some(world, "subscription", status="active")
    items = world.store.owned("subscription_item", subscription.key[1]) if subscription is not None else []
    if len(items) < 2:
        return False
    world.drop(world.rng.choice(items[:EMBEDDED_LIST_LENGTH]))
    return True


def line_gone(world: World) -> bool:
    invoice = some(world, "invoice", status="draft")
    lines = world.store.owned("line_item", invoice.key[1]) if invoice is not None else []
    if len(lines) < 2:
        return False
    world.drop(world.rng.choice(lines[:EMBEDDED_LIST_LENGTH]))
    return True


def requantify(world: World) -> bool:
    item = some(world, "subscription_item")
    owner = world.store.get("subscription", item.owner or "") if item is not None else None
    if item is None or item.body["quantity"] is None or owner is None or owner.body["status"] != "active":
        return False
    world.change(item, {"quantity": item.body["quantity"] + 1})
    return True


def detach(object: str) -> Deed:
    return alter(object, {"customer": None}, customer=...)


def attach(world: World) -> bool:
    source = some(world, "source", customer=None, status="chargeable")
    if source is None:
        return False
    world.change(source, {"customer": _customer(world)})
    return True


def checkout(world: World) -> bool:
    given = {"customer": _customer(world), "line_items": world.rng.choice((1, 2, 3, 12))}
    world.bear("checkout.session", given)
    return True


def attempt(world: World) -> bool:
    intent = some(world, "setup_intent", status="requires_payment_method")
    if intent is None or (intent.owner and world.store.get("customer", intent.owner) is None):
        return False
    method = world.store.owned("payment_method", intent.owner or "")
    given: Json = {"setup_intent": intent.key[1], "status": world.rng.choice(("succeeded", "failed"))}
    if not method:
        given["payment_method"] = world.bear("payment_method", {"customer": intent.owner}).key[1]
    world.bear("setup_attempt", {**given, **({"payment_method": method[0].key[1]} if method else {})})
    return True


def reverse(object: str, owner: str, field: str, done: str) -> Deed:
    return new_under(object, owner, field, **{done: False})


def coupon_again(world: World) -> bool:
    coupon = some(world, "coupon")
    if coupon is None:
        return False
    world.drop(coupon)
    world.bear("coupon", {"id": coupon.key[1]})
    return True


def upcoming(world: World) -> bool:
    world.emit_upcoming(_customer(world))
    return True


def dispute(world: World) -> bool:
    charge = some(world, "charge", status="succeeded", disputed=False)
    if charge is None:
        return False
    world.bear("dispute", {"charge": charge.key[1]})
    return True
