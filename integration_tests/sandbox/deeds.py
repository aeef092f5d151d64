"""The things merchants and their customers do, each to some object chosen at random."""

from __future__ import annotations

from collections.abc import Callable

from .facts import Json
from .ledger import Ledger
from .rendering import EMBEDDED_LIST_LENGTH
from .store import Stored

Deed = Callable[[Ledger], bool]
"""Something that happens; False if there was nothing to do it to."""


def _some(ledger: Ledger, object: str, **having: object) -> Stored | None:
    """A living object of a type, rather a recent one, whose fields are as said."""
    places = ledger.store.shelf(_SHELVES.get(object, object)).places
    for _ in range(8):
        if not places:
            return None
        place = places[-1 - int(len(places) * ledger.rng.random() ** 2)]
        stored = ledger.store.stored[place[2], place[3]]
        if all(stored.body.get(name) == value for name, value in having.items()):
            return stored
    return None


_SHELVES = {"bank_account": "source", "card": "source"}


def _customer(ledger: Ledger) -> str:
    found = _some(ledger, "customer")
    return found.key[1] if found is not None else ledger.bear("customer", {}).key[1]


def _note(ledger: Ledger) -> Json:
    return {"metadata": {"note": ledger.letters(6)}}


def edit(object: str, **having: object) -> Deed:
    def deed(ledger: Ledger) -> bool:
        stored = _some(ledger, object, **having)
        if stored is None:
            return False
        ledger.change(stored, _note(ledger))
        return True

    return deed


def become(object: str, before: object, after: object, field: str = "status") -> Deed:
    def deed(ledger: Ledger) -> bool:
        stored = _some(ledger, object, **{field: before})
        if stored is None:
            return False
        ledger.change(stored, {field: after})
        return True

    return deed


def remove(object: str, **having: object) -> Deed:
    def deed(ledger: Ledger) -> bool:
        stored = _some(ledger, object, **having)
        if stored is None:
            return False
        ledger.drop(stored)
        return True

    return deed


def new(object: str, customer: bool = False) -> Deed:
    def deed(ledger: Ledger) -> bool:
        ledger.bear(object, {"customer": _customer(ledger)} if customer else {})
        return True

    return deed


def new_under(object: str, owner: str, field: str, **having: object) -> Deed:
    def deed(ledger: Ledger) -> bool:
        stored = _some(ledger, owner, **having)
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
    charge = _some(ledger, "charge", status="succeeded", refunded=False)
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


def item_gone(ledger: Ledger) -> bool:
    subscription = _some(ledger, "subscription", status="active")
    items = ledger.store.owned("subscription_item", subscription.key[1]) if subscription is not None else []
    if len(items) < 2:
        return False
    ledger.drop(ledger.rng.choice(items[:EMBEDDED_LIST_LENGTH]))
    return True


def line_gone(ledger: Ledger) -> bool:
    invoice = _some(ledger, "invoice", status="draft")
    lines = ledger.store.owned("line_item", invoice.key[1]) if invoice is not None else []
    if len(lines) < 2:
        return False
    ledger.drop(ledger.rng.choice(lines[:EMBEDDED_LIST_LENGTH]))
    return True


def requantify(ledger: Ledger) -> bool:
    item = _some(ledger, "subscription_item")
    owner = ledger.store.get("subscription", item.owner or "") if item is not None else None
    if item is None or owner is None or owner.body["status"] != "active":
        return False
    ledger.change(item, {"quantity": item.body["quantity"] + 1})
    return True


def detach(ledger: Ledger) -> bool:
    method = _some(ledger, "payment_method")
    if method is None or method.owner is None:
        return False
    ledger.change(method, {"customer": None})
    return True


def checkout(ledger: Ledger) -> bool:
    given = {"customer": _customer(ledger), "line_items": ledger.rng.choice((1, 2, 3, 12))}
    ledger.bear("checkout.session", given)
    return True


def attempt(ledger: Ledger) -> bool:
    intent = _some(ledger, "setup_intent", status="requires_payment_method")
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
    coupon = _some(ledger, "coupon")
    if coupon is None:
        return False
    ledger.drop(coupon)
    ledger.bear("coupon", {"id": coupon.key[1]})
    return True


def upcoming(ledger: Ledger) -> bool:
    ledger.emit_upcoming(_customer(ledger))
    return True


def dispute(ledger: Ledger) -> bool:
    charge = _some(ledger, "charge", status="succeeded", disputed=False)
    if charge is None:
        return False
    ledger.bear("dispute", {"charge": charge.key[1]})
    return True
