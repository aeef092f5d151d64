"""What happens to objects: they come, change and go, with their neighbours, and events tell of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from random import Random
from typing import Any

from integration_tests.sandbox.account.announcements import births, changes, compares, difference
from integration_tests.sandbox.effects import discounts
from integration_tests.sandbox.objects.registry import PART_KINDS, RESOURCES, TEMPLATES, TOLD_BY_OWNER
from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import API_VERSION, DAY_SECONDS, FIXTURES, LINKED, Json
from integration_tests.sandbox.world.payouts import PaidOut
from integration_tests.sandbox.world.rendering import EMBEDDED_LIST_LENGTH, NOTHING, render
from integration_tests.sandbox.world.resource import Lists, Resource
from integration_tests.sandbox.world.store import Store
from integration_tests.sandbox.world.stored import Key, Place, Stored
from integration_tests.sandbox.world.usage import MOST_DAYS_LATE, Usage
from integration_tests.sandbox.world.versions import downgraded

EVENT_DAYS = 30
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Ledger:
    """An account's objects and clock, for those who already hold its lock. Times are whole Unix seconds."""

    def __init__(self, now: int, seed: int) -> None:
        self.now = now
        self.rng = Random(seed)
        self.store = Store(RESOURCES)
        self.api_version = API_VERSION
        self.usage = Usage()
        self.paid_out = PaidOut()
        self.unannounced: set[Key] = set()
        """Objects, by type and id, that look different although no event said so."""
        self.partner = f"acct_{self.letters(16)}"
        self.bank = f"ba_{self.letters(24)}"
        self._late_seconds = self._late_row_seconds = 0
        self.sees_all_events = False
        """Whether the events of connected accounts stand in the list of their platform."""
        self.connected: dict[str, Ledger] = {}
        """The connected accounts that have something in them, by id."""
        self._visible_from: dict[str, int] = {}
        self._listed_from: dict[Key, int] = {}
        self._numbers = count(1)
        self._present: int | None = None
        self.id = f"acct_{self.letters(16)}"

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

    def listed(self, stored: Stored) -> bool:
        """Whether lists show an object by now; asked for by its id it is always there."""
        return self._listed_from.get(stored.key, 0) <= self.now

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

    def rendered(self, stored: Stored) -> Json:
        """An object as events show it."""
        return downgraded(render(self.store, stored, NOTHING, self.now), self.api_version)

    # --- what happens ---

    def bear(self, object: str, given: Json) -> Stored:
        """A new object with the owner it needs, its parts, its events and its consequences."""
        row = RESOURCES[object]
        fields = dict(given)
        owner_name = row.link(fields)
        if row.owner and row.gets_owner and fields.get(owner_name, ...) is ...:
            fields[owner_name] = self.bear(row.owner, {}).key[1]
        parts: dict[tuple[str, ...], list[Json]] = {kinds: [{}] for kinds in row.parts.values()}
        parts |= _counted(row.counted, fields)
        followers = _counted(row.followers, fields)
        inline, discounted = fields.pop("inline", False), fields.pop("discounts", None)
        owner = fields.pop("owner", None) if owner_name == "owner" else fields.get(owner_name)
        new_id = fields.pop("id", None) or self._unused_id(row, owner)
        key = row.key(new_id, owner)
        if (object, key) in self.store.stored:
            raise ValueError(f"{object} {key} exists")
        with self._owner_shows(object, owner):
            stored = self._put(object, key, self._body(object, new_id, fields, owner), owner, listed=not inline)
            for kinds, each in parts.items():
                for index, part in enumerate(each):
                    self._part(kinds[index % len(kinds)], new_id, part)
            if discounted is not None:
                stored.body = {**stored.body, "discounts": discounts.put_on(self, stored, discounted)}
            row.summed(self, stored)
            row.settled(self, stored)
            old = row.replaces(self, stored)
            if old is None:
                self.announce(stored, births(object, stored.body), None)
            else:
                self.announce(stored, row.changed, self.rendered(old))
        row.came(self, stored)
        for kinds, each in followers.items():
            for index, follower in enumerate(each):
                kind = kinds[index % len(kinds)]
                self.bear(kind, {**follower, RESOURCES[kind].link_to(object): new_id})
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
        before = self.rendered(stored)
        with self._owner_shows(row.object, stored.owner):
            self.store.replace(stored, {**body, **given, **self._implied(stored, given)}, owner)
            self.announce(stored, changes(row.object, stored.body, changed) if types is None else types, before)
        self.unannounced.update(row.shown_in(self, stored))
        row.altered(self, stored, body)

    def drop(self, stored: Stored) -> None:
        """Takes an object away, after what depends on it, and emits its row's events."""
        row = RESOURCES[stored.place[2]]
        row.going(self, stored)
        for discount in discounts.held(self, stored):
            self.store.drop(discount)
        last, account = self.rendered(stored), self._connected(stored)
        siblings = self.store.owned(row.shelved, stored.owner) if row.object in PART_KINDS and stored.owner else []
        if stored in siblings[EMBEDDED_LIST_LENGTH:]:
            self.unannounced.add(stored.key)
        with self._owner_shows(row.object, stored.owner):
            self.store.drop(stored)
        for name in row.told(row.died, stored.body) if births(row.object, stored.body) or not row.born else ():
            if name.startswith("v2."):
                self.emit_thin(name, stored)
            else:
                self.emit(name, last, None, account)
        row.gone(self, stored)

    def announce(self, stored: Stored, types: Sequence[str], before: Json | None) -> None:
        """Emits events about an object as it is now; a change without any is noted."""
        if not types:
            if before is not None and stored.place[2] not in PART_KINDS | TOLD_BY_OWNER:
                self.unannounced.add(stored.key)
            return
        after, account = self.rendered(stored), self._connected(stored)
        for name in types:
            if name.startswith("v2."):
                self.emit_thin(name, stored)
            else:
                self.emit(name, after, before if compares(name) else None, account)

    def emit_thin(self, type: str, stored: Stored) -> None:
        """Writes an event of API v2, which only points to its object; none that is too old to be seen at present."""
        present = self.now if self._present is None else self._present
        if self.now < present - EVENT_DAYS * DAY_SECONDS:
            return
        event_id, created = f"evt_{self.letters(24)}", min(self.now, present)
        kind, id = stored.key
        retrieve = next(one.retrieve for one in LINKED.values() if one.object == kind)
        related = {"id": id, "type": kind, "url": retrieve.format(account=stored.owner, id=id)}
        data = {"account_id": stored.owner} if stored.owner else None
        body = {
            **TEMPLATES["v2.core.event"],
            "id": event_id,
            "created": created,
            "type": type,
            "related_object": related,
            "data": data,
        }
        if self._late_seconds:
            self._visible_from[event_id] = created + self.rng.randint(0, self._late_seconds)
        self.store.put(body, (created, self.rng.random(), "v2.core.event", event_id), None)

    def emit(self, type: str, object: Json, before: Json | None, account: str | None = None) -> None:
        """Writes an event, unless it is too old to be seen at present. `account` is the connected one it is about."""
        present = self.now if self._present is None else self._present
        if self.now < present - EVENT_DAYS * DAY_SECONDS:
            return
        event_id, created = f"evt_{self.letters(24)}", min(self.now, present)
        data: Json = {"object": object}
        if before is not None:
            data["previous_attributes"] = difference(before, object)
        body = {
            **FIXTURES["event"],
            "id": event_id,
            "api_version": self.api_version,
            "created": created,
            "type": type,
            "data": data,
            **({} if account is None else {"account": account}),
        }
        if self._late_seconds:
            self._visible_from[event_id] = created + self.rng.randint(0, self._late_seconds)
        # Within a second events are in no order. None is ahead of its time, though its object on a test clock may be.
        place = (created, self.rng.random(), "event", event_id)
        self.store.put(body, place, None)
        if account in self.connected:
            self.connected[account].hear(body, place, self._visible_from.get(event_id, 0))

    def hear(self, event: Json, place: Place, visible_from: int) -> None:
        """An event that is about this account, and that its own list shows. Whether Stripe names the account in it
        where that is who asks is not known: every other account's events do."""
        named = sum(map(ord, self.id)) % 2
        body = event if named else {name: value for name, value in event.items() if name != "account"}
        if visible_from:
            self._visible_from[place[3]] = visible_from
        self.store.put(body, place, None)

    def use(self, meter: str, customer: str, value: float, at: int | None = None) -> None:
        """A customer uses what is metered, or did so lately. No event tells of it."""
        at = self.now if at is None else at
        if not self.now - MOST_DAYS_LATE * DAY_SECONDS <= at <= self.now:
            raise ValueError(f"Stripe takes reports of the last {MOST_DAYS_LATE} days")
        self.usage.report(self.stored("billing.meter", meter).place[3], customer, value, at)

    def emit_upcoming(self, customer: str) -> None:
        """An `invoice.upcoming`, whose invoice has no id yet."""
        body = {name: value for name, value in TEMPLATES["invoice"].items() if name != "id"}
        lines = {"object": "list", "data": [], "has_more": False, "url": "/v1/invoices/upcoming/lines"}
        upcoming = {**body, "created": self.now, "customer": customer, "lines": lines}
        self.emit("invoice.upcoming", downgraded(upcoming, self.api_version), None)

    # --- inside ---

    @contextmanager
    def _owner_shows(self, object: str, owner_id: str | None) -> Iterator[None]:
        """An object's parts have no events of their own: its own `.updated` tells of them, as of what else it shows."""
        owner = self.store.holder(object, owner_id)
        row = RESOURCES[owner.place[2]] if owner is not None else None
        if owner is None or row is None or (object not in PART_KINDS and object not in row.shows):
            yield
            return
        before = self.rendered(owner)
        yield
        row.summed(self, owner)
        self.announce(owner, row.changed, before)

    def _body(self, object: str, id: str, fields: Json, owner: str | None) -> Json:
        row = RESOURCES[object]
        holder, link = self.store.holder(object, owner), row.link(fields)
        birth = Birth(self, id, owner, holder.body if holder is not None else {}, fields)
        body = {**TEMPLATES[object], **row.fill(birth), **fields, "id": id}
        for name in (row.owner_field, *row.others.values()):
            if name and name != link:
                body.pop(name, None)
        if row.stamp is not None:
            body[row.stamp] = self.now
        unborn = Stored(body, (self.now, float(len(self.store.stored)), object, id), owner)
        implied = self._implied(unborn, fields)
        return {**body, **implied, **fields}

    def _implied(self, stored: Stored, fields: Json) -> Json:
        """Fields that change because others do."""
        row = RESOURCES[stored.place[2]]
        updated: Json = {"updated": self.now} if "updated" in stored.body else {}
        by_status = row.implies.get(fields.get("status") or "")
        return updated | row.implied(self, stored, fields) | (by_status(stored, self.now) if by_status else {})

    def _part(self, object: str, owner: str, given: Json) -> None:
        row = RESOURCES[object]
        new_id = row.prefix + self.letters(24)
        fields: Json = {**given, **({row.owner_field: owner} if row.owner_field else {})}
        self._put(object, new_id, self._body(object, new_id, fields, owner), owner)

    def _put(self, object: str, id: str, body: Json, owner: str | None, listed: bool = True) -> Stored:
        # Parts stand in their whole from the first; Stripe says that some lists below others are late as well.
        if self._late_row_seconds and listed and object not in PART_KINDS:
            self._listed_from[object, id] = self.now + self.rng.randint(0, self._late_row_seconds)
        # Within a second objects stand as they came.
        return self.store.put(body, (self.now, float(next(self._numbers)), object, id), owner, listed)

    def _unused_id(self, row: Resource, owner: str | None) -> str:
        taken = self.store.stored
        unused = (name for name in row.names if (row.object, row.key(name, owner)) not in taken)
        return next(unused, "") or row.prefix + self.letters(24 if row.prefix else 8)

    def _connected(self, stored: Stored) -> str | None:
        """The connected account that an object is, or belongs to."""
        whole = stored if stored.place[2] == "account" else self.store.holder(stored.place[2], stored.owner)
        return whole.place[3] if whole and whole.place[2] == "account" and whole.place[3] != self.id else None


def _merged(old: Any, new: Any) -> Any:
    """Stripe adds the given metadata to what is there."""
    return {**old, **new} if old and new else new


def _counted(lists: Lists, fields: Json) -> dict[tuple[str, ...], list[Json]]:
    """Takes what is given for an object's lists out of its fields: how many there are, or the fields of each."""
    given = {kinds: fields.pop(name) for name, kinds in lists.items() if isinstance(fields.get(name), int | list)}
    return {kinds: [{}] * each if isinstance(each, int) else each for kinds, each in given.items()}
