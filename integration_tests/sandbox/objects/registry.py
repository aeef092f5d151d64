"""Every kind of object that an account can hold, by Stripe's tag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from integration_tests.sandbox.objects import PRODUCTS
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.resource import Resource


def _rows() -> Iterator[Resource]:
    for product in PRODUCTS:
        yield from import_module(f"integration_tests.sandbox.objects.{product}").ROWS


RESOURCES: Mapping[str, Resource] = {row.object: row for row in _rows()}
TEMPLATES: Mapping[str, Json] = {name: row.template for name, row in RESOURCES.items()}
PART_KINDS = frozenset(kind for row in RESOURCES.values() for kinds in row.counted.values() for kind in kinds)
"""What is part of its owner: it has no events of its own, and the owner's tell of it."""
TOLD_BY_OWNER = frozenset(name for name, row in RESOURCES.items() if row.told_by_owner)
"""Whose changes an event about their owner tells of, without showing them."""
