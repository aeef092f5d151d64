"""The things merchants and their customers do, each to some object chosen at random."""

from __future__ import annotations

from collections.abc import Callable

from integration_tests.sandbox.account.ledger import Ledger
from integration_tests.sandbox.life.choosing import customer as _customer
from integration_tests.sandbox.life.choosing import note as _note
from integration_tests.sandbox.life.choosing import some
from integration_tests.sandbox.objects.registry import RESOURCES
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.rendering import EMBEDDED_LIST_LENGTH
from integration_tests.sandbox.world.stored import Stored

Deed = Callable[[Ledger], bool]
"""Something that happens; False if there was nothing to do it to."""


def edit(object: str, **having: object) -> Deed:
    def deed(ledger: Ledger) -> bool:
        stored = some(ledger, object, **having)
        if stored is None:
            return False
        ledger.change(stored, _note(ledger))
        return True

    return deed


def become(object: str, before: object, after: object, field: str = "status") -> Deed:
    def deed(ledger: Ledger) -> bool:
        stored = some(ledger, object, **{field: before})
        if stored is None:
            return False
        ledger.change(stored, {field: after})
        return True

    return deed


def reword(object: str, field: str, **having: object) -> Deed:
    """An edit of what has no metadata: of a text in it."""
    return on(object, lambda ledger, stored: ledger.change(stored, {field: f"Text {ledger.letters(6)}"}), **having)


def alter(object: str, fields: Json, **having: object) -> Deed:
    """A change of fields that stand as said, to what is given."""
    return on(object, lambda ledger, stored: ledger.change(stored, fields), **having)


def on(object: str, does: Callable[[Ledger, Stored], None], **having: object) -> Deed:
    """Something of its own kind happens to an object."""

    def deed(ledger: Ledger) -> bool:
        stored = some(ledger, object, **having)
        if stored is None:
            return False
        does(ledger, stored)
        return True

    return deed


def remove(object: str, spare: int = 0, **having: object) -> Deed:
    """It is deleted, unless so few are left."""

    def deed(ledger: Ledger) -> bool:
        stored = some(ledger, object, **having)
        if stored is None or len(ledger.store.shelf(RESOURCES[object].shelved)) <= spare:
            return False
        ledger.drop(stored)
        return True

    return deed


def new(object: str, customer: bool = False, **fields: object) -> Deed:
    def deed(ledger: Ledger) -> bool:
        ledger.bear(object, {"customer": _customer(ledger), **fields} if customer else fields)
        return True

    return deed


def new_under(object: str, owner: str, field: str, **having: object) -> Deed:
    def deed(ledger: Ledger) -> bool:
        stored = some(ledger, owner, **having)
        if stored is None:
            return False
        ledger.bear(object, {field: stored.key[1]})
        return True

    return deed


def payment(ledger: Ledger) -> bool:
    customer = _customer(ledger)
    intent = ledger.bear("payment_intent", {"customer": customer})
    intent_id, amount = intent.key[1], intent.body["amount"]
    failed = ledger.rng.random() < 0.2
    given = {
        "payment_intent": intent_id,
        "customer": customer,
        "amount": amount,
        "status": "failed" if failed else "succeeded",
    }
    charge = ledger.bear("charge", given).key[1]
    if failed:
        ledger.change(intent, {"latest_charge": charge}, ("payment_intent.payment_failed",))
    else:
        ledger.change(intent, {"latest_charge": charge, "status": "succeeded"})
    return True


def refund(ledger: Ledger) -> bool:
    charge = some(ledger, "charge", status="succeeded", refunded=False)
    if charge is None:
        return False
    ledger.bear("refund", {"charge": charge.key[1], "status": ledger.rng.choice(("succeeded", "succeeded", "pending"))})
    return True


