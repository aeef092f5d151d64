"""Entitlements: what customers may use. Summaries of all that one may use tell of what comes and goes.

https://docs.stripe.com/billing/entitlements
"""

from __future__ import annotations

from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.rendering import EMBEDDED_LIST_LENGTH, NOTHING, render
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World

_KIND = "entitlements.active_entitlement"


def changed(world: World, entitlement: Stored) -> None:
    """One has come or gone."""
    customer = entitlement.owner or ""
    now = world.store.owned(_KIND, customer)
    came = world.store.get(*entitlement.key) is not None
    before = [each for each in now if each is not entitlement] if came else [entitlement, *now]
    before.sort(key=lambda each: each.place, reverse=True)
    world.emit(f"{_KIND}_summary.updated", _summary(world, customer, now), _summary(world, customer, before))


def _summary(world: World, customer: str, entitlements: list[Stored]) -> Json:
    """It has no id."""
    shown = entitlements[:EMBEDDED_LIST_LENGTH]
    return {
        "object": f"{_KIND}_summary",
        "customer": customer,
        "entitlements": {
            "object": "list",
            "data": [render(world.store, each, NOTHING, world.now) for each in shown],
            "has_more": len(entitlements) > len(shown),
            # An address that Stripe shows and does not answer.
            "url": f"/v1/customer/{customer}/entitlements",
        },
        "livemode": False,
    }


def product_gone(world: World, product: Stored) -> None:
    """Its features go with it."""
    for feature in world.store.owned("product_feature", product.place[3]):
        world.store.drop(feature)
