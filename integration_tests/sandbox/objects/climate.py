"""Climate: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.resource import Resource, Turn, plain, turns


def _order(birth: Birth) -> Json:
    tons = birth.rng.randrange(1, 20)
    amounts = {"amount_subtotal": tons * 1_000, "amount_fees": tons * 30, "amount_total": tons * 1_030}
    return {**amounts, "metric_tons": str(tons), "product": birth.any("product", "climate.product")}


ROWS = (
    Resource(
        "climate.order",
        "climorder_",
        ("climate.order.created",),
        turns=(
            *turns("status", canceled="climate.order.canceled", delivered="climate.order.delivered"),
            Turn("delayed_at", ..., ("climate.order.delayed",)),
            Turn("product_substituted_at", ..., ("climate.order.product_substituted",)),
        ),
        plain=plain("canceled_at confirmed_at delayed_at delivered_at product_substituted_at"),
        fill=_order,
        implies={
            "canceled": lambda _, now: {"canceled_at": now, "cancellation_reason": "requested"},
            "confirmed": lambda _, now: {"confirmed_at": now},
            "delivered": lambda _, now: {"delivered_at": now},
        },
    ),
    Resource("climate.product", "climsku_", ("climate.product.created",), ("climate.product.pricing_updated",)),
    Resource("climate.supplier", "climsup_", stamp=None),
)
