"""From an object to the records taken from it: itself, the list embedded in it, or a list fetched by its id."""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import orjson

from source_stripe.client import Client, Endpoint, Object, Page
from source_stripe.errors import Kind, StripeError
from source_stripe.events import Change
from source_stripe.memory import MOST_KNOWN, Memory, Notes
from source_stripe.resource import Children, Embedded, Resource, Take, never
from source_stripe.windows import Wanted, Window

A = TypeVar("A")
B = TypeVar("B")


class Seen(NamedTuple):
    """An object as it is now; as it last was, if it is gone."""

    thing: Object
    at: int
    """The second from which it is known to be so: the cursor of what is taken from it."""
    notes: Notes
    gone: bool = False
    change: Change | None = None
    """What the events say about it, if they led to it."""


class Mark(NamedTuple):
    """Between records: what is out once all that came before is."""

    chain: int
    notes: Notes
    closed: Window | None = None
    """A window that is read to its end."""
    rest: Wanted | None = None
    """What is left of a window, and where to go on in it."""


Flow = Iterator[Seen | Mark]


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

    def __init__(self, resource: Resource, client: Client, ahead: int, memory: Memory, tally: Tally) -> None:
        """`ahead` lists are asked for before they are needed; `memory` is what the stream knew when the sync began."""
        self._resource, self._client, self._ahead = resource, client, ahead
        self._memory, self.tally = memory, tally
        self._object, self._cursor = resource.object, resource.cursor if resource.stamped else ""
        self.adds_nothing = not (resource.parent or resource.matures) and resource.gone is never
        """Whether a record is the object itself and its cursor."""
        self._met: dict[str, dict[str, int]] = {}
        """Children that this sync has delivered as alive, by their parent, with their cursor."""
        self._died: dict[str, int] = {}
        """Parents that events tell the deletion of, and its time."""
        self._lock = threading.Lock()

    def records(self, take: Take, flow: Iterable[Seen | Mark], since: Window | None = None) -> Iterator[Object | Mark]:
        """What is taken from each object, the marks where they stood; of a list fetched only what was created in
        `since`, if that is given. Raises StripeError."""
        match take:
            case Embedded():
                for one, page in side_by_side(flow, lambda one: self._asked_embedded(take, one), self._ahead):
                    if isinstance(one, Mark):
                        yield one
                    else:
                        yield from self._finished(self._embedded(take, one, page), one, one.thing)
            case Children():
                for one, page in side_by_side(flow, lambda one: self._asked(take, one, since), self._ahead):
                    if isinstance(one, Mark):
                        yield one
                    elif page:
                        yield from self._finished(self._fetched(take, one, page, since), one, one.thing)
            case _:
                for one in flow:
                    if isinstance(one, Mark):
                        yield one
                    else:
                        yield from self._finished([_deleted(one.thing) if one.gone else one.thing], one, None)

    def _asked(self, take: Children, one: Seen | Mark, since: Window | None = None) -> Future[Page] | None:
        """The first page of the list under a parent; nothing where the parent shows that there is none."""
        if isinstance(one, Mark) or (take.unless_null in one.thing and one.thing[take.unless_null] is None):
            return None
        endpoint = Endpoint(take.path, one.thing)
        return self._client.turns.submit(take.path, lambda: self._page(take, endpoint, since))

    def _asked_embedded(self, take: Embedded, one: Seen | Mark) -> Future[Page] | None:
        # From its beginning, not from the tenth: what is embedded may be a moment older.
        cut = isinstance(one, Seen) and not one.gone and (one.thing.get(take.field) or {}).get("has_more")
        return self._asked(take.whole, one) if cut else None

    def _page(self, take: Children, endpoint: Endpoint, since: Window | None) -> Page:
        try:
            return self._client.page(endpoint, take.params, window=since)
        except StripeError as error:
            # The parent is gone meanwhile.
            if error.kind is Kind.MISSING:
                return Page([], has_more=False)
            raise

    def _fetched(self, take: Children, parent: Seen, first: Page, since: Window | None = None) -> Iterator[Object]:
        """The list under a parent; the part that was there, if the parent goes meanwhile."""
        try:
            for page in self._client.pages(Endpoint(take.path, parent.thing), take.params, since, first):
                yield from page.data
        except StripeError as error:
            if error.kind is not Kind.MISSING:
                raise

    def _embedded(self, take: Embedded, seen: Seen, first: Page | None) -> Iterator[Object]:
        """The items now in the list, and marked as deleted those that were in it before."""
        before = seen.change.before if seen.change else []
        known = {item["id"]: item for fields in before for item in _items(fields.get(take.field))}
        remembered = {
            key: {"id": key, "object": self._resource.object} for key in self._memory.known.get(seen.thing["id"], ())
        }
        known = remembered | known
        items = self._fetched(take.whole, seen, first) if first else iter(_items(seen.thing.get(take.field)))
        if seen.gone:
            yield from map(_deleted, (known | {item["id"]: item for item in items}).values())
            return
        for item in items:
            known.pop(item.get("id"), None)
            yield item
        yield from map(_deleted, known.values())

    def _finished(self, items: Iterable[Object], seen: Seen, parent: Object | None) -> Iterator[Object]:
        """The items that are of the stream's own type, with what the connector adds."""
        resource, link = self._resource, self._resource.parent
        for item in items:
            record = self.stamped(item, seen.at)
            if record is None:
                continue
            if link and parent:
                record[link.id_field] = parent["id"]
                record |= {f"{link.noun}_{carried}": parent.get(carried) for carried in link.carries}
            elif link:
                record[link.id_field] = item.get(link.field) or _last(link.field, seen)
            if resource.gone(item):
                record["is_deleted"] = True
            if record.get("is_deleted"):
                self.tally.deleted += 1
            self._note(record, parent, seen)
            yield record

    def stamped(self, item: Object, at: int) -> Object | None:
        """A copy of an item with the cursor; None, and counted, if it is of another type than the stream's."""
        if item.get("object") != self._object or not item.get("id"):
            self.tally.of_another_type += 1
            return None
        record = item.copy()
        if self._cursor:
            record[self._cursor] = at
        return record

    def _note(self, record: Object, parent: Object | None, seen: Seen) -> None:
        """What later syncs must know of a record; and what it must say of a parent that has died meanwhile."""
        link, matures, notes = self._resource.parent, self._resource.matures, seen.notes
        if matures and record.get(matures.field) == matures.value and record.get(matures.at):
            notes.await_change(record[matures.at], record["created"])
        if not link or link.mortal is never or not (owner := record[link.id_field]):
            return
        if not seen.gone and (parent is None or link.mortal(parent)):
            with self._lock:
                if died := self._died.get(owner):
                    record |= {"is_deleted": True, self._resource.cursor: max(died, record[self._resource.cursor])}
                elif not record.get("is_deleted") and len(self._met) < MOST_KNOWN:
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
            self.tally.deleted += 1
            row = {"id": child, "object": resource.object, link.id_field: parent}
            yield _deleted(row | {resource.cursor: max(at, change.at)})

    def is_orphan(self, change: Change) -> bool:
        """Whether an object was deleted with its parent, so that it need not be asked for."""
        link = self._resource.parent
        return change.deleted and link is not None and change.thing.get(link.field) in self._died

    def vanished(self, keys: Iterable[str], at: int) -> Iterator[Object]:
        """Rows that a list no longer shows, of which nothing but the key is known."""
        for key in sorted(keys):
            self.tally.deleted += 1
            yield _deleted({"id": key, "object": self._resource.object, self._resource.cursor: at})


def side_by_side(items: Iterable[A], ask: Callable[[A], Future[B] | None], ahead: int) -> Iterator[tuple[A, B | None]]:
    """Each item with the answer to what is asked for it, in order; at most `ahead` answers are awaited at once."""
    waiting: deque[tuple[A, Future[B] | None]] = deque()
    asked = 0
    for item in items:
        waiting.append((item, ask(item)))
        asked += waiting[-1][1] is not None
        while waiting and (waiting[0][1] is None or waiting[0][1].done() or asked >= ahead):
            first, answer = waiting.popleft()
            asked -= answer is not None
            yield first, answer.result() if answer else None
    for item, answer in waiting:
        yield item, answer.result() if answer else None


def fingerprint(record: Object) -> str:
    """What a row looks like, in a few letters."""
    return hashlib.blake2b(orjson.dumps(record, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()


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
