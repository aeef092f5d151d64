"""Invoices: their sums, their dates, and what bills for a subscription."""

from __future__ import annotations

from collections import Counter

from integration_tests.sandbox.effects import settlement
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.resource import Implied
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World


def summed(world: World, invoice: Stored) -> None:
    """Discounts come off what the lines come to: https://docs.stripe.com/api/invoices/object."""
    lines = world.store.owned("line_item", invoice.key[1])
    subtotal, off = sum(line.body["amount"] for line in lines), Counter[str]()
    for line in lines:
        for part in line.body["discount_amounts"] or ():
            off[part["discount"]] += part["amount"]
    total = subtotal - off.total()
    sums = dict.fromkeys(("total", "total_excluding_tax", "amount_due"), total)
    sums |= dict.fromkeys(("subtotal", "subtotal_excluding_tax"), subtotal)
    discounted = {"total_discount_amounts": [{"amount": amount, "discount": one} for one, amount in off.items()]}
    paid = total if invoice.body["status"] == "paid" else invoice.body["amount_paid"]
    left = {"amount_paid": paid, "amount_remaining": total - paid}
    invoice.body = {**invoice.body, **sums, **discounted, **left}


def since(name: str) -> Implied:
    """The time of a status."""
    return lambda invoice, now: {"status_transitions": {**invoice.body["status_transitions"], name: now}}


def finalized(invoice: Stored, now: int) -> Json:
    number = f"{invoice.body['customer'][-6:].upper()}-{invoice.place[1]:07.0f}"
    return {"number": number, "effective_at": now, **since("finalized_at")(invoice, now)}


def paid(invoice: Stored, now: int) -> Json:
    body = invoice.body
    sums = {"amount_paid": body["amount_due"], "amount_remaining": 0}
    attempts = {"attempted": True, "attempt_count": body["attempt_count"] + 1}
    return {**sums, **attempts, **since("paid_at")(invoice, now)}


def came(world: World, invoice: Stored) -> None:
    settlement.began(world, invoice)
    if invoice.body["parent"] is not None:
        billed = invoice.body["parent"]["subscription_details"]["subscription"]
        subscription = world.store.get("subscription", billed)
        if subscription is not None:
            world.change(subscription, {"latest_invoice": invoice.body["id"]})


def gone(world: World, invoice: Stored) -> None:
    for line in world.store.owned("line_item", invoice.place[3]):
        world.store.drop(line)
