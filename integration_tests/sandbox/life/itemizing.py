"""What is sold in payment links, quotes and payments, item by item: what merchants do with it."""

from __future__ import annotations

from integration_tests.sandbox.life.choosing import customer, some
from integration_tests.sandbox.life.deeds import Deed
from integration_tests.sandbox.world.world import World


def link(world: World) -> bool:
    world.bear("payment_link", {"line_items": world.rng.choice((1, 2, 12))})
    return True


def quote(world: World) -> bool:
    world.bear("quote", {"customer": customer(world), "line_items": world.rng.choice((1, 3, 12))})
    return True


def itemized_payment(world: World) -> bool:
    world.bear("payment_intent", {"customer": customer(world), "line_items": world.rng.choice((1, 2, 12))})
    return True


def item_requantified(object: str, **having: object) -> Deed:
    """Of something that is sold in it there is more."""

    def deed(world: World) -> bool:
        holder = some(world, object, **having)
        items = world.store.owned("item", holder.key[1]) if holder is not None else []
        if not items:
            return False
        item = world.rng.choice(items)
        quantity = item.body["quantity"]
        total = item.body["amount_total"] // quantity * (quantity + 1)
        world.change(item, {"quantity": quantity + 1, "amount_subtotal": total, "amount_total": total})
        return True

    return deed


def item_removed(object: str, **having: object) -> Deed:
    def deed(world: World) -> bool:
        holder = some(world, object, **having)
        items = world.store.owned("item", holder.key[1]) if holder is not None else []
        if len(items) < 2:
            return False
        world.drop(world.rng.choice(items))
        return True

    return deed
