"""What changed, as the events tell it, and as it is now: every later pass of a stream that they tell about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from itertools import chain
from typing import NamedTuple

from source_stripe.changes.change import ChangeEvent, ObjectChange, changes, key_fields
from source_stripe.changes.refetch import Fetched, Refetcher
from source_stripe.changes.source import ChangeBatch, ChangeSource
from source_stripe.declaration.origins import Events, Listing, always, fields_of
from source_stripe.declaration.resource import Resource, Route
from source_stripe.declaration.takes import Children, Embedded, ParentTombstones, Take, Whole
from source_stripe.records.extract import RecordExtractor
from source_stripe.records.flow import UNEVENTFUL, Observation, RecordsAndCheckpoints, side_by_side, since
from source_stripe.state.checkpoint import Checkpoint
from source_stripe.state.memory import Memory, MemoryDelta
from source_stripe.stripe.answers import Object
from source_stripe.stripe.client import Client
from source_stripe.stripe.expansions import needed
from source_stripe.stripe.objects import strip_expansions
from source_stripe.stripe.query import stamp_of
from source_stripe.windows import DAY, Window

CHILD_LAG_SECONDS = 600
"""How long before a window a child may have been created that an event inside it tells of."""
MOST_DELIVERED = 200_000
"""Rows remembered of a feed of several batches; beyond that an older state of a row may follow a later one, which the
cursor tells."""


class SyncContext(NamedTuple):
    """What the streams of a sync have in common."""

    source: ChangeSource
    refetcher: Refetcher
    ahead: int
    """How many requests a stream may have under way or waiting."""
    payloads: bool
    """Whether every event is taken for the row, to save the requests."""


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
    ) -> None:
        """`end` is the second at which the sync ends; `memory` is what the stream knew when the sync began."""
        self._resource, self._client, self.source, self._memory = resource, client, context.source, memory
        self._refetcher, self._ahead = context.refetcher, context.ahead
        self._payloads, take = context.payloads, resource.first.take
        self._asked_for = take.expanded if isinstance(take, Embedded) else ""
        self._end, self._extractor, self.tally = end, extractor, extractor.tally
        self._needs: dict[Events, list[str]] = {}
        for route in resource.routes:
            self._needs.setdefault(route.origin, []).extend(needed(route.take, route.origin.expand))
        self._delivered_at: dict[str, int] = {}
        """In a feed of several batches: when what was delivered had last changed."""

    def changed(
        self, batches: Iterable[ChangeBatch], unread_from: int, delta: MemoryDelta | None = None
    ) -> RecordsAndCheckpoints:
        """Everything that changed in some batches of the feed, as it is now. Raises StripeError.

        What came before the second `unread_from` was read by an earlier sync; of that only what it has not delivered
        counts. `delta` is that of what was read before, which the checkpoints are for as well.
        """
        delta = MemoryDelta(Window(0, self._end)) if delta is None else delta
        for batch in batches:
            for route in self._resource.routes:
                told = batch.told.get(route.origin, ())
                for record in self._of_route(route, batch, told, unread_from, delta):
                    self.tally.changed += 1
                    yield record
            for window in batch.closed:
                yield Checkpoint(0, delta, window)

    def _of_route(
        self,
        route: Route[Events],
        batch: ChangeBatch,
        told: Sequence[ChangeEvent],
        unread_from: int,
        delta: MemoryDelta,
    ) -> Iterator[Object]:
        if isinstance(route.take, Children):
            # A list below another object may show what is new only some time after the event that leads to it:
            # https://docs.stripe.com/api-v2-overview. So it is asked for again as long as events are.
            records = self._of_changed(route, batch, changes(told, self._names(route)), unread_from, delta)
            yield from self._not_out(records, unread_from, delta)
            return
        for one in told:
            delta.deliver(one.event_id, one.at)
        news = [one for one in told if not self._is_out(one)]
        if self._resource.versioned:
            yield from self._versions(route.origin, batch, news, unread_from, delta)
        else:
            yield from self._of_changed(route, batch, changes(news, self._names(route)), unread_from, delta)

    def _not_out(self, records: Iterable[Object], unread_from: int, delta: MemoryDelta) -> Iterator[Object]:
        """Rows of lists below objects, but those that an earlier sync found there, unless the object changed since."""
        for record in records:
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
        route: Route[Events],
        batch: ChangeBatch,
        changed: dict[str, ObjectChange],
        unread_from: int,
        delta: MemoryDelta,
    ) -> Iterator[Object]:
        match route.take:
            case ParentTombstones():
                for change in self._dead(route.origin, changed).values():
                    yield from self._extractor.orphans(change, delta)
            case Children():
                yield from self._children_of_changed(route.origin, route.take, batch, changed, unread_from, delta)
            case _:
                if isinstance(route.take, Whole) and not self._resource.parent and not batch.whole:
                    changed = self._latest(changed)
                yield from self._taken(route.take, self._current(route.origin, batch, changed, unread_from, delta))

    def _taken(self, take: Take, flow: Iterable[Observation], since: Window | None = None) -> Iterator[Object]:
        for record in self._extractor.records(take, flow, since):
            if not isinstance(record, Checkpoint):
                yield record

    def _versions(
        self, origin: Events, batch: ChangeBatch, told: Iterable[ChangeEvent], unread_from: int, delta: MemoryDelta
    ) -> Iterator[Object]:
        """A row for every event, as the event shows it; and for what is new without one, as it is now."""
        for one in told:
            if one.obj.get("object") == origin.object and one.whole:
                event = {"event_id": one.event_id, "event_type": one.type, "event_api_version": one.version}
                for record in self._taken(
                    Whole(), [Observation(one.obj, one.at, delta, one.deleted, ObjectChange(one, times=[one.at]))]
                ):
                    yield record | event
        if origin.listing and not origin.created_has_event:
            for record in self._taken(Whole(), self._unannounced(origin, origin.listing, batch.closed, {}, delta)):
                yield record | UNEVENTFUL

    def _names(self, route: Route[Events]) -> tuple[str, ...]:
        """The fields that tell an object from all others: with those in its path, where ids repeat under parents."""
        if len(self._resource.own_key) == len(self._resource.key) or not isinstance(route.take, Whole):
            return ("id",)
        return tuple(sorted(fields_of(route.origin.retrieve)))

    def _children_of_changed(
        self,
        origin: Events,
        take: Children,
        batch: ChangeBatch,
        changed: dict[str, ObjectChange],
        unread_from: int,
        delta: MemoryDelta,
    ) -> Iterator[Object]:
        """The lists of the changed parents, which are read again where more of them is needed than leads to them."""
        dead = self._dead(origin, changed)
        for change in dead.values():
            yield from self._extractor.orphans(change, delta)
        first = min((change.first for change in changed.values()), default=0)
        since = Window(max(0, first - CHILD_LAG_SECONDS), self._end + DAY) if take.immutable else None
        living = {key: change for key, change in changed.items() if key not in dead}
        if origin.created_has_event and take.where is always and take.names <= key_fields(origin):
            parents = (Observation(change.obj, change.at, delta, change=change) for change in living.values())
        else:
            current = self._current(origin, batch, living, unread_from, delta, below=True)
            parents = (seen for seen in current if not seen.gone)
        yield from self._taken(take, parents, since)

    def _dead(self, origin: Events, changed: Mapping[str, ObjectChange]) -> dict[str, ObjectChange]:
        """Those of the changed objects that are gone. One that was made again within the second is there."""
        return {
            key: change
            for key, change in changed.items()
            if change.deleted
            and not (change.tied and self._refetcher.object(self._client, origin, change.obj).result().obj)
        }

    def _current(
        self,
        origin: Events,
        batch: ChangeBatch,
        changed: dict[str, ObjectChange],
        unread_from: int,
        delta: MemoryDelta,
        *,
        below: bool = False,
    ) -> Iterator[Observation]:
        """The changed objects as they are now: from their event where that is certain, else read again, a hundred at
        a time where several were created in the window. With `below` it is the lists under them that are wanted."""
        listing = origin.listing
        if listing and not origin.created_has_event:
            yield from self._unannounced(origin, listing, batch.closed, changed, delta, below=below)
        elif listing and not self._takes_payloads(origin):
            doubtful = [change for change in changed.values() if not _is_the_row(change, unread_from)]
            began = min((change.first for change in doubtful), default=0)
            stamps = [stamp_of(change.obj, listing.time_field) for change in doubtful]
            young = [stamp for stamp in stamps if began <= stamp]
            if len(young) > 1:
                window = Window(min(young), max(young) + 1)
                yield from self._by_the_hundred(origin, listing, window, changed, delta)
        extra_expansions = self._refetcher.extra_expansions(origin)
        for change, obj in side_by_side(
            changed.values(), lambda change: self._asked(origin, change, unread_from), self._ahead
        ):
            if obj:
                self._see_whole(origin.retrieve, origin)
            if not (obj and obj.hidden):
                yield self._as_now(change, obj, extra_expansions, delta)

    def _unannounced(
        self,
        origin: Events,
        listing: Listing,
        windows: Iterable[Window],
        changed: dict[str, ObjectChange],
        delta: MemoryDelta,
        *,
        below: bool = False,
    ) -> Iterator[Observation]:
        """What was created in some windows, where no event tells of it; taken out of `changed` where one tells more.

        With `below` also what an earlier sync has delivered: a list under it may show only now what it held then.
        """
        extra_expansions = self._refetcher.extra_expansions(origin)
        for objects in chain.from_iterable(
            self._refetcher.pages(self._client, origin, listing, window) for window in windows
        ):
            self._see_whole(listing.path, origin)
            for obj in objects:
                change, at = changed.pop(obj["id"], None), since(obj, listing, self._end)
                delta.deliver(obj["id"], at)
                if change:
                    yield Observation(strip_expansions(obj, extra_expansions), max(at, change.at), delta, change=change)
                elif below or (obj["id"] not in self._memory.recent and self._delivered_at.get(obj["id"], 0) <= at):
                    yield Observation(strip_expansions(obj, extra_expansions), at, delta)

    def _by_the_hundred(
        self, origin: Events, listing: Listing, window: Window, changed: dict[str, ObjectChange], delta: MemoryDelta
    ) -> Iterator[Observation]:
        """Objects of `changed`, taken out of it, that a list shows; as long as a page shows more than one."""
        sought = {
            key
            for key, change in changed.items()
            if window.start <= stamp_of(change.obj, listing.time_field) < window.end
        }
        extra_expansions = self._refetcher.extra_expansions(origin)
        for objects in self._refetcher.pages(self._client, origin, listing, window):
            self._see_whole(listing.path, origin)
            before = len(sought)
            for obj in objects:
                if obj["id"] in sought:
                    sought.remove(obj["id"])
                    change = changed.pop(obj["id"])
                    at = max(since(obj, listing, self._end), change.at)
                    yield Observation(strip_expansions(obj, extra_expansions), at, delta, change=change)
            if len(sought) < 2 or before - len(sought) < 2:
                return

    def _see_whole(self, template: str, origin: Events) -> None:
        """Raises StripeError where the key may not see what the stream takes from the objects it has read again."""
        if refusal := self._client.refusal(template, self._needs[origin]):
            raise refusal

    def _latest(self, changed: dict[str, ObjectChange]) -> dict[str, ObjectChange]:
        """Without what this sync has delivered in a later state already."""
        latest = self._delivered_at
        news = {key: change for key, change in changed.items() if latest.get(key, 0) <= change.at}
        if len(latest) < MOST_DELIVERED:
            latest.update((key, change.at) for key, change in news.items())
        return news

    def _takes_payloads(self, origin: Events) -> bool:
        """Whether events are taken for the rows; none shows what is inside an object only where it is asked for."""
        return self._payloads and self._asked_for not in origin.expand

    def _asked(self, origin: Events, change: ObjectChange, unread_from: int) -> Future[Fetched] | None:
        """One changed object; nothing where it need not be read again."""
        enough = self._takes_payloads(origin) and change.at >= unread_from and not change.tied
        if _is_the_row(change, unread_from) or (change.latest.whole and (enough or self._extractor.is_orphan(change))):
            return None
        self.tally.read_again += 1
        return self._refetcher.object(self._client, origin, change.obj)

    def _as_now(
        self, change: ObjectChange, now: Fetched | None, extra_expansions: frozenset[str], delta: MemoryDelta
    ) -> Observation:
        if now is None:
            return Observation(change.obj, change.at, delta, change.deleted, change)
        if now.obj is None:
            return Observation(self.source.payload(change.latest), change.at, delta, gone=True, change=change)
        return Observation(strip_expansions(now.obj, extra_expansions), change.at, delta, change=change)


def _is_the_row(change: ObjectChange, unread_from: int) -> bool:
    """Whether the event shows the row; one that appeared late may be older than what was delivered already."""
    return change.is_the_row and change.at >= unread_from
