"""Climate: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World


def _is_delayed(world: World, order: Stored) -> None:
    world.change(order, {"delayed_at": world.now, "expected_delivery_year": order.body["expected_delivery_year"] + 1})


def _gets_another_product(world: World, order: Stored) -> None:
    world.change(order, {"product_substituted_at": world.now, "product": world.any("climate.product")})


ACTS = (
    Act(1, deeds.new("climate.order")),
    Act(1, deeds.edit("climate.order"), silent=True),
    Act(1, deeds.become("climate.order", "open", "confirmed"), silent=True),
    Act(1, deeds.become("climate.order", "confirmed", "delivered")),
    Act(1, deeds.new("climate.order")),
    Act(1, deeds.on("climate.order", _is_delayed, status="open")),
    Act(1, deeds.on("climate.order", _gets_another_product, status="open")),
    Act(1, deeds.become("climate.order", "open", "canceled")),
)
