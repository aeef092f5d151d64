"""Climate: what happens."""

from __future__ import annotations

from integration_tests.sandbox.account.ledger import Ledger
from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act
from integration_tests.sandbox.world.stored import Stored


def _is_delayed(ledger: Ledger, order: Stored) -> None:
    ledger.change(order, {"delayed_at": ledger.now, "expected_delivery_year": order.body["expected_delivery_year"] + 1})


def _gets_another_product(ledger: Ledger, order: Stored) -> None:
    ledger.change(order, {"product_substituted_at": ledger.now, "product": ledger.any("climate.product")})


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
