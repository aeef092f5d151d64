"""From an object to the records taken from it: itself, the list embedded in it, or a list fetched by its id."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, TypeVar

import orjson

from source_stripe.client import PAGE, Client, Endpoint, Object
from source_stripe.errors import Kind, StripeError
from source_stripe.events import Change
from source_stripe.memory import Memory, Notes
from source_stripe.resource import Children, Embedded, Resource, Take, never
from source_stripe.windows import Window

A = TypeVar("A")
B = TypeVar("B")


class Seen(NamedTuple):
    """An object as it is now; as it last was, if it is gone."""

    thing: Object
    at: int
    """The second from which it is known to be so: the cursor of what is taken from it."""
    gone: bool = False
    change: Change | None = None
    """What the events say about it, if they led to it."""


@dataclass
class Tally:
    """What a stream did in a sync, for its summary; counts may be off by the odd one where threads meet."""

    listed: int = 0
    changed: int = 0
    read_again: int = 0
    deleted: int = 0
    of_another_type: int = 0
    """Skipped: they came in a list of several types, or have no id."""
    delivered_before: int = 0
    """Skipped: they are as an earlier sync delivered them."""


class Taker:
    """Takes the records of one stream. May be used from many threads."""

    def __init__(self, resource: Resource, client: Client, requests: Executor, memory: Memory, tally: Tally) -> None:
        """`requests` sends requests side by side; `memory` is what the stream knew when the sync began."""
        self._resource, self._client, self._requests = resource, client, requests
        self._memory, self._tally = memory, tally
        self._met: dict[str, dict[str, int]] = {}
        """Children that this sync has delivered as alive, by their parent, with their cursor."""
        self._died: dict[str, int] = {}
        """Parents that events tell the deletion of, and its time."""
        self._lock = threading.Lock()

    def records(self, take: Take, seen: Iterable[Seen], notes: Notes) -> Iterator[Object]:
        """What is taken from each object. Raises StripeError."""
        match take:
            case Embedded():
                for one, items in self.side_by_side(lambda one: self._embedded(take, one), seen):
                    yield from self.under(one, items, notes)
            case Children():
                for one, items in self.side_by_side(lambda one: self.fetched(take, one.thing), seen):
                    yield from self.under(one, items, notes)
            case _:
                for one in seen:
                    yield from self._finished([_deleted(one.thing) if one.gone else one.thing], one, None, notes)

    def _embedded(self, take: Embedded, seen: Seen) -> list[Object]:
        """The items now in the list, and marked as deleted those that were in it before."""
        before = seen.change.before if seen.change else []
        known = {item["id"]: item for fields in before for item in _items(fields.get(take.field))}
        items = _items(seen.thing.get(take.field))
        if seen.gone:
            remembered = self._memory.known.get(seen.thing["id"], ())
            known = {key: {"id": key, "object": self._resource.object} for key in remembered} | known
            known |= {item["id"]: item for item in items}
            return [_deleted(item) for item in known.values()]
        if (seen.thing.get(take.field) or {}).get("has_more"):
            # From its beginning, not from the tenth: what is embedded may be a moment older.
            items = self.fetched(take.whole, seen.thing)
        now = {item["id"] for item in items}
        for child in self._memory.known.get(seen.thing["id"], ()):
            known.setdefault(child, {"id": child, "object": self._resource.object})
        return items + [_deleted(item) for key, item in known.items() if key not in now]

    def fetched(self, take: Children, parent: Object, since: Window | None = None) -> list[Object]:
        """The list under a parent; empty when the parent is gone meanwhile."""
        if take.unless_null in parent and parent[take.unless_null] is None:
            return []
        try:
            pages = self._client.pages(Endpoint(take.path, parent), take.params, window=since)
            return [item for page in pages for item in page.data]
        except StripeError as error:
            if error.kind is Kind.MISSING:
                return []
            raise

    def under(self, parent: Seen, items: Iterable[Object], notes: Notes) -> Iterator[Object]:
        """The records of items found under an object."""
        return self._finished(items, parent, parent.thing, notes)

    def _finished(self, items: Iterable[Object], seen: Seen, parent: Object | None, notes: Notes) -> Iterator[Object]:
        """The items that are of the stream's own type, with what the connector adds."""
        resource, link = self._resource, self._resource.parent
        for item in items:
            if item.get("object") != resource.object or not item.get("id"):
                self._tally.of_another_type += 1
                continue
            record = dict(item)
            if resource.stamped:
                record[resource.cursor] = seen.at
            if link and parent:
                record[link.id_field] = parent["id"]
                record |= {f"{link.noun}_{carried}": parent.get(carried) for carried in link.carries}
            elif link:
                record[link.id_field] = item.get(link.field) or _last(link.field, seen)
            if resource.gone(item):
                record["is_deleted"] = True
            if record.get("is_deleted"):
                self._tally.deleted += 1
            self._note(record, parent, seen, notes)
            yield record

    def _note(self, record: Object, parent: Object | None, seen: Seen, notes: Notes) -> None:
        """What later syncs must know of a record; and what it must say of a parent that has died meanwhile."""
        link, matures = self._resource.parent, self._resource.matures
        if matures and record.get(matures.field) == matures.value and record.get(matures.at):
            notes.await_change(record[matures.at], record["created"])
        if not link or link.mortal is never or not (owner := record[link.id_field]):
            return
        if not seen.gone and (parent is None or link.mortal(parent)):
            with self._lock:
                if died := self._died.get(owner):
                    record |= {"is_deleted": True, self._resource.cursor: max(died, record[self._resource.cursor])}
                elif not record.get("is_deleted"):
                    self._met.setdefault(owner, {})[record["id"]] = record[self._resource.cursor]
            notes.knows(owner, record["id"], alive=not record.get("is_deleted"))
        elif owner in self._memory.known and parent is not None:
            notes.forgotten.add(owner)

    def orphans(self, change: Change, notes: Notes) -> Iterator[Object]:
        """What is known to have been under a parent that is deleted; nobody can ask for it any more."""
        resource, parent, link = self._resource, change.thing["id"], self._resource.parent
        with self._lock:
            self._died[parent] = change.at
            known = dict.fromkeys(self._memory.known.get(parent, ()), change.at) | self._met.get(parent, {})
        if not link or not known:
            return
        notes.forgotten.add(parent)
        for child, at in sorted(known.items()):
            self._tally.deleted += 1
            row = {"id": child, "object": resource.object, link.id_field: parent}
            yield _deleted(row | {resource.cursor: max(at, change.at)})

    def is_orphan(self, change: Change) -> bool:
        """Whether an object was deleted with its parent, so that it need not be asked for."""
        link = self._resource.parent
        return change.deleted and link is not None and change.thing.get(link.field) in self._died

    def vanished(self, keys: Iterable[str], at: int) -> Iterator[Object]:
        """Rows that a list no longer shows, of which nothing but the key is known."""
        for key in sorted(keys):
            self._tally.deleted += 1
            yield _deleted({"id": key, "object": self._resource.object, self._resource.cursor: at})

    def side_by_side(self, read: Callable[[A], B], items: Iterable[A]) -> Iterator[tuple[A, B]]:
        """Each item with what is read for it, in order; a page's worth of requests at a time."""
        for batch in batches(items, PAGE):
            yield from zip(batch, self._requests.map(read, batch), strict=True)


def fingerprint(record: Object) -> str:
    """What a row looks like, in a few letters."""
    return hashlib.blake2b(orjson.dumps(record, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()


def batches(items: Iterable[A], size: int) -> Iterator[list[A]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def _items(value: object) -> list[Object]:
    """The data of a list that Stripe has put inside an object; nothing where it did not."""
    data = value.get("data") if isinstance(value, dict) else None
    return data if isinstance(data, list) else []


def _deleted(thing: Object) -> Object:
    return thing | {"is_deleted": True}


def _last(field: str, seen: Seen) -> object:
    """What a field held last, where it holds nothing now: the customer of a detached payment method."""
    before = seen.change.before if seen.change else []
    return next((old[field] for old in before if old.get(field)), None)
