"""What happens to objects: they come, change and go, with their neighbours, and events tell of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from random import Random
from typing import Any

from . import consequences
from .announcements import births, changes, compares, difference
from .birth import DAY_SECONDS, FOLLOWERS, PARTS, Birth
from .facts import API_VERSION, FIXTURES, Json
from .rendering import EMBEDDED_LIST_LENGTH, NOTHING, render
from .resources import RESOURCES, TEMPLATES
from .store import Key, Store, Stored
from .versions import downgraded

EVENT_DAYS = 30
PART_KINDS = frozenset(kind for kinds in PARTS.values() for kind in kinds)
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Ledger:
    """An account's objects and clock, for those who already hold its lock. Times are whole Unix seconds."""

    def __init__(self, now: int, seed: int) -> None:
        self.now = now
        self.rng = Random(seed)
        self.store = Store()
        self.api_version = API_VERSION
        self.unannounced: set[Key] = set()
        """Objects, by type and id, that look different although no event said so."""
        self.partner = f"acct_{self.letters(16)}"
        self.bank = f"ba_{self.letters(24)}"
        self._late_seconds = 0
        self._visible_from: dict[str, int] = {}
        self._numbers = count(1)
        self._present: int | None = None

    # --- the clock ---

    @contextmanager
    def at(self, stamp: int) -> Iterator[None]:
        """Sets the clock to `stamp` for a while; events too old to be seen at present are not kept."""
        now, present = self.now, self._present
        self.now, self._present = stamp, now if present is None else present
        try:
            yield
        finally:
            self.now, self._present = now, present

    def visible(self, event_id: str) -> bool:
        """Whether an event can be seen by now."""
        return self._visible_from.get(event_id, 0) <= self.now

    # --- finding ---

    def letters(self, length: int) -> str:
        return "".join(self.rng.choices(_LETTERS, k=length))

    def stored(self, object: str, id: str) -> Stored:
        found = self.store.get(object, id)
        if found is None:
            raise LookupError(f"No such {object}: '{id}'")
        return found

    def body(self, object: str, id: str) -> Json:
        return self.stored(object, id).body

    def any(self, object: str) -> str:
        """The id of some living object of a type, made if there is none."""
        shelf = self.store.shelf(RESOURCES[object].shelved)
        if not len(shelf):
            return self.bear(object, {}).key[1]
        return shelf.places[self.rng.randrange(len(shelf))][3]

    # --- what happens ---

    def bear(self, object: str, given: Json) -> Stored:
        """A new object with the owner it needs, its parts, its events and its consequences."""
        row = RESOURCES[object]
        fields = dict(given)
        owner_name = row.link(fields)
        if row.owner and fields.get(owner_name, ...) is ... and (not row.alone or object == "payment_method"):
            fields[owner_name] = self.bear(row.owner, {}).key[1]
        parts = {kinds: 1 for (of, _), kinds in PARTS.items() if of == object} | _counted(PARTS, object, fields)
        followers = _counted(FOLLOWERS, object, fields)
        inline, discounts = fields.pop("inline", False), fields.pop("discounts", None)
        new_id = fields.pop("id", None) or (row.prefix + self.letters(24 if row.prefix else 8))
        if (object, new_id) in self.store.stored:
            raise ValueError(f"{object} {new_id} exists")
        owner = fields.pop("owner", None) if owner_name == "owner" else fields.get(owner_name)
        with self._owner_shows(object, owner):
            stored = self._put(object, new_id, self._body(object, new_id, fields, owner), owner, listed=not inline)
            for kinds, number in parts.items():
                for index in range(number):
                    self._part(kinds[index % len(kinds)], new_id)
            if discounts is not None:
                stored.body = {**stored.body, "discounts": self._discounts(stored, discounts)}
            consequences.settled(self, stored)
            self.announce(stored, births(object, stored.body), None)
        consequences.came(self, stored)
        for kinds, number in followers.items():
            for index in range(number):
                kind = kinds[index % len(kinds)]
                self.bear(kind, {RESOURCES[kind].owner_field or "owner": new_id})
        return stored

    def change(self, stored: Stored, fields: Mapping[str, Any], types: Sequence[str] | None = None) -> None:
        """Changes an object and emits `types`, or what its row says if none are given."""
        body, row = stored.body, RESOURCES[stored.place[2]]
        given = {
            name: _merged(body.get(name), value) if name == "metadata" else value for name, value in fields.items()
        }
        changed = {name for name, value in given.items() if body.get(name, ...) != value}
        if not changed:
            return
        owner = given.get(row.owner_field, stored.owner) if row.owner_field else stored.owner
        before = self._rendered(stored)
        with self._owner_shows(row.object, stored.owner):
            self.store.replace(stored, {**body, **given, **consequences.implied(self, stored, given)}, owner)
            self.announce(stored, changes(row.object, stored.body, changed) if types is None else types, before)
        self.unannounced.update(consequences.embedding(self, stored))

    def drop(self, stored: Stored) -> None:
        """Takes an object away, after what depends on it, and emits its row's events."""
        consequences.going(self, stored)
        last, row = self._rendered(stored), RESOURCES[stored.place[2]]
        siblings = self.store.owned(row.shelved, stored.owner) if row.object in PART_KINDS and stored.owner else []
        if stored in siblings[EMBEDDED_LIST_LENGTH:]:
            self.unannounced.add(stored.key)
        with self._owner_shows(row.object, stored.owner):
            self.store.drop(stored)
        for name in row.died if births(row.object, stored.body) or not row.born else ():
            self.emit(name, last, None)
        consequences.gone(self, stored)

    def announce(self, stored: Stored, types: Sequence[str], before: Json | None) -> None:
        """Emits events about an object as it is now; a change without any is noted."""
        if not types:
            if before is not None and stored.place[2] not in PART_KINDS:
                self.unannounced.add(stored.key)
            return
        after = self._rendered(stored)
        for name in types:
            self.emit(name, after, before if compares(name) else None)

    def emit(self, type: str, object: Json, before: Json | None) -> None:
        """Writes an event, unless it is too old to be seen at present."""
        present = self.now if self._present is None else self._present
        if self.now < present - EVENT_DAYS * DAY_SECONDS:
            return
        event_id = f"evt_{self.letters(24)}"
        data: Json = {"object": object}
        if before is not None:
            data["previous_attributes"] = difference(before, object)
        body = {
            **FIXTURES["event"],
            "id": event_id,
            "api_version": self.api_version,
            "created": self.now,
            "type": type,
            "data": data,
        }
        if self._late_seconds:
            self._visible_from[event_id] = self.now + self.rng.randint(0, self._late_seconds)
        self._put("event", event_id, body, None)

    def emit_upcoming(self, customer: str) -> None:
        """An `invoice.upcoming`, whose invoice has no id yet."""
        body = {name: value for name, value in TEMPLATES["invoice"].items() if name != "id"}
        lines = {"object": "list", "data": [], "has_more": False, "url": "/v1/invoices/upcoming/lines"}
        upcoming = {**body, "created": self.now, "customer": customer, "lines": lines}
        self.emit("invoice.upcoming", downgraded(upcoming, self.api_version), None)

    # --- inside ---

    @contextmanager
    def _owner_shows(self, object: str, owner_id: str | None) -> Iterator[None]:
        """An object's parts have no events of their own: its own `.updated` tells of them."""
        owner = self.store.holder(object, owner_id) if object in PART_KINDS else None
        before = self._rendered(owner) if owner is not None else None
        yield
        if owner is not None and before is not None:
            consequences.parts_changed(self, owner)
            self.announce(owner, RESOURCES[owner.place[2]].changed, before)

    def _body(self, object: str, id: str, fields: Json, owner: str | None) -> Json:
        row = RESOURCES[object]
        holder = self.store.holder(object, owner)
        birth = Birth(self, id, owner, holder.body if holder is not None else {}, fields)
        body = {**TEMPLATES[object], **row.fill(birth), **fields, "id": id}
        if row.stamp is not None:
            body[row.stamp] = self.now
        implied = consequences.implied(
            self, Stored(body, (self.now, float(len(self.store.stored)), object, id), owner), fields
        )
        return {**body, **implied, **fields}

    def _part(self, object: str, owner: str) -> None:
        row = RESOURCES[object]
        new_id = row.prefix + self.letters(24)
        fields: Json = {row.owner_field: owner} if row.owner_field else {}
        self._put(object, new_id, self._body(object, new_id, fields, owner), owner)

    def _discounts(self, stored: Stored, wanted: int | list[str]) -> list[str]:
        if not isinstance(wanted, int):
            return wanted
        kind = stored.place[2]
        holder = {kind if kind in ("invoice", "subscription") else "invoice_item": stored.place[3]}
        given = {"customer": stored.body.get("customer"), **holder}
        return [self.bear("discount", given).key[1] for _ in range(wanted)]

    def _put(self, object: str, id: str, body: Json, owner: str | None, listed: bool = True) -> Stored:
        # Within a second objects stand as they came, events in no order.
        rank = self.rng.random() if object == "event" else float(next(self._numbers))
        return self.store.put(body, (self.now, rank, object, id), owner, listed)

    def _rendered(self, stored: Stored) -> Json:
        return downgraded(render(self.store, stored, NOTHING, self.now), self.api_version)


def _merged(old: Any, new: Any) -> Any:
    """Stripe adds the given metadata to what is there."""
    return {**old, **new} if old and new else new


def _counted(lists: Mapping[tuple[str, str], tuple[str, ...]], object: str, fields: Json) -> dict[tuple[str, ...], int]:
    """Takes the numbers given for an object's lists out of its fields."""
    names = {name: kinds for (of, name), kinds in lists.items() if of == object and isinstance(fields.get(name), int)}
    return {kinds: fields.pop(name) for name, kinds in names.items()}
