"""How invoices are settled: each has payments from when it is finalized, of which its own events tell.

Only that a payment is paid has an event of its own: https://docs.stripe.com/api/invoice-payment/object.
"""

from __future__ import annotations

from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World


def began(world: World, invoice: Stored) -> None:
    """An invoice that is not born as a draft has its payment from the start."""
    if invoice.body["status"] != "draft":
        _asked(world, invoice)
        altered(world, invoice, {**invoice.body, "status": "open"})


def altered(world: World, invoice: Stored, before: Json) -> None:
    """After an invoice has changed: what becomes of its payments."""
    status = invoice.body["status"]
    if before["status"] == "draft" and status != "draft":
        _asked(world, invoice)
    for payment in world.store.owned("invoice_payment", invoice.place[3]):
        if payment.body["status"] != "open":
            continue
        if status == "paid":
            world.change(payment, {"status": "paid"})
        elif status == "void":
            transitions = {**payment.body["status_transitions"], "canceled_at": world.now}
            _silently(world, payment, {"status": "canceled", "status_transitions": transitions})
        elif payment.body["is_default"]:
            _silently(world, payment, {"amount_requested": invoice.body["amount_remaining"]})


def came(world: World, payment: Stored) -> None:
    """What a further payment pays is no longer due."""
    if payment.body["status"] == "paid" and not payment.body["is_default"]:
        invoice = world.stored("invoice", payment.body["invoice"])
        paid = min(payment.body["amount_paid"], invoice.body["amount_remaining"])
        sums = {"amount_paid": invoice.body["amount_paid"] + paid}
        world.change(invoice, {**sums, "amount_remaining": invoice.body["amount_remaining"] - paid})


def implied(world: World, payment: Stored, fields: Json) -> Json:
    """What a payment that is paid has paid, and when."""
    if fields.get("status") != "paid":
        return {}
    transitions = {**payment.body["status_transitions"], "paid_at": world.now}
    return {"amount_paid": payment.body["amount_requested"], "status_transitions": transitions}


def _asked(world: World, invoice: Stored) -> None:
    world.bear("invoice_payment", {"invoice": invoice.place[3], "is_default": True})


def _silently(world: World, payment: Stored, fields: Json) -> None:
    world.store.replace(payment, {**payment.body, **fields}, payment.owner)
