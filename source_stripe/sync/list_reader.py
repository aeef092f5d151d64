"""Walks the list of a stream and takes from each of its objects; the first pass, and those no events tell about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from urllib.parse import urlencode

from source_stripe.declaration.resource import Resource
from source_stripe.declaration.takes import Children, Whole
from source_stripe.listing.shared_list import Part
from source_stripe.records.extract import Taker, Tally, fingerprint
from source_stripe.records.flow import UNEVENTFUL, Flow, Rows, Seen, since
from source_stripe.state.checkpoint import Mark
from source_stripe.state.memory import OVERLAP_SECONDS, Maturity, Memory, Notes
from source_stripe.stripe.answers import Object
from source_stripe.stripe.client import Client
from source_stripe.stripe.objects import without
from source_stripe.stripe.query import Endpoint, Query, moment, stamp_of
from source_stripe.sync.change_reader import Following
from source_stripe.sync.plan import Shared
from source_stripe.windows import DAY, Wanted, Window

MOMENT = 3_600
"""How many seconds after the end of a sync something created counts as created just now, and not in the future."""


class Reader:
    """Reads one resource. May be used from many threads."""

    def __init__(
        self, resource: Resource, client: Client, shared: Shared, upto: int, memory: Memory, surplus: frozenset[str]
    ) -> None:
        """`upto` is the second at which the sync ends; `memory` is what the stream knew when the sync began; `surplus`
        are fields of what is listed that only other streams asked for."""
        self.resource, self._client, self._memory = resource, client, memory
        self.upto = self._upto = upto
        self._surplus, self.tally = surplus, Tally()
        self._taker = Taker(resource, client, shared.ahead, upto, memory, self.tally)
        self._asks = isinstance(resource.first.take, Children)
        """Whether the rows stand in lists below what is listed."""
        self._plain = isinstance(resource.first.take, Whole) and self._taker.adds_nothing
        self.following = Following(resource, client, shared, upto, memory, self._taker)

    @property
    def requests(self) -> int:
        """How many requests were sent for this stream, and for others that share them."""
        return self._client.requests.total()

    # Lists: the first pass, and every pass of a stream that no events tell about.

    def listed(self, parts: Iterable[Part], stamp: int | None = None, since: Window | None = None) -> Rows:
        """Everything in some parts of its list; `stamp` replaces the cursor of the records; under parents only what
        is of `since`, if that is given. Raises StripeError."""
        prints, delivered = dict[str, str](), dict[str, int]()
        take, came = self.resource.first.take, self._came
        records = (
            self._whole(parts, stamp) if self._plain else self._taker.records(take, self._walk(parts, stamp), since)
        )
        for record in records:
            if isinstance(record, Mark):
                record.notes.prints |= prints
                record.notes.delivered |= delivered
                prints.clear()
                delivered.clear()
            else:
                self.tally.listed += 1
                if self._is_recent(at := moment(record, came)):
                    delivered[self.resource.identity(record)] = at
                if self.resource.relisted and self._is_comparable(key := self.resource.identity(record)):
                    prints[key] = fingerprint(record, self.resource.added)
                if self.resource.versioned:
                    record.update(UNEVENTFUL)
            yield record

    def created(self, parts: Iterable[Part]) -> Rows:
        """Everything in some parts of the list of a stream that lists again, but what was delivered before."""
        recent = self._memory.recent
        for record in self.listed(parts):
            if not isinstance(record, Mark) and self.resource.identity(record) in recent:
                self.tally.delivered_before += 1
                self.tally.listed -= 1
            else:
                yield record

    def relisted(self, parts: Iterable[Part]) -> Rows:
        """What is other in a list than it was, and as deleted what is no longer in it. Raises StripeError."""
        resource, take, notes = self.resource, self.resource.first.take, Notes(Window(0, self._upto))
        since = self._comparable if isinstance(take, Children) and take.back_days else None
        known = {key: shape for key, shape in self._memory.prints.items() if self._is_comparable(key)}
        for record in self.listed(parts, since=since):
            if isinstance(record, Mark):
                continue
            key = resource.identity(record)
            shape = fingerprint(record, resource.added)
            if shape == notes.prints.get(key, known.get(key)):
                self.tally.listed -= 1
                self.tally.delivered_before += 1
            else:
                if key in known and resource.stamped:
                    record[resource.cursor] = self._upto
                yield record
            notes.prints[key] = shape
        yield from self._taker.vanished(self._missing(known.keys() - notes.prints.keys()), self._upto)
        yield Mark(0, notes, notes.window)

    def accrued(self, parts: Iterable[Part], since: Window, notes: Notes) -> Iterator[Object]:
        """What was added since under the parents in some parts of their list, but what was delivered before."""
        for record in self._taker.records(self.resource.first.take, self._walk(parts, None), since):
            if isinstance(record, Mark):
                continue
            key = self.resource.identity(record)
            notes.deliver(key, moment(record, "created"))
            if key in self._memory.recent:
                self.tally.delivered_before += 1
            else:
                self.tally.listed += 1
                yield record

    @property
    def _comparable(self) -> Window:
        """How far back rows are read again that no list shows as a whole."""
        take = self.resource.first.take
        back = take.back_days * DAY if isinstance(take, Children) else 0
        return Window(max(0, self._upto - back) if back else 0, self._upto)

    def _is_comparable(self, key: str) -> bool:
        """Whether a row is young enough to be read again."""
        take = self.resource.first.take
        if not isinstance(take, Children) or not take.back_days:
            return True
        began: int = self.resource.identified(key)[take.between[0]]
        return began >= self._comparable.start // take.step_seconds * take.step_seconds

    def _missing(self, keys: Set[str]) -> Set[str]:
        """The rows that are in none of several lists: one that went from one to the other while they were read is not
        missing."""
        origin = self.resource.first.origin
        if not keys or len(origin.filters) == 1:
            return keys
        queries = (Query(params) for params in origin.filters[:-1])
        pages = (page for query in queries for page in self._client.pages(Endpoint(origin.path), query))
        return keys - {self.resource.identity(thing) for page in pages for thing in page.data}

    def matured(self, parts: Iterable[Part], dues: Sequence[Maturity]) -> Rows:
        """The rows of some parts that changed when their time came; one mark, at the end. Raises StripeError."""
        matures, notes = self.resource.matures, Notes(Window(0, self._upto))
        for record in self.listed(parts):
            if isinstance(record, Mark):
                continue
            at = record.get(matures.at) if matures else None
            if at and any(due.first <= at <= due.last for due in dues):
                self.tally.read_again += 1
                if matures and record.get(matures.field) == matures.value:
                    notes.await_change(at, record["created"])
                yield record
        yield Mark(0, notes, notes.window)

    def _walk(self, parts: Iterable[Part], stamp: int | None) -> Flow:
        """The objects in some parts of a list, and marks of how far it is read."""
        origin, by_parent = self.resource.first.origin, self._asks
        for part, mark in self._marked(parts):
            for thing in self._settled(part):
                yield Seen(thing, since(thing, origin, self._upto) if stamp is None else stamp, mark.notes)
                if by_parent and not origin.single:
                    yield Mark(part.chain, mark.notes, None, self._rest(part, thing))
            yield mark

    def _whole(self, parts: Iterable[Part], stamp: int | None) -> Rows:
        """The same for objects that are the records: most streams are such, and the longest."""
        stamped, upto, origin = self._taker.stamped, self._upto, self.resource.first.origin
        for part, mark in self._marked(parts):
            for thing in self._settled(part):
                record = stamped(thing, since(thing, origin, upto) if stamp is None else stamp)
                if record is not None:
                    yield record
            yield mark

    def _marked(self, parts: Iterable[Part]) -> Iterator[tuple[Part, Mark]]:
        """Each part, and the mark that comes after it."""
        chains = dict[int, Notes]()
        stamp = self.resource.first.origin.stamp
        for part in parts:
            notes = chains.setdefault(part.chain, Notes(part.window))
            if self._came and not self._asks and part.window.end >= self._upto:
                # Of parents too: the events of their births tell nothing that is not out.
                new = ((thing["id"], stamp_of(thing, stamp)) for thing in part.things if thing.get("id"))
                notes.delivered |= {key: at for key, at in new if self._is_recent(at)}
            if part.closed:
                yield part, Mark(part.chain, chains.pop(part.chain), part.closed)
            elif part.things:
                yield part, Mark(part.chain, notes, None, self._rest(part, part.things[-1]))

    def _rest(self, part: Part, thing: Object) -> Wanted:
        """What is left of a chain once an object of it is out."""
        origin = self.resource.first.origin
        name = urlencode(origin.filters[part.lane]) if part.lane else ""
        return Wanted(part.window, thing["id"], stamp_of(thing, origin.stamp), part.lane, name)

    @property
    def _came(self) -> str:
        """The field that tells when a row came to be; empty where rows are told apart by what they look like."""
        resource = self.resource
        return "" if resource.relisted else "created" if resource.then else resource.cursor

    def _is_recent(self, at: int) -> bool:
        """Whether the next sync reads again what happened then."""
        return self._upto - OVERLAP_SECONDS <= at < self._upto

    def _settled(self, part: Part) -> list[Object]:
        """The objects of a part but those created a moment ago, which are left to the next sync."""
        things, stamp, upto = part.things, self.resource.first.origin.stamp, self._upto
        if part.window.end >= upto:
            things = [thing for thing in things if not 0 <= stamp_of(thing, stamp) - upto <= MOMENT]
        return [without(thing, self._surplus) for thing in things] if self._surplus else things
