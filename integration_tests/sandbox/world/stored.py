"""An object as an account keeps it, and the lists that it stands in."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from integration_tests.sandbox.world.facts import Json

Key = tuple[str, str]
"""An object's type and id. The id alone is not enough: a plan and its price share one."""


Place = tuple[int, float, str, str]
"""Where an object stands in a list: second, rank within it, type, id."""


@dataclass(slots=True)
class Stored:
    """An object as it is now: its body without the lists in it, its place, and the id of its owner."""

    body: Json
    place: Place
    owner: str | None

    @property
    def key(self) -> Key:
        return self.place[2], self.place[3]


class Shelf:
    """Places in ascending order; reading is newest first."""

    __slots__ = ("places",)

    def __init__(self) -> None:
        self.places: list[Place] = []

    def __len__(self) -> int:
        return len(self.places)

    def add(self, place: Place) -> None:
        if not self.places or place > self.places[-1]:
            self.places.append(place)
        else:
            insort(self.places, place)

    def remove(self, place: Place) -> None:
        del self.places[bisect_left(self.places, place)]

    def older(self, than: Place | None, first: int | None = None, last: int | None = None) -> Iterator[Place]:
        """Newest first: what stands before `than`, within the seconds `first` to `last`, both included."""
        high, low = self._bounds(first, last)
        if than is not None:
            high = min(high, bisect_left(self.places, than))
        for index in range(high - 1, low - 1, -1):
            yield self.places[index]

    def newer(self, than: Place, first: int | None = None, last: int | None = None) -> Iterator[Place]:
        """Oldest first: what stands after `than`, within the seconds `first` to `last`, both included."""
        high, low = self._bounds(first, last)
        for index in range(max(low, bisect_right(self.places, than)), high):
            yield self.places[index]

    def _bounds(self, first: int | None, last: int | None) -> tuple[int, int]:
        low = 0 if first is None else bisect_left(self.places, (first, -1.0, "", ""))
        high = len(self.places) if last is None else bisect_left(self.places, (last + 1, -1.0, "", ""))
        return high, low


class Kind(Protocol):
    """What the store has to know of a kind of object."""

    @property
    def shelved(self) -> str:
        """The name of the list it stands in."""

    @property
    def owners(self) -> tuple[str, ...]:
        """The kinds it may stand under."""

    @property
    def owner_field(self) -> str | None:
        """The field that says under which one."""

    def has_ended(self, body: Mapping[str, Any], /) -> bool:
        """Whether Stripe shows one that is over."""

    @property
    def read_by(self) -> Mapping[str, Callable[[Mapping[str, Any]], bool]]:
        """Whether it may be read under an owner of a kind, by that owner's fields."""
