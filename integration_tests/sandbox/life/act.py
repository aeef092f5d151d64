"""Something that merchants or their customers do now and then."""

from __future__ import annotations

from dataclasses import dataclass

from integration_tests.sandbox.life.deeds import Deed


@dataclass(frozen=True, slots=True)
class Act:
    """What is done, how often beside the others, and whether no event tells of it."""

    weight: int
    deed: Deed
    silent: bool = False
