"""A new object about to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from integration_tests.sandbox.world.world import World


@dataclass(frozen=True, slots=True)
class Birth:
    """A new object about to be: its id, its owner's id and body, and the fields that are given."""

    world: World
    id: str
    owner: str | None
    whole: Mapping[str, Any]
    given: Mapping[str, Any]

    @property
    def now(self) -> int:
        return self.world.now

    @property
    def rng(self) -> Random:
        return self.world.rng

    def any(self, field: str, object: str) -> str:
        """The id given for a field, or that of any object of the type."""
        return self.given.get(field) or self.world.any(object)
