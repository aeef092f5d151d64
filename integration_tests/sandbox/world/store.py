"""Where an account's objects stand: each once by type and id, and in lists that are kept sorted."""

from __future__ import annotations

from collections.abc import Mapping

from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.stored import Key, Kind, Place, Shelf, Stored


class Store:
    """Every living object, the lists they stand in, and the names of those that are gone."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self.kinds = kinds
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
            shelf = self.kinds[place[2]].shelved
            self._shelves.setdefault(shelf, Shelf()).add(place)
            if owner is not None:
                self._owned.setdefault((shelf, owner), Shelf()).add(place)
        return stored

    def replace(self, stored: Stored, body: Json, owner: str | None) -> None:
        """The object has changed, and perhaps its owner."""
        if owner != stored.owner:
            shelf = self.kinds[stored.place[2]].shelved
            if stored.owner is not None:
                self._owned[shelf, stored.owner].remove(stored.place)
            if owner is not None:
                self._owned.setdefault((shelf, owner), Shelf()).add(stored.place)
        stored.body, stored.owner = body, owner

    def drop(self, stored: Stored) -> None:
        """The object is gone from every list; its name is kept."""
        shelf = self.kinds[stored.place[2]].shelved
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
        found = (self.stored.get((kind, owner)) for kind in self.kinds[object].owners) if owner else ()
        return next((holder for holder in found if holder), None)

    def get(self, object: str, id: str) -> Stored | None:
        return self.stored.get((object, id))
