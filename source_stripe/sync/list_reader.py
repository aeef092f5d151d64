"""Walks the list of a stream, and takes the records from each of its objects."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Set
from urllib.parse import urlencode

from source_stripe.declaration.resource import Relist, Resource
from source_stripe.declaration.takes import Children, Whole
from source_stripe.listing.shared_list import ListPage
from source_stripe.records.extract import RecordExtractor, fingerprint
from source_stripe.records.flow import UNEVENTFUL, Flow, Observation, RecordsAndCheckpoints, since
from source_stripe.state.checkpoint import Checkpoint
from source_stripe.state.memory import LOOKBACK_SECONDS, Memory, MemoryDelta
from source_stripe.stripe.answers import Object
from source_stripe.stripe.client import Client
from source_stripe.stripe.objects import strip_expansions
from source_stripe.stripe.query import Endpoint, asking, moment, stamp_of
from source_stripe.waiting import Wait
from source_stripe.windows import DAY, Wanted, Window

MOMENT = 3_600
"""How many seconds after the end of a sync something created counts as created just now, and not in the future."""


class ListReader:
    """Reads one resource. May be used from many threads."""

    def __init__(
        self,
        resource: Resource,
        client: Client,
        end: int,
        memory: Memory,
        extractor: RecordExtractor,
        extra_expansions: frozenset[str],
    ) -> None:
        """`end` is the second at which the sync ends; `memory` is what the stream knew when the sync began;
        `extra_expansions` are fields of what is listed that only other streams asked for."""
        self.resource, self.memory, self.end, self.tally = resource, memory, end, extractor.tally
        self.extractor, self._client, self._extra_expansions = extractor, client, extra_expansions
        self._is_diffed = isinstance(resource.later, Relist)
        self._asks = isinstance(resource.first.take, Children)
        """Whether the rows stand in lists below what is listed."""
        self.parents_out = 0
        """Of what is listed, how many have the lists below them out."""
        self._parents: deque[int] = deque()
        """How many of them come before each checkpoint that is on its way, and after the one before."""
        self._plain = isinstance(resource.first.take, Whole) and self.extractor.adds_nothing

    @property
    def requests(self) -> int:
        """How many requests were sent for this stream, and for others that share them."""
        return self._client.requests.total()

    def listed(
        self, pages: Iterable[ListPage | Wait], stamp: int | None = None, since: Window | None = None
    ) -> RecordsAndCheckpoints:
        """Everything in some pages of its list; `stamp` replaces the cursor of the records; under parents only what
        is of `since`, if that is given. Raises StripeError."""
        fingerprints, delivered = dict[str, str](), dict[str, int]()
        take, came = self.resource.first.take, self._came
        records = (
            self._whole(pages, stamp) if self._plain else self.extractor.records(take, self.walk(pages, stamp), since)
        )
        for record in records:
            if isinstance(record, Checkpoint):
                self.note_out()
                record.delta.fingerprints |= fingerprints
                record.delta.delivered |= delivered
                fingerprints.clear()
                delivered.clear()
            elif not isinstance(record, Wait):
                self.tally.listed += 1
                if self._is_recent(at := moment(record, came)):
                    delivered[self.resource.identity(record)] = at
                if self._is_diffed and self.is_comparable(key := self.resource.identity(record)):
                    fingerprints[key] = fingerprint(record, self.resource.added)
                if self.resource.versioned:
                    record.update(UNEVENTFUL)
            yield record

    @property
    def asks_parents(self) -> bool:
        """Whether the rows stand in lists below several objects that are listed."""
        return self._asks and not self.resource.first.origin.single

    def note_out(self) -> None:
        """A checkpoint of `walk` has come: count the parents before it."""
        if self._parents:
            self.parents_out += self._parents.popleft()

    def missing(self, keys: Set[str]) -> Set[str]:
        """The rows that are in none of several lists: one that went from one to the other while they were read is not
        missing."""
        origin = self.resource.first.origin
        if not keys or len(origin.filters) == 1:
            return keys
        queries = (asking(origin, params, expand=()) for params in origin.filters[:-1])
        pages = (page for query in queries for page in self._client.pages(Endpoint(origin.path), query))
        return keys - {self.resource.identity(obj) for page in pages for obj in page.data}

    @property
    def comparable(self) -> Window:
        """How far back rows are read again that no list shows as a whole."""
        take = self.resource.first.take
        back = take.back_days * DAY if isinstance(take, Children) else 0
        return Window(max(0, self.end - back) if back else 0, self.end)

    def is_comparable(self, key: str) -> bool:
        """Whether a row is young enough to be read again."""
        take = self.resource.first.take
        if not isinstance(take, Children) or not take.back_days:
            return True
        began: int = self.resource.identified(key)[take.between[0]]
        return began >= self.comparable.start // take.step_seconds * take.step_seconds

    def walk(self, pages: Iterable[ListPage | Wait], stamp: int | None) -> Flow:
        """The objects in some pages of a list, and checkpoints of how far it is read."""
        origin, by_parent = self.resource.first.origin, self._asks
        for marked in self._marked(pages):
            if isinstance(marked, Wait):
                yield marked
                continue
            page, checkpoint = marked
            # What is left to the next sync is done with in this.
            parents = len(page.objects)
            for obj in self._settled(page):
                yield Observation(obj, since(obj, origin, self.end) if stamp is None else stamp, checkpoint.delta)
                # Within a page of API v2 there is no place to go on from.
                if by_parent and not origin.single and origin.ordered:
                    parents -= 1
                    self._parents.append(1)
                    yield Checkpoint(page.scan, checkpoint.delta, None, self._rest(page, obj))
            self._parents.append(parents)
            yield checkpoint

    def _whole(self, pages: Iterable[ListPage | Wait], stamp: int | None) -> RecordsAndCheckpoints:
        """The same for objects that are the records: most streams are such, and the longest."""
        stamped, end, origin = self.extractor.stamped, self.end, self.resource.first.origin
        for marked in self._marked(pages):
            if isinstance(marked, Wait):
                yield marked
                continue
            page, checkpoint = marked
            for obj in self._settled(page):
                record = stamped(obj, since(obj, origin, end) if stamp is None else stamp)
                if record is not None:
                    yield record
            yield checkpoint

    def _marked(self, pages: Iterable[ListPage | Wait]) -> Iterator[tuple[ListPage, Checkpoint] | Wait]:
        """Each page, and the checkpoint that comes after it."""
        chains = dict[int, MemoryDelta]()
        stamp = self.resource.first.origin.time_field
        for page in pages:
            if isinstance(page, Wait):
                yield page
                continue
            delta = chains.setdefault(page.scan, MemoryDelta(page.window))
            if self._came and not self._asks and page.window.end >= self.end:
                # Of parents too: the events of their births tell nothing that is not out.
                new = ((obj["id"], stamp_of(obj, stamp)) for obj in page.objects if obj.get("id"))
                delta.delivered |= {key: at for key, at in new if self._is_recent(at)}
            if page.closed:
                yield page, Checkpoint(page.scan, chains.pop(page.scan), page.closed)
            elif page.objects:
                yield page, Checkpoint(page.scan, delta, None, self._rest(page, page.objects[-1]))

    def _rest(self, page: ListPage, obj: Object) -> Wanted:
        """What is left of a scan once an object of it is out."""
        origin = self.resource.first.origin
        name = urlencode(origin.filters[page.filter_index]) if page.filter_index else ""
        return Wanted(page.window, page.next or obj["id"], stamp_of(obj, origin.time_field), page.filter_index, name)

    @property
    def _came(self) -> str:
        """The field that tells when a row came to be; empty where rows are told apart by what they look like."""
        resource = self.resource
        return "" if self._is_diffed else "created" if resource.routes else resource.cursor

    def _is_recent(self, at: int) -> bool:
        """Whether the next sync reads again what happened then."""
        return self.end - LOOKBACK_SECONDS <= at < self.end

    def _settled(self, page: ListPage) -> list[Object]:
        """The objects of a page but those created a moment ago, which are left to the next sync."""
        objects, stamp, end = page.objects, self.resource.first.origin.time_field, self.end
        if page.window.end >= end:
            objects = [obj for obj in objects if not 0 <= stamp_of(obj, stamp) - end <= MOMENT]
        return [strip_expansions(obj, self._extra_expansions) for obj in objects] if self._extra_expansions else objects
