"""Entitlements: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act
from integration_tests.sandbox.life.choosing import some
from integration_tests.sandbox.world.world import World


def _granted(world: World) -> bool:
    customer = some(world, "customer")
    if customer is None:
        return False
    held = {each.body["feature"] for each in world.store.owned("entitlements.active_entitlement", customer.key[1])}
    feature = world.any("entitlements.feature")
    if feature in held:
        return False
    world.bear("entitlements.active_entitlement", {"owner": customer.key[1], "feature": feature})
    return True


ACTS = (
    Act(1, deeds.new("entitlements.feature")),
    Act(1, deeds.edit("entitlements.feature"), silent=True),
    Act(1, deeds.become("entitlements.feature", True, False, "active"), silent=True),
    Act(2, deeds.new_under("product_feature", "product", "owner")),
    Act(1, deeds.remove("product_feature")),
    Act(2, _granted),
    Act(1, deeds.remove("entitlements.active_entitlement")),
)
