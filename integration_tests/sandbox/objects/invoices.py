"""Invoices: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.effects import invoicing, settlement
from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.resource import Hidden, Resource, plain, turns


def _invoice(birth: Birth) -> Json:
    return {
        "customer_email": birth.whole.get("email"),
        "customer_name": birth.whole.get("name"),
        "period_start": birth.now,
        "period_end": birth.now,
    }


def _invoiceitem(birth: Birth) -> Json:
    pricing, unit = _pricing(birth)
    quantity = birth.given.get("quantity", 1)
    amount = birth.given.get("amount", unit * quantity)
    return {"pricing": pricing, "amount": amount, "net_amount": amount, "period": _moment(birth)}


def _line_item(birth: Birth) -> Json:
    pricing, unit = _pricing(birth)
    quantity = birth.given.get("quantity", birth.rng.randrange(1, 4))
    amount = birth.given.get("amount", unit * quantity)
    billed = birth.whole["parent"]
    subscription = billed["subscription_details"]["subscription"] if billed else None
    items = birth.world.store.owned("subscription_item", subscription)[:1] if subscription else []
    return {
        "pricing": pricing,
        "quantity": quantity,
        "quantity_decimal": str(quantity),
        "amount": amount,
        "subtotal": amount,
        "currency": birth.whole["currency"],
        "subscription": subscription,
        "parent": _line_parent(birth, subscription, items[0].key[1] if items else None),
        "period": _moment(birth),
    }


def _line_parent(birth: Birth, subscription: str | None, subscription_item: str | None) -> Json:
    """A line comes from an item of a subscription, or else from an invoice item."""
    common: Json = {"proration": False, "proration_details": {"credited_items": None}}
    if subscription_item is not None:
        from_subscription = {"invoice_item": None, "subscription": subscription, "subscription_item": subscription_item}
        return {
            "type": "subscription_item_details",
            "invoice_item_details": None,
            "subscription_item_details": common | from_subscription,
        }
    item = birth.given.get("invoice_item") or f"ii_{birth.world.letters(24)}"
    return {
        "type": "invoice_item_details",
        "invoice_item_details": common | {"invoice_item": item, "subscription": None},
        "subscription_item_details": None,
    }


def _pricing(birth: Birth) -> tuple[Json, int]:
    """How a line is priced, and the price of one."""
    price_id = birth.any("price", "price")
    price = birth.world.body("price", price_id)
    details = {"price": price_id, "product": price["product"]}
    pricing = {"type": "price_details", "price_details": details, "unit_amount_decimal": price["unit_amount_decimal"]}
    return pricing, price["unit_amount"] or 0


def _moment(birth: Birth) -> Json:
    return {"start": birth.now, "end": birth.now}


def _invoice_payment(birth: Birth) -> Json:
    """A draft has no payments, so it is finalized first."""
    if birth.whole["status"] == "draft":
        birth.world.change(birth.world.stored("invoice", birth.owner or ""), {"status": "open"})
    invoice = birth.world.body("invoice", birth.owner or "")
    left: int = invoice["amount_remaining"]
    default = birth.given.get("is_default", False)
    intent = {"type": "payment_intent", "payment_intent": f"pi_{birth.world.letters(24)}"}
    requested = (left or invoice["amount_due"]) if default else birth.rng.randrange(max(1, left // 2)) + 1
    return {"amount_requested": requested, "currency": invoice["currency"], "is_default": default, "payment": intent}


def _tax_id(birth: Birth) -> Json:
    owner = {"customer": birth.owner, "customer_account": None, "type": "customer"} if birth.owner else {"type": "self"}
    return {"customer": birth.owner, "owner": owner, "value": f"DE{birth.rng.randrange(10**9):09}"}


ROWS = (
    Resource(
        "invoice",
        "in_",
        ("invoice.created",),
        ("invoice.updated",),
        ("invoice.deleted",),
        turns=turns(
            "status",
            open="invoice.finalized invoice.updated",
            paid="invoice.paid invoice.payment_succeeded invoice.updated",
            void="invoice.voided invoice.updated",
            uncollectible="invoice.marked_uncollectible invoice.updated",
        ),
        owner="customer",
        owner_field="customer",
        plain=plain(
            "parent shipping_cost shipping_details customer_shipping from_invoice "
            "last_finalization_error due_date effective_at next_payment_attempt "
            "webhooks_delivered_at customer_address",
            amount_overpaid=0,
        ),
        fill=_invoice,
        parts={"lines": ("line_item",)},
        summed=invoicing.summed,
        implies={
            "open": invoicing.finalized,
            "paid": invoicing.paid,
            "void": invoicing.since("voided_at"),
            "uncollectible": invoicing.since("marked_uncollectible_at"),
        },
        came=invoicing.came,
        altered=settlement.altered,
        gone=invoicing.gone,
    ),
    Resource(
        "invoiceitem",
        "ii_",
        ("invoiceitem.created",),
        (),
        ("invoiceitem.deleted",),
        owner="customer",
        owner_field="customer",
        stamp="date",
        plain=plain("parent", quantity_decimal="1"),
        fill=_invoiceitem,
    ),
    Resource(
        "line_item",
        "il_",
        owner="invoice",
        owner_field="invoice",
        stamp=None,
        plain=plain("parent", quantity_decimal="1"),
        fill=_line_item,
    ),
    Resource(
        "invoice_payment",
        "inpay_",
        turns=turns("status", paid="invoice_payment.paid"),
        owner="invoice",
        owner_field="invoice",
        plain=plain(status="open"),
        fill=_invoice_payment,
        implied=settlement.implied,
        came=settlement.came,
    ),
    Resource(
        "tax_id",
        "txi_",
        ("customer.tax_id.created",),
        ("customer.tax_id.updated",),
        ("customer.tax_id.deleted",),
        owner="customer",
        owner_field="customer",
        alone=True,
        fill=_tax_id,
        untold=lambda body: body.get("customer") is None,
        hidden=(Hidden(lambda body: body["customer"] is not None, ("owner",), below=True),),
    ),
    Resource(
        "credit_note",
        "cn_",
        ("credit_note.created",),
        ("credit_note.updated",),
        turns=turns("status", void="credit_note.voided credit_note.updated"),
        owner="invoice",
        owner_field="invoice",
        plain=plain("voided_at", status="issued"),
        parts={"lines": ("credit_note_line_item",)},
    ),
    Resource("credit_note_line_item", "cnli_", owner="credit_note", stamp=None),
    # What the list without `status` holds is not documented; so that nobody relies on it, not all.
    Resource(
        "invoice_rendering_template",
        "inrtem_",
        plain=plain(version=1),
        hidden=(Hidden(lambda body: body["status"] != "active", ("status",)),),
    ),
)
