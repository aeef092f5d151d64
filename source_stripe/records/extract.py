"""From an object to the records taken from it: itself, what is inside it, or a list fetched by its id."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future
from functools import partial
from typing import Any

from source_stripe import json_text
from source_stripe.changes.change import ObjectChange
from source_stripe.changes.refetch import Fetched, fetch
from source_stripe.declaration.origins import never
from source_stripe.declaration.resource import Accrue, Resource
from source_stripe.declaration.takes import Children, Embedded, Retrieved, Take
from source_stripe.records.flow import Observation, RecordsAndCheckpoints, side_by_side
from source_stripe.records.sublists import Sublist, Sublists
from source_stripe.records.tally import Tally
from source_stripe.state.checkpoint import Checkpoint
from source_stripe.state.known import KnownChildren
from source_stripe.state.memory import Memory, MemoryDelta
from source_stripe.stripe.answers import Object, an_object
from source_stripe.stripe.client import Client
from source_stripe.stripe.objects import as_items, get_path, is_truncated
from source_stripe.stripe.query import Endpoint, Page, check_key, moment, stamp_of
from source_stripe.waiting import Wait
from source_stripe.windows import Window


class RecordExtractor:
    """Takes the records of one stream. May be used from many threads."""

    def __init__(self, resource: Resource, client: Client, ahead: int, end: int, memory: Memory, tally: Tally) -> None:
        """`ahead` lists are asked for before they are needed; `end` is the second at which the sync ends; `memory` is
        what the stream knew when it began."""
        self._resource, self._client, self._ahead = resource, client, ahead
        self._memory, self.tally = memory, tally
        self._sublists = Sublists(client, ahead, memory.start or 0, end)
        self._object, self._cursor = resource.object, resource.cursor if resource.stamped else ""
        self._own_key = resource.own_key
        self.adds_nothing = not (resource.parent or resource.matures) and resource.deleted_if is never
        """Whether a record is the object itself and its cursor."""
        self._met = KnownChildren()
        """Children that this sync has delivered as alive."""
        self._died: dict[str, int] = {}
        """Parents that events tell the deletion of, and its time."""
        self._lock = threading.Lock()

    def records(
        self, take: Take, flow: Iterable[Observation | Checkpoint | Wait], since: Window | None = None
    ) -> RecordsAndCheckpoints:
        """What is taken from each object, the checkpoints where they stood; of a list fetched only what was created in
        `since`, if that is given. Raises StripeError."""
        match take:
            case Embedded():
                return self._of_embedded(take, flow)
            case Children():
                return self._of_sublists(take, flow, since)
            case Retrieved():
                return self._of_retrieved(take, flow)
            case _:
                return self._of_objects(flow)

    def _of_objects(self, flow: Iterable[Observation | Checkpoint | Wait]) -> RecordsAndCheckpoints:
        for one in flow:
            if isinstance(one, Observation):
                yield from self._finished([_deleted(one.obj) if one.gone else one.obj], one, None)
            else:
                yield one

    def _of_embedded(self, take: Embedded, flow: Iterable[Observation | Checkpoint | Wait]) -> RecordsAndCheckpoints:
        answers: Iterator[tuple[Observation | Checkpoint, Page | None] | Wait]
        answers = side_by_side(flow, partial(self._asked, take), self._ahead)  # type: ignore[arg-type]  # a joined type
        for answer in answers:
            one, page = (answer, None) if isinstance(answer, Wait) else answer
            if isinstance(one, Observation):
                whole = self._sublists.of(take.whole, one, page) if take.whole and page else None
                yield from self._finished(self._embedded(take, one, whole), one, one.obj)
            else:
                yield one

    def _of_sublists(
        self, take: Children, flow: Iterable[Observation | Checkpoint | Wait], since: Window | None
    ) -> RecordsAndCheckpoints:
        for answer in self._sublists.under(take, flow, since):
            one, sublist = (answer, None) if isinstance(answer, Wait) else answer
            if not isinstance(one, Observation):
                yield one
            elif sublist or take.diff_children:
                items = sublist.items(self._client) if sublist else iter(())
                yield from self._finished(self._shrunk(items, one) if take.diff_children else items, one, one.obj)

    def _asked(self, take: Embedded, one: Observation | Checkpoint) -> Future[Page] | None:
        # From its beginning, not from the tenth: what is embedded may be a moment older.
        cut = (
            take.whole and isinstance(one, Observation) and not one.gone and is_truncated(get_path(one.obj, take.field))
        )
        return self._sublists.whole(take.whole, one) if take.whole and cut else None

    def _of_retrieved(self, take: Retrieved, flow: Iterable[Observation | Checkpoint | Wait]) -> RecordsAndCheckpoints:
        answers: Iterator[tuple[Observation | Checkpoint, Fetched | None] | Wait]
        answers = side_by_side(flow, partial(self._retrieved, take), self._ahead)  # type: ignore[arg-type]  # a joined type
        for answer in answers:
            one, fetched = (answer, None) if isinstance(answer, Wait) else answer
            if not isinstance(one, Observation):
                yield one
            elif fetched and fetched.obj:
                yield from self._finished([fetched.obj], one, None)

    def _retrieved(self, take: Retrieved, one: Observation | Checkpoint) -> Future[Fetched] | None:
        """The object as its own address shows it; nothing where it is gone meanwhile, or is not to be seen."""
        if isinstance(one, Checkpoint):
            return None
        expected, endpoint = an_object(self._object, one.obj["id"]), Endpoint(take.path, one.obj)

        def whole() -> Fetched:
            fetched = fetch(self._client, endpoint, take.expand, expected)
            if refusal := self._client.refusal(take.path, take.expand):
                raise refusal
            return fetched

        return self._client.request_queue.submit(take.path, whole)

    def _embedded(self, take: Embedded, seen: Observation, whole: Sublist | None) -> Iterator[Object]:
        """What is now inside an object, and marked as deleted what was in it before."""
        resource, before = self._resource, seen.change.before if seen.change else []
        remembered = map(resource.identified, self._remembered(seen.obj["id"]))
        was = [
            *remembered,
            *(item for fields in before for item in self._inside(take, _part(fields, take), seen.obj)),
        ]
        known = {_name(item, resource.key): {"object": self._object} | item for item in was}
        held = whole.items(self._client) if whole else as_items(get_path(seen.obj, take.field))
        items = self._inside(take, held, seen.obj)
        if seen.gone:
            yield from map(_deleted, (known | {_name(item, resource.key): item for item in items}).values())
            return
        if not known:
            yield from items
            return
        for item in items:
            known.pop(_name(item, resource.key), None)
            yield item
        yield from map(_deleted, known.values())

    def _inside(self, take: Embedded, held: Iterable[Any], parent: Object) -> Iterator[Object]:
        """What is taken from each of the things inside an object; only ids may be shown of them."""
        link, key = self._resource.parent, self._resource.key
        holder = {link.id_field: parent["id"]} if link and link.id_field in key and not take.inside else {}
        for position, one in enumerate(held):
            if take.inside and link:
                for item in as_items(one.get(take.inside)):
                    yield self._shown(item) | {link.id_field: one["id"]}
            elif take.numbered:
                yield one | {"position": position} | holder
            else:
                yield self._shown(one) | holder if holder else self._shown(one)

    def _shown(self, item: Any) -> Object:
        return item if isinstance(item, dict) else {"id": item, "object": self._object}

    def _shrunk(self, items: Iterable[Object], seen: Observation) -> Iterator[Object]:
        """The items of a list, and marked as deleted those that were once known and are no longer in it."""
        parent = seen.obj["id"]
        with self._lock:
            known = {*self._remembered(parent), *self._met.of(parent)}
        for item in items:
            known.discard(item["id"])
            yield item
        for key in sorted(known):
            yield _deleted(self._resource.identified(key) | {"object": self._object})

    def _finished(self, items: Iterable[Object], seen: Observation, parent: Object | None) -> Iterator[Object]:
        """The items that are of the stream's own type, with what the connector adds."""
        resource, link = self._resource, self._resource.parent
        for item in items:
            # What was added since is as old as itself, not as its parent.
            at = max(seen.at, moment(item, "created")) if isinstance(resource.later, Accrue) else seen.at
            record = self.stamped(item, at)
            if record is None:
                continue
            if link and parent:
                if link.id_field not in record:
                    record[link.id_field] = parent[link.owner[0] or "id"]
                record |= {f"{link.noun}_{carried}": parent.get(carried) for carried in link.carries}
            elif link:
                record[link.id_field] = item.get(link.field) or _last(link.field, seen)
            # The stub of one that is gone stands where it was expanded.
            if resource.deleted_if(item) or record.pop("deleted", None) is True:
                record["is_deleted"] = True
            if record.get("is_deleted"):
                self.tally.deleted += 1
            self._note(record, parent, seen)
            yield record

    def stamped(self, item: Object, at: int) -> Object | None:
        """A copy of an item with the cursor; None, and counted, if it is of another type than the stream's. Raises
        StripeError where its key is no text."""
        # The one name by itself: this is asked of every record.
        named = item.get("id") if self._own_key == ("id",) else all(item.get(name) for name in self._own_key)
        if not named or (self._object and item.get("object") != self._object):
            self.tally.of_another_type += 1
            return None
        if type(named) is not str:
            check_key(item, self._own_key)
        record = item.copy()
        if self._cursor:
            record[self._cursor] = at
        return record

    def _note(self, record: Object, parent: Object | None, seen: Observation) -> None:
        """What later syncs must know of a record; and what it must say of a parent that has died meanwhile."""
        link, matures, delta = self._resource.parent, self._resource.matures, seen.delta
        if matures and record.get(matures.field) == matures.value and record.get(matures.at):
            delta.await_change(record[matures.at], record["created"])
        if (
            not link
            or link.children_vanish is never
            or not (owner := parent["id"] if parent else record[link.id_field])
        ):
            return
        if not seen.gone and (parent is None or link.children_vanish(parent)):
            key, cursor = self._resource.identity(record), self._resource.cursor
            # A child that comes by itself is hardly older than its parent.
            born = stamp_of(record if parent is None else parent, "created") or seen.at
            with self._lock:
                if died := self._died.get(owner):
                    record |= {"is_deleted": True, cursor: max(died, record[cursor])}
                elif not record.get("is_deleted"):
                    self._met.add(owner, key, born, record[cursor])
            delta.knows(owner, key, born, alive=not record.get("is_deleted"))
        elif owner in self._memory.known and parent is not None:
            delta.forgotten.add(owner)

    def orphans(self, change: ObjectChange, delta: MemoryDelta) -> Iterator[Object]:
        """What is known to have been under a parent that is deleted; nobody can ask for it any more."""
        resource, parent, link = self._resource, change.obj["id"], self._resource.parent
        with self._lock:
            self._died[parent] = change.at
            known = dict.fromkeys(self._remembered(parent), change.at) | self._met.of(parent)
        if not link or not known:
            return
        delta.forgotten.add(parent)
        for child, at in sorted(known.items()):
            self.tally.deleted += 1
            row = resource.identified(child) | {"object": resource.object, link.id_field: parent}
            yield _deleted(row | {resource.cursor: max(at, change.at)})

    def _remembered(self, parent: str) -> Collection[str]:
        """The children of a parent that an earlier sync has delivered."""
        family = self._memory.known.get(parent)
        return family.children if family else ()

    def is_orphan(self, change: ObjectChange) -> bool:
        """Whether an object was deleted with its parent, so that it need not be asked for."""
        link = self._resource.parent
        return change.deleted and link is not None and change.obj.get(link.field) in self._died

    def vanished(self, keys: Iterable[str], at: int) -> Iterator[Object]:
        """Rows that a list no longer shows, of which nothing but the key is known."""
        for key in sorted(keys):
            self.tally.deleted += 1
            row = self._resource.identified(key)
            yield _deleted(row | {"object": self._resource.object, self._resource.cursor: at})


def fingerprint(record: Object, added: Collection[str]) -> str:
    """What a row looks like, in a few letters, but for what the connector added."""
    own = {name: value for name, value in record.items() if name not in added}
    return hashlib.blake2b(json_text.dumps(own, sort_keys=True), digest_size=8).hexdigest()


def _part(fields: Object, take: Embedded) -> list[Any]:
    return as_items(get_path(fields, take.field))


def _name(item: Object, key: tuple[str, ...]) -> tuple[Any, ...]:
    """What tells an item from the others in the object."""
    return tuple(item.get(name) for name in key)


def _deleted(obj: Object) -> Object:
    return obj | {"is_deleted": True}


def _last(field: str, seen: Observation) -> object:
    """What a field held last, where it holds nothing now: the customer of a detached payment method."""
    before = seen.change.before if seen.change else []
    return next((old[field] for old in before if old.get(field)), None)
