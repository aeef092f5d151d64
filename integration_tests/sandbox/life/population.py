"""Accounts with something in them: many objects of a kind, or a whole past."""

from __future__ import annotations

from typing import Any

from integration_tests.sandbox.life import life
from integration_tests.sandbox.objects.registry import RESOURCES
from integration_tests.sandbox.world.facts import DAY_SECONDS
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World

SPREAD_SECONDS = 2 * 365 * DAY_SECONDS
CHILDREN_PER_OWNER = 4
CHANGES_PER_CUSTOMER = 44


def spread(
    world: World, object: str, count: int, between: tuple[int, int] | None, fields: dict[str, Any]
) -> list[Stored]:
    """New objects at random seconds, a third of them sharing theirs with another; a few owners between them."""
    first, last = between or (world.now - SPREAD_SECONDS, world.now)
    distinct = [world.rng.randint(first, last) for _ in range(max(1, count * 2 // 3))]
    stamps = sorted(distinct[:count] + world.rng.choices(distinct, k=max(0, count - len(distinct))))
    row = RESOURCES[object]
    owners: list[str] = []
    owner_name = row.owner_field or "owner"
    if row.owner and owner_name not in fields and row.gets_owner:
        with world.at(first):
            owners = [world.bear(row.owner, {}).key[1] for _ in range(max(1, count // CHILDREN_PER_OWNER))]
    born = []
    for stamp in stamps:
        with world.at(stamp):
            given = {**fields, owner_name: world.rng.choice(owners)} if owners else dict(fields)
            born.append(world.bear(object, given))
    return born


def lived(world: World, customers: int, seconds: int) -> None:
    """A past of so many seconds up to the present."""
    present = world.now
    with world.at(present - seconds):
        life.found(world)
        life.once(world)
        for left in range(customers, 0, -1):
            world.bear("customer", {})
            life.live(world, max(0, present - world.now) // left, CHANGES_PER_CUSTOMER, silent=True)
        world.now = present
        life.completed(world)
