"""Products: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act

ACTS = (
    Act(1, deeds.new("product")),
    Act(1, deeds.edit("product")),
    Act(1, deeds.new("price")),
    Act(1, deeds.new("price", billing_scheme="tiered")),
    Act(1, deeds.edit("price"), silent=True),
    Act(1, deeds.new("product_catalog.trial_offer")),
    Act(1, deeds.reword("product_catalog.trial_offer", "nickname"), silent=True),
    Act(1, deeds.become("product_catalog.trial_offer", True, False, "active"), silent=True),
    Act(1, deeds.new("coupon")),
    Act(1, deeds.edit("coupon")),
    Act(1, deeds.coupon_again),
    Act(1, deeds.new("promotion_code")),
    Act(1, deeds.new("shipping_rate")),
    Act(1, deeds.edit("shipping_rate"), silent=True),
    Act(1, deeds.edit("promotion_code")),
    Act(1, deeds.new("tax_rate")),
    Act(1, deeds.edit("tax_rate")),
    Act(1, deeds.become("price", True, False, "active"), silent=True),
    Act(1, deeds.become("price", False, True, "active"), silent=True),
)
