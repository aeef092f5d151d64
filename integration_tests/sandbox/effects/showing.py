"""What shows a changed object in full, although no event about itself tells of it."""

from __future__ import annotations

from integration_tests.sandbox.world.stored import Key, Stored
from integration_tests.sandbox.world.world import World


def in_owner(world: World, stored: Stored) -> list[Key]:
    """A reversal stands in its transfer, a refund of a fee in the fee."""
    holder = world.store.holder(stored.place[2], stored.owner)
    return [holder.key] if holder else []


def where_attached(world: World, feature: Stored) -> list[Key]:
    """A feature stands where it is attached to a product."""
    attached = (world.store.stored[place[2:]] for place in world.store.shelf("product_feature").older(None))
    return [each.key for each in attached if each.body["entitlement_feature"] == feature.place[3]]


def where_priced(world: World, price: Stored) -> list[Key]:
    """A price stands in the subscriptions and items it is the price of."""
    shown: list[Key] = []
    for kind in ("subscription_item", "item"):
        for place in world.store.shelf(kind).older(None):
            part = world.store.stored[place[2], place[3]]
            if part.body["price"] == price.place[3]:
                shown.append(part.key)
                if part.owner is not None and kind == "subscription_item":
                    shown.append(("subscription", part.owner))
    return shown
