"""The objects that events tell of, as they are now: from their event where that is certain, else read again."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from itertools import chain, islice
from typing import Any, NamedTuple

from source_stripe.changes.anchors import Anchor, Anchors
from source_stripe.changes.change import ObjectChange, time_field
from source_stripe.changes.refetch import Fetched, Refetcher
from source_stripe.changes.source import ChangeBatch, ChangeSource
from source_stripe.declaration.origins import Events, Listing
from source_stripe.declaration.resource import Resource
from source_stripe.declaration.takes import Embedded, Whole
from source_stripe.records.extract import RecordExtractor
from source_stripe.records.flow import Flow, Observation, since
from source_stripe.state.memory import Memory, MemoryDelta
from source_stripe.stripe.client import Client
from source_stripe.stripe.expansions import needed
from source_stripe.stripe.objects import strip_expansions
from source_stripe.stripe.query import Page, stamp_of
from source_stripe.sync.partly_read import PartlyRead
from source_stripe.waiting import until
from source_stripe.windows import Window


class SyncContext(NamedTuple):
    """What the streams of a sync have in common."""

    source: ChangeSource
    refetcher: Refetcher
    ahead: int
    """How many requests a stream may have under way or waiting."""
    payloads: bool
    """Whether every event is taken for the row, to save the requests."""


class ChangedObjects:
    """Those of one resource."""

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
        self._client, self._end, self._memory, self._extractor = client, end, memory, extractor
        self._source, self._refetcher, self._ahead, self._payloads = context
        take = resource.first.take
        self._asked_for = take.expanded if isinstance(take, Embedded) else ""
        self._routes = resource.routes
        self._needs: dict[Events, list[str]] = {}
        for route in resource.routes:
            self._needs.setdefault(route.origin, []).extend(needed(route.take, route.origin.expand))
        self.delivered_at: dict[str, int] = {}
        """In a feed of several batches: when what was delivered had last changed."""

    def current(
        self,
        number: int,
        batch: ChangeBatch,
        changed: dict[str, ObjectChange],
        unread_from: int,
        delta: MemoryDelta,
        partly: PartlyRead,
        *,
        below: bool = False,
    ) -> Flow:
        """The changed objects of a route as they are now: from their event where that is certain, else read again.
        With `below` it is the lists under them that are wanted."""
        origin = self._routes[number].origin
        listing, young_from = origin.listing, 0
        if listing and not origin.created_has_event:
            yield from self.unannounced(origin, listing, batch.closed, changed, delta, below=below)
        elif listing and not self._takes_payloads(origin):
            doubtful = [change for change in changed.values() if not _is_the_row(change, unread_from)]
            young_from = min((change.first for change in doubtful), default=0)
            stamps = [change.created(listing.time_field) for change in doubtful]
            young = [stamp for stamp in stamps if young_from <= stamp]
            if len(young) > 1 and not _takes_anchors(listing):
                window = Window(min(young), max(young) + 1)
                yield from self._by_the_hundred(origin, listing, window, changed, delta)
        owed = {key: change for key, change in changed.items() if self._is_owed(origin, change, unread_from)}
        for key, change in changed.items():
            if key not in owed:
                yield self._as_now(change, None, frozenset(), delta)
        yield from self._read_again(number, owed, young_from, delta, partly)

    def in_order(
        self, number: int, changed: Mapping[str, ObjectChange], delta: MemoryDelta, partly: PartlyRead
    ) -> Flow:
        """The objects as the events show them, the youngest first, and after each a checkpoint."""
        anchors = Anchors(self._created(number, changed), paged=False)
        while (key := anchors.next_by_id()) is not None:
            yield Observation(changed[key].obj, changed[key].at, delta, change=changed[key])
            partly.is_out(number, anchors, key, changed[key])
            yield partly.checkpoint(number, anchors, delta)

    def _created(self, number: int, changed: Mapping[str, ObjectChange]) -> dict[str, int]:
        field = time_field(self._routes[number].origin)
        return {key: change.created(field) for key, change in changed.items()}

    def _read_again(
        self,
        number: int,
        owed: Mapping[str, ObjectChange],
        young_from: int,
        delta: MemoryDelta,
        partly: PartlyRead,
    ) -> Flow:
        """Objects as they are now, in as few requests as they take: pages of the list and reads by id, side by side,
        which are two endpoints to Stripe's limits. After each page, and each read, a checkpoint."""
        origin = self._routes[number].origin
        # Under each object, or inside it, there may be as much to read as on a page.
        holds_more = not isinstance(self._routes[number].take, Whole)
        listing = None if self._takes_payloads(origin) or not origin.created_has_event else origin.listing
        listing = listing if listing and _takes_anchors(listing) else None
        anchors = Anchors(
            self._created(number, owed),
            paged=listing is not None,
            young_from=young_from if listing else 0,
            unlisted=frozenset(key for key, change in owed.items() if change.deleted),
        )
        extra_expansions = self._refetcher.extra_expansions(origin)
        pages: deque[tuple[Anchor, Future[Page]]] = deque()
        reads: deque[tuple[str, Future[Fetched]]] = deque()

        def see(key: str, observation: Observation | None) -> Flow:
            if observation:
                yield observation
            partly.is_out(number, anchors, key, owed[key])

        while reads or pages or not anchors.finished:
            while (anchor := anchors.next_page()) and listing:
                page = self._refetcher.page(self._client, origin, listing, anchor.window, anchor.places)
                pages.append((anchor, page))
            while len(reads) < self._ahead and (key := anchors.next_by_id()) is not None:
                self._extractor.tally.read_again += 1
                reads.append((key, self._refetcher.object(self._client, origin, owed[key].obj)))
            awaited = _futures((*pages, *islice(reads, 1)))
            if awaited and not any(future.done() for future in awaited):
                yield until(*awaited)
            for anchor, page in [one for one in pages if one[1].done()]:
                pages.remove((anchor, page))
                objects, has_more = page.result().data, page.result().has_more
                self._see_whole(listing.path if listing else "", origin)
                shown = {str(obj.get("id")): obj for obj in objects}
                stamps = [(key, stamp_of(obj, time_field(origin))) for key, obj in shown.items()]
                for key in anchors.page_read(anchor, stamps, has_more):
                    yield from see(key, self._as_now(owed[key], Fetched(shown[key]), extra_expansions, delta))
                    if holds_more:
                        yield partly.checkpoint(number, anchors, delta)
                yield partly.checkpoint(number, anchors, delta)
            while reads and reads[0][1].done():
                key, read = reads.popleft()
                now = read.result()
                if now.obj:
                    self._see_whole(origin.retrieve, origin)
                yield from see(key, None if now.hidden else self._as_now(owed[key], now, extra_expansions, delta))
                yield partly.checkpoint(number, anchors, delta)

    def unannounced(
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
                at = since(obj, listing, self._end)
                delta.deliver(obj["id"], at)
                # A list of API v2 may be behind what its events tell: https://docs.stripe.com/api-v2-overview.
                if origin.thin and obj["id"] in changed:
                    continue
                change = changed.pop(obj["id"], None)
                if change:
                    yield Observation(strip_expansions(obj, extra_expansions), max(at, change.at), delta, change=change)
                elif below or (obj["id"] not in self._memory.recent and self.delivered_at.get(obj["id"], 0) <= at):
                    yield Observation(strip_expansions(obj, extra_expansions), at, delta)

    def _by_the_hundred(
        self, origin: Events, listing: Listing, window: Window, changed: dict[str, ObjectChange], delta: MemoryDelta
    ) -> Iterator[Observation]:
        """Objects of `changed`, taken out of it, that a list shows; as long as a page shows more than one."""
        sought = {
            key for key, change in changed.items() if window.start <= change.created(listing.time_field) < window.end
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

    def dead(self, origin: Events, changed: Mapping[str, ObjectChange]) -> dict[str, ObjectChange]:
        """Those of the changed objects that are gone. One that was made again within the second is there."""
        return {
            key: change
            for key, change in changed.items()
            if change.deleted
            and not (change.tied and self._refetcher.object(self._client, origin, change.obj).result().obj)
        }

    def _takes_payloads(self, origin: Events) -> bool:
        """Whether events are taken for the rows; none shows what is inside an object only where it is asked for."""
        return self._payloads and not origin.thin and self._asked_for not in origin.expand

    def _is_owed(self, origin: Events, change: ObjectChange, unread_from: int) -> bool:
        """Whether an object has to be read again."""
        enough = self._takes_payloads(origin) and change.at >= unread_from and not change.tied
        certain = change.latest.whole and (enough or self._extractor.is_orphan(change))
        return not (certain or _is_the_row(change, unread_from))

    def _as_now(
        self, change: ObjectChange, now: Fetched | None, extra_expansions: frozenset[str], delta: MemoryDelta
    ) -> Observation:
        if now is None:
            return Observation(change.obj, change.at, delta, change.deleted, change)
        if now.obj is None:
            return Observation(self._source.payload(change.latest), change.at, delta, gone=True, change=change)
        return Observation(strip_expansions(now.obj, extra_expansions), change.at, delta, change=change)


def _futures(asked: Iterable[tuple[object, Future[Page] | Future[Fetched]]]) -> list[Future[Any]]:
    return [future for _, future in asked]


def _takes_anchors(listing: Listing) -> bool:
    """Whether a page of the list may begin at any of its objects, and every object is on one of them."""
    return listing.takes_times and listing.ordered and len(listing.filters) == 1


def _is_the_row(change: ObjectChange, unread_from: int) -> bool:
    """Whether the event shows the row; one that appeared late may be older than what was delivered already."""
    return change.is_the_row and change.at >= unread_from
