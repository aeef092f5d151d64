"""Checkout: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.effects import sessions
from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import DAY_SECONDS, Json
from integration_tests.sandbox.world.resource import Resource, plain, turns


def _session(birth: Birth) -> Json:
    url = f"https://checkout.stripe.com/c/pay/{birth.id}"
    return {"expires_at": birth.now + DAY_SECONDS, "currency": "usd", "url": url}


def _payment_link(birth: Birth) -> Json:
    return {"url": f"https://buy.stripe.com/test_{birth.id[-18:]}"}


def _item(birth: Birth) -> Json:
    price_id = birth.any("price", "price")
    price = birth.world.body("price", price_id)
    quantity = birth.given.get("quantity", birth.rng.randrange(1, 5))
    total = (price["unit_amount"] or 0) * quantity
    sums = {"amount_subtotal": total, "amount_total": total}
    return {"price": price_id, "quantity": quantity, "currency": price["currency"], **sums}


ROWS = (
    Resource(
        "checkout.session",
        "cs_test_",
        turns=turns("status", complete="checkout.session.completed", expired="checkout.session.expired"),
        owner="customer",
        owner_field="customer",
        alone=True,
        plain=plain(
            "shipping_cost total_details currency_conversion payment_intent invoice_creation "
            "collected_information payment_method_configuration_details"
        ),
        fill=_session,
        parts={"line_items": ("item",)},
        summed=sessions.summed,
        implies={
            "complete": lambda _, now: {"payment_status": "paid", "url": None},
            "expired": lambda _, now: {"url": None},
        },
    ),
    Resource(
        "payment_link",
        "plink_",
        ("payment_link.created",),
        ("payment_link.updated",),
        stamp=None,
        plain=plain("transfer_data restrictions shipping_address_collection payment_method_options"),
        fill=_payment_link,
        parts={"line_items": ("item",)},
    ),
    Resource(
        "item",
        "li_",
        owner="checkout.session",
        others={"payment_link": None, "quote": None},
        stamp=None,
        plain=plain("adjustable_quantity"),
        fill=_item,
    ),
)
