"""Follows a stream through the events: which rows changed, and which are gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from source_stripe.changes.change import ChangeEvent, ObjectChange, changes, key_fields, time_field
from source_stripe.changes.source import ChangeBatch
from source_stripe.declaration.origins import Events, always, fields_of
from source_stripe.declaration.resource import Resource, Route
from source_stripe.declaration.takes import Children, ParentTombstones, Whole
from source_stripe.records.extract import RecordExtractor
from source_stripe.records.flow import UNEVENTFUL, Observation, RecordsAndCheckpoints
from source_stripe.state.checkpoint import Checkpoint
from source_stripe.state.memory import Memory, MemoryDelta
from source_stripe.state.position import PartlyOut
from source_stripe.stripe.answers import Object
from source_stripe.stripe.client import Client
from source_stripe.sync.changed_objects import ChangedObjects, SyncContext
from source_stripe.sync.partly_read import PartlyRead
from source_stripe.waiting import Wait
from source_stripe.windows import DAY, Window

CHILD_LAG_SECONDS = 600
"""How long before a window a child may have been created that an event inside it tells of."""
MOST_DELIVERED = 200_000
"""Rows remembered of a feed of several batches; beyond that an older state of a row may follow a later one, which the
cursor tells."""


class ChangeReader:
    """Follows one resource through the events."""

    def __init__(
        self,
        resource: Resource,
        client: Client,
        context: SyncContext,
        end: int,
        memory: Memory,
        extractor: RecordExtractor,
        partly_out: Sequence[PartlyOut] = (),
    ) -> None:
        """`end` is the second at which the sync ends; `memory` is what the stream knew when the sync began, and
        `partly_out` what it had delivered of windows that it had not read to their end."""
        self._resource, self.source, self._memory, self._end = resource, context.source, memory, end
        self._extractor, self.tally, self._partly_out = extractor, extractor.tally, partly_out
        self._objects = ChangedObjects(resource, client, context, end, memory, extractor)

    def changed(
        self, batches: Iterable[ChangeBatch | Wait], unread_from: int, delta: MemoryDelta | None = None
    ) -> RecordsAndCheckpoints:
        """Everything that changed in some batches of the feed, as it is now. Raises StripeError.

        What came before the second `unread_from` was read by an earlier sync; of that only what it has not delivered
        counts. `delta` is that of what was read before, which the checkpoints are for as well.
        """
        delta = MemoryDelta(Window(0, self._end)) if delta is None else delta
        for batch in batches:
            if isinstance(batch, Wait):
                yield batch
                continue
            partly = PartlyRead(batch.closed, self._end, self._resource.routes)
            for number, route in enumerate(self._resource.routes):
                told = batch.told.get(route.origin, ())
                for record in self._of_route(number, route, batch, told, unread_from, delta, partly):
                    self.tally.changed += isinstance(record, dict)
                    yield record
            for window in batch.closed:
                yield Checkpoint(0, delta, window)

    def _of_route(
        self,
        number: int,
        route: Route[Events],
        batch: ChangeBatch,
        told: Sequence[ChangeEvent],
        unread_from: int,
        delta: MemoryDelta,
        partly: PartlyRead,
    ) -> RecordsAndCheckpoints:
        if isinstance(route.take, Children):
            # A list below another object may show what is new only some time after the event that leads to it:
            # https://docs.stripe.com/api-v2-overview. So it is asked for again as long as events are.
            changed = self._owed(route, changes(told, self._names(route)))
            records = self._of_changed(number, route, batch, changed, unread_from, delta, partly)
            yield from self._not_out(records, unread_from, delta)
            return
        for one in told:
            delta.deliver(one.event_id, one.at)
        news = [one for one in told if not self._is_out(one)]
        if self._resource.versioned:
            yield from self._versions(route.origin, batch, news, unread_from, delta)
        else:
            changed = self._owed(route, changes(news, self._names(route)))
            yield from self._of_changed(number, route, batch, changed, unread_from, delta, partly)

    def _owed(self, route: Route[Events], changed: dict[str, ObjectChange]) -> dict[str, ObjectChange]:
        """Without what a sync that was cut has read again and delivered. An event that shows the row costs nothing, and
        may have been delivered without one that became visible later."""
        if not self._partly_out or isinstance(route.take, ParentTombstones):
            return changed
        field, path = time_field(route.origin), route.origin.retrieve
        return {
            key: change
            for key, change in changed.items()
            if change.shown or not any(one.holds(path, change.times, change.created(field)) for one in self._partly_out)
        }

    def _not_out(self, records: RecordsAndCheckpoints, unread_from: int, delta: MemoryDelta) -> RecordsAndCheckpoints:
        """Rows of lists below objects, but those that an earlier sync found there, unless the object changed since."""
        for record in records:
            if not isinstance(record, dict):
                yield record
                continue
            key, at = self._resource.identity(record), record.get(self._resource.cursor) or 0
            if record.get("is_deleted") or at >= unread_from or key not in self._memory.recent:
                yield record
            delta.deliver(key, at)

    def _is_out(self, told: ChangeEvent) -> bool:
        """Whether an earlier sync has delivered what an event tells: it read the event, or the list that shows the
        object, of whose birth the event tells."""
        recent = self._memory.recent
        if told.event_id in recent:
            return True
        listed = told.at <= recent.get(str(told.obj.get("id")), -1)
        return listed and not told.deleted and not self._resource.versioned

    def _of_changed(
        self,
        number: int,
        route: Route[Events],
        batch: ChangeBatch,
        changed: dict[str, ObjectChange],
        unread_from: int,
        delta: MemoryDelta,
        partly: PartlyRead,
    ) -> RecordsAndCheckpoints:
        match route.take:
            case ParentTombstones():
                for change in self._objects.dead(route.origin, changed).values():
                    yield from self._extractor.orphans(change, delta)
            case Children():
                yield from self._children_of_changed(
                    number, route.origin, route.take, batch, changed, unread_from, delta, partly
                )
            case _:
                if isinstance(route.take, Whole) and not self._resource.parent and not batch.whole:
                    changed = self._latest(changed)
                current = self._objects.current(number, batch, changed, unread_from, delta, partly)
                yield from self._extractor.records(route.take, current)

    def _taken(self, flow: Iterable[Observation]) -> Iterator[Object]:
        for record in self._extractor.records(Whole(), flow):
            if isinstance(record, dict):
                yield record

    def _versions(
        self, origin: Events, batch: ChangeBatch, told: Iterable[ChangeEvent], unread_from: int, delta: MemoryDelta
    ) -> Iterator[Object]:
        """A row for every event, as the event shows it; and for what is new without one, as it is now."""
        for one in told:
            if one.obj.get("object") == origin.object and one.whole:
                event = {"event_id": one.event_id, "event_type": one.type, "event_api_version": one.version}
                change = ObjectChange(one, times=[one.at])
                for record in self._taken([Observation(one.obj, one.at, delta, one.deleted, change)]):
                    yield record | event
        if origin.listing and not origin.created_has_event:
            for record in self._taken(self._objects.unannounced(origin, origin.listing, batch.closed, {}, delta)):
                yield record | UNEVENTFUL

    def _names(self, route: Route[Events]) -> tuple[str, ...]:
        """The fields that tell an object from all others: with those in its path, where ids repeat under parents."""
        if len(self._resource.own_key) == len(self._resource.key) or not isinstance(route.take, Whole):
            return ("id",)
        return tuple(sorted(fields_of(route.origin.retrieve)))

    def _children_of_changed(
        self,
        number: int,
        origin: Events,
        take: Children,
        batch: ChangeBatch,
        changed: dict[str, ObjectChange],
        unread_from: int,
        delta: MemoryDelta,
        partly: PartlyRead,
    ) -> RecordsAndCheckpoints:
        """The lists of the changed parents, which are read again where more of them is needed than leads to them."""
        dead = self._objects.dead(origin, changed)
        for change in dead.values():
            yield from self._extractor.orphans(change, delta)
        first = min((change.first for change in changed.values()), default=0)
        since = Window(max(0, first - CHILD_LAG_SECONDS), self._end + DAY) if take.immutable else None
        living = {key: change for key, change in changed.items() if key not in dead}
        if origin.created_has_event and take.where is always and take.names <= key_fields(origin):
            parents = self._objects.in_order(number, living, delta, partly)
        else:
            current = self._objects.current(number, batch, living, unread_from, delta, partly, below=True)
            parents = (one for one in current if not (isinstance(one, Observation) and one.gone))
        yield from self._extractor.records(take, parents, since)

    def _latest(self, changed: dict[str, ObjectChange]) -> dict[str, ObjectChange]:
        """Without what this sync has delivered in a later state already."""
        latest = self._objects.delivered_at
        news = {key: change for key, change in changed.items() if latest.get(key, 0) <= change.at}
        if len(latest) < MOST_DELIVERED:
            latest.update((key, change.at) for key, change in news.items())
        return news
