"""What merchants and their customers do, at random but consistently."""

from __future__ import annotations

from integration_tests.sandbox.life import metering
from integration_tests.sandbox.life.acts import ACTS
from integration_tests.sandbox.objects.registry import RESOURCES
from integration_tests.sandbox.world.facts import UNIQUE
from integration_tests.sandbox.world.world import World


def live(world: World, seconds: int, changes: int, silent: bool) -> None:
    """Lets `changes` things happen over the next `seconds`, at whose end the clock stands."""
    start = world.now
    acts = [act for act in ACTS if silent or not act.silent]
    weights = [act.weight for act in acts]
    for offset in sorted(world.rng.randint(0, seconds) for _ in range(changes)):
        world.now = start + offset
        while not world.rng.choices(acts, weights)[0].deed(world):
            pass
    world.now = start + seconds


def found(world: World) -> None:
    """What a merchant sets up first: something to sell."""
    for _ in range(3):
        product = world.bear("product", {}).key[1]
        for _ in range(2):
            world.bear("price", {"product": product})
    metering.metered_price(world)
    world.bear("coupon", {})
    world.bear("climate.product", {})


def once(world: World) -> None:
    """Lets everything happen that can, a minute apart, so that no account is without any of it."""
    for act in ACTS:
        world.now += 60
        act.deed(world)


def completed(world: World) -> None:
    """Lets come what is left of nothing: chance takes the last of some kind from small accounts."""
    for kind, row in RESOURCES.items():
        alone = (None,) if row.alone or not row.owners else ()
        for owner in () if kind in _NOT_BORN else (*row.owners, *alone):
            if not _is_there(world, kind, owner):
                world.bear(kind, {row.link_to(owner): world.bear(owner, {}).key[1]} if owner else {})


_NOT_BORN = frozenset(("event", "v2.core.event", *UNIQUE.values())) - {"account"}


def _is_there(world: World, kind: str, owner: str | None) -> bool:
    """Whether there is one of a kind, under an owner of a kind, that lists show."""
    for place in world.store.shelf(RESOURCES[kind].shelved).older(None):
        stored = world.store.stored[place[2], place[3]]
        holder = world.store.holder(kind, stored.owner)
        if stored.place[2] == kind and stored.body.get("status") != "canceled" and (holder and holder.key[0]) == owner:
            return True
    return False
