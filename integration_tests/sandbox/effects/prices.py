"""A recurring price and the plan of the same id: two views of one thing."""

from __future__ import annotations

from collections.abc import Callable

from integration_tests.sandbox.world.facts import FIXTURES
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World

_SHARED = ("id", "product", "currency", "active", "metadata", "nickname", "billing_scheme", "tiers_mode", "tiers")
_METERED = ("meter", "usage_type")


def twinned(twin: str, amount: str, twins_amount: str) -> Callable[[World, Stored], None]:
    """What is made of one makes the other."""

    def made(world: World, stored: Stored) -> None:
        body = stored.body
        if body.get("recurring", ...) is not None and world.store.get(twin, body["id"]) is None:
            common = {name: body[name] for name in _SHARED if name in body}
            metered = {name: body.get("recurring", body)[name] for name in _METERED}
            rhythm = {"recurring": {**FIXTURES["price"]["recurring"], **metered}} if twin == "price" else metered
            world.bear(twin, {**common, **rhythm, twins_amount: body[amount]})

    return made


def twin_goes(twin: str) -> Callable[[World, Stored], None]:
    """What deletes one deletes the other."""

    def goes(world: World, stored: Stored) -> None:
        other = world.store.get(twin, stored.place[3])
        if other is not None:
            world.drop(other)

    return goes
