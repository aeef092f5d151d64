"""Discounts: what merchants do with them."""

from __future__ import annotations

from integration_tests.sandbox.effects import discounts
from integration_tests.sandbox.life.choosing import customer as any_customer
from integration_tests.sandbox.life.choosing import some
from integration_tests.sandbox.life.deeds import Deed
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World


def _is(world: World, stored: Stored | None, owner: str, having: dict[str, object]) -> bool:
    """Whether an object, or what it is a part of, is as it must be."""
    if stored is not None and owner:
        stored = world.store.get(owner, stored.owner or "")
    return stored is not None and all(stored.body.get(name) == value for name, value in having.items())


def put_on(object: str, owner: str = "", /, **having: object) -> Deed:
    """A coupon for something that has none."""

    def deed(world: World) -> bool:
        stored = some(world, object, discounts=[])
        if stored is None or not _is(world, stored, owner, having):
            return False
        world.change(stored, {"discounts": discounts.put_on(world, stored, 1)})
        return True

    return deed


def take_off(object: str, owner: str = "", /, **having: object) -> Deed:
    """A discount goes, one of the latest of its kind."""

    def deed(world: World) -> bool:
        for place in world.store.shelf("discount").older(None):
            discount = world.store.stored[place[2], place[3]]
            on = discounts.holder(world, discount)
            if on is not None and on.place[2] == object and _is(world, on, owner, having):
                world.drop(discount)
                return True
        return False

    return deed


def coupon_for_customer(world: World) -> bool:
    """A customer gets a coupon, or another one in place of the one it has."""
    world.bear("discount", {"customer": any_customer(world)})
    return True


def discounted_invoice_item(world: World) -> bool:
    world.bear("invoiceitem", {"customer": any_customer(world), "discounts": 1})
    return True
