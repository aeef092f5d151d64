"""Whom or what something happens to: anything that is as it must be, at random."""

from __future__ import annotations

from integration_tests.sandbox.objects.registry import RESOURCES
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World


def some(world: World, object: str, **having: object) -> Stored | None:
    """A living object of a type, rather a recent one, whose fields are as said; `...` is anything but null."""
    places = world.store.shelf(RESOURCES[object].shelved).places
    for _ in range(8):
        if not places:
            return None
        place = places[-1 - int(len(places) * world.rng.random() ** 2)]
        stored = world.store.stored[place[2], place[3]]
        if place[2] == object and all(_fits(stored.body.get(name), value) for name, value in having.items()):
            return stored
    return None


def _fits(value: object, wanted: object) -> bool:
    return value is not None if wanted is ... else value == wanted


def customer(world: World) -> str:
    """The id of a customer, a new one if there is none."""
    found = some(world, "customer")
    return found.key[1] if found is not None else world.bear("customer", {}).key[1]


def note(world: World) -> Json:
    """An edit: something in the metadata that was not there."""
    return {"metadata": {"note": world.letters(6)}}
