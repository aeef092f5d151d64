"""Where an account's objects stand: each once by type and id, and in lists that are kept sorted."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass

from .facts import Json
from .resources import RESOURCES

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


class Store:
    """Every living object, the lists they stand in, and the names of those that are gone."""

    def __init__(self) -> None:
        self.stored: dict[Key, Stored] = {}
        self.types: dict[str, list[str]] = {}
        self.deleted: set[Key] = set()
        self._shelves: dict[str, Shelf] = {}
        self._owned: dict[tuple[str, str], Shelf] = {}
        self._empty = Shelf()

    def put(self, body: Json, place: Place, owner: str | None, listed: bool = True) -> Stored:
        """Takes in a new object; one with the id of a deleted object replaces it."""
        stored = Stored(body, place, owner)
        self.stored[stored.key] = stored
        self.types.setdefault(place[3], []).append(place[2])
        self.deleted.discard(stored.key)
        if listed:
            shelf = RESOURCES[place[2]].shelved
            self._shelves.setdefault(shelf, Shelf()).add(place)
            if owner is not None:
                self._owned.setdefault((shelf, owner), Shelf()).add(place)
        return stored

    def replace(self, stored: Stored, body: Json, owner: str | None) -> None:
        """The object has changed, and perhaps its owner."""
        if owner != stored.owner:
            shelf = RESOURCES[stored.place[2]].shelved
            if stored.owner is not None:
                self._owned[shelf, stored.owner].remove(stored.place)
            if owner is not None:
                self._owned.setdefault((shelf, owner), Shelf()).add(stored.place)
        stored.body, stored.owner = body, owner

    def drop(self, stored: Stored) -> None:
        """The object is gone from every list; its name is kept."""
        shelf = RESOURCES[stored.place[2]].shelved
        self._shelves[shelf].remove(stored.place)
        if stored.owner is not None:
            self._owned[shelf, stored.owner].remove(stored.place)
        del self.stored[stored.key]
        self.types[stored.place[3]].remove(stored.place[2])
        self.deleted.add(stored.key)

    def shelf(self, name: str, owner: str | None = None) -> Shelf:
        if owner is None:
            return self._shelves.get(name, self._empty)
        return self._owned.get((name, owner), self._empty)

    def owned(self, shelf: str, owner: str) -> list[Stored]:
        """What the owner has of a kind, newest first."""
        return [self.stored[place[2], place[3]] for place in self.shelf(shelf, owner).older(None)]

    def holder(self, object: str, owner: str | None) -> Stored | None:
        """What an object of this kind stands under."""
        found = (self.stored.get((kind, owner)) for kind in RESOURCES[object].owners) if owner else ()
        return next((holder for holder in found if holder), None)

    def get(self, object: str, id: str) -> Stored | None:
        return self.stored.get((object, id))