def subscribe(ledger: Ledger) -> bool:
    customer = _customer(ledger)
    items = ledger.rng.choice((1, 1, 2, 3, 11, 12))
    subscription = ledger.bear("subscription", {"customer": customer, "items": items})
    details = {"subscription_details": {"metadata": {}, "subscription": subscription.key[1]}, "quote_details": None}
    parent = {**details, "type": "subscription_details"}
    ledger.bear(
        "invoice", {"customer": customer, "parent": parent, "billing_reason": "subscription_create", "lines": items}
    )
    return True


def invoice(ledger: Ledger) -> bool:
    lines = ledger.rng.choice((1, 1, 2, 5, 10, 11, 25))
    ledger.bear(
        "invoice", {"customer": _customer(ledger), "lines": lines, "discounts": ledger.rng.choice((0, 0, 0, 1, 2))}
    )
    return True


def part_paid(ledger: Ledger) -> bool:
    invoice = some(ledger, "invoice", status="open")
    if invoice is None or invoice.body["amount_remaining"] < 2:
        return False
    ledger.bear("invoice_payment", {"invoice": invoice.key[1], "status": "paid"})
    return True


def item_gone(ledger: Ledger) -> bool:
    subscription = some(ledger, "subscription", status="active")
    items = ledger.store.owned("subscription_item", subscription.key[1]) if subscription is not None else []
    if len(items) < 2:
        return False
    ledger.drop(ledger.rng.choice(items[:EMBEDDED_LIST_LENGTH]))
    return True


def line_gone(ledger: Ledger) -> bool:
    invoice = some(ledger, "invoice", status="draft")
    lines = ledger.store.owned("line_item", invoice.key[1]) if invoice is not None else []
    if len(lines) < 2:
        return False
    ledger.drop(ledger.rng.choice(lines[:EMBEDDED_LIST_LENGTH]))
    return True


def requantify(ledger: Ledger) -> bool:
    item = some(ledger, "subscription_item")
    owner = ledger.store.get("subscription", item.owner or "") if item is not None else None
    if item is None or item.body["quantity"] is None or owner is None or owner.body["status"] != "active":
        return False
    ledger.change(item, {"quantity": item.body["quantity"] + 1})
    return True


def detach(object: str) -> Deed:
    return alter(object, {"customer": None}, customer=...)


def attach(ledger: Ledger) -> bool:
    source = some(ledger, "source", customer=None, status="chargeable")
    if source is None:
        return False
    ledger.change(source, {"customer": _customer(ledger)})
    return True


def checkout(ledger: Ledger) -> bool:
    given = {"customer": _customer(ledger), "line_items": ledger.rng.choice((1, 2, 3, 12))}
    ledger.bear("checkout.session", given)
    return True


def attempt(ledger: Ledger) -> bool:
    intent = some(ledger, "setup_intent", status="requires_payment_method")
    if intent is None or (intent.owner and ledger.store.get("customer", intent.owner) is None):
        return False
    method = ledger.store.owned("payment_method", intent.owner or "")
    given: Json = {"setup_intent": intent.key[1], "status": ledger.rng.choice(("succeeded", "failed"))}
    if not method:
        given["payment_method"] = ledger.bear("payment_method", {"customer": intent.owner}).key[1]
    ledger.bear("setup_attempt", {**given, **({"payment_method": method[0].key[1]} if method else {})})
    return True


def reverse(object: str, owner: str, field: str, done: str) -> Deed:
    return new_under(object, owner, field, **{done: False})


def coupon_again(ledger: Ledger) -> bool:
    coupon = some(ledger, "coupon")
    if coupon is None:
        return False
    ledger.drop(coupon)
    ledger.bear("coupon", {"id": coupon.key[1]})
    return True


def upcoming(ledger: Ledger) -> bool:
    ledger.emit_upcoming(_customer(ledger))
    return True


def dispute(ledger: Ledger) -> bool:
    charge = some(ledger, "charge", status="succeeded", disputed=False)
    if charge is None:
        return False
    ledger.bear("dispute", {"charge": charge.key[1]})
    return True
