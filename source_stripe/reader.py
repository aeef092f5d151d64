"""Walks an origin and takes from each of its objects: the one loop that every stream is read by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from typing import NamedTuple

from source_stripe.client import API_VERSION, PAGE, Client, Endpoint, Object, Page
from source_stripe.events import Change, EventFeed, Told, changes
from source_stripe.memory import Maturity, Memory, Notes
from source_stripe.resource import Children, Events, Listing, Orphans, Resource, Route, Whole
from source_stripe.taking import Seen, Taker, Tally, batches, fingerprint
from source_stripe.windows import DAY, FOREVER, Window, split

EVENT_LAG_SECONDS = 600
"""How long before a window a child may have been created that an event inside it tells of."""
MOMENT = 3_600
"""How many seconds after the end of a sync something created counts as created just now, and not in the future."""
PROBES = 2
"""How often a first page is read to find out what is left before windows are cut blindly."""


# The event of a row that was read from a list, where every version is a row.
UNEVENTFUL = {"event_id": "listed", "event_type": None, "event_api_version": API_VERSION}


class Stretch(NamedTuple):
    """A window to list, and its first page where that was read to find out how much there is."""

    window: Window
    first: Page | None = None
    beyond: bool = False
    """Whether it reaches into the future, if it is the newest."""


class Reader:
    """Reads the windows of one resource. May be used from many threads."""

    def __init__(
        self,
        resource: Resource,
        client: Client,
        feed: EventFeed,
        requests: Executor,
        upto: int,
        memory: Memory,
        *,
        payloads: bool = False,
    ) -> None:
        """`upto` is the second at which the sync ends; `requests` sends requests side by side; `memory` is what the
        stream knew when the sync began. `payloads` takes every event for the row, and saves the requests."""
        self._resource, self._client, self._feed, self._memory = resource, client, feed, memory
        self._upto, self._payloads, self.tally = upto, payloads, Tally()
        self._taker = Taker(resource, client, requests, memory, self.tally)

    @property
    def requests(self) -> int:
        """How many requests were sent for this stream alone."""
        return self._client.requests.total()

    # Lists: the first pass, and every pass of a stream that no events tell about.

    def stretches(self, whole: Window, longest_seconds: int, *, beyond: bool = False) -> Iterator[Stretch]:
        """`whole`, cut into windows only if it does not fit on a page; newest first. Raises StripeError.

        With `beyond`, the newest reaches into the future, where objects on a test clock are created.
        """
        origin = self._resource.first.origin
        for _ in range(PROBES):
            window = whole._replace(end=FOREVER) if beyond and whole.end == self._upto else whole
            first = self._client.page(Endpoint(origin.path), origin.filters[0], origin.expand, _filter(origin, window))
            if not first.has_more or not origin.windowed:
                yield Stretch(whole, first, beyond)
                return
            # The page at hand opens the window that it ends in, stretched to the newest second.
            reached = max(whole.start, min(whole.end - 1, first.data[-1].get(origin.stamp) or 0))
            start = max(whole.start, reached // longest_seconds * longest_seconds)
            yield Stretch(Window(start, whole.end), first, beyond)
            whole = Window(whole.start, start)
            if whole.start == whole.end:
                return
        yield from map(Stretch, reversed(list(split(whole, longest_seconds))))

    def listed(self, stretch: Stretch, notes: Notes, stamp: int | None = None) -> Iterator[Object]:
        """Everything created in a window; `stamp` replaces the cursor of the records. Raises StripeError."""
        origin, window = self._resource.first.origin, stretch.window
        if stretch.beyond and window.end == self._upto:
            window = window._replace(end=FOREVER)
        for page in self._pages(origin, window, stretch.first):
            # What was created a moment ago is left to the next sync.
            settled = [thing for thing in page.data if not 0 <= (thing.get(origin.stamp) or 0) - self._upto <= MOMENT]
            seen = [Seen(thing, self._since(thing, origin) if stamp is None else stamp) for thing in settled]
            for record in self._taker.records(self._resource.first.take, seen, notes):
                self.tally.listed += 1
                if self._resource.relisted:
                    notes.prints[record["id"]] = fingerprint(record)
                yield record | UNEVENTFUL if self._resource.versioned else record

    def created(self, stretch: Stretch, notes: Notes) -> Iterator[Object]:
        """Everything created in a window of a stream that lists again, but what was delivered before."""
        recent = self._memory.recent
        for record in self.listed(stretch, notes):
            key, at = record["id"], record[self._resource.cursor]
            notes.deliver(key, at)
            if key in recent:
                self.tally.delivered_before += 1
                self.tally.listed -= 1
            else:
                yield record

    def relisted(self, stretch: Stretch, notes: Notes) -> Iterator[Object]:
        """What is other in a list than it was, and as deleted what is no longer in it. Raises StripeError."""
        known = self._memory.prints
        for record in self.listed(stretch, notes):
            if notes.prints[record["id"]] == known.get(record["id"]):
                self.tally.listed -= 1
                self.tally.delivered_before += 1
            else:
                yield record
        yield from self._taker.vanished(known.keys() - notes.prints.keys(), self._upto)

    def matured(self, stretch: Stretch, dues: Sequence[Maturity], notes: Notes) -> Iterator[Object]:
        """The rows of a window that changed when their time came. Raises StripeError."""
        matures, seen = self._resource.matures, Notes(stretch.window)
        for record in self.listed(stretch, seen):
            at = record.get(matures.at) if matures else None
            if at and any(due.first <= at <= due.last for due in dues):
                self.tally.read_again += 1
                if matures and record.get(matures.field) == matures.value:
                    notes.await_change(at, record["created"])
                yield record

    # Events: every later pass of a stream that they tell about.

    def changed(self, window: Window, fresh: int, notes: Notes) -> Iterator[Object]:
        """Everything that changed in a window, as it is now. Raises StripeError.

        What came before the second `fresh` was read by an earlier sync; of that only what it has not delivered counts.
        """
        for route in self._resource.then:
            told = self._feed.told(route.origin, window)
            for one in told:
                notes.deliver(one.event_id, one.at)
            found = changes(one for one in told if one.event_id not in self._memory.recent)
            records = self._of_changed(route, window, found, fresh, notes)
            if self._resource.versioned:
                records = self._versions(route.origin, window, fresh, told, notes)
            for record in records:
                self.tally.changed += 1
                yield record

    def _of_changed(
        self, route: Route[Events], window: Window, found: dict[str, Change], fresh: int, notes: Notes
    ) -> Iterator[Object]:
        match route.take:
            case Orphans():
                for change in found.values():
                    if change.deleted:
                        yield from self._taker.orphans(change, notes)
            case Children():
                yield from self._children_of_changed(route.take, window, found, notes)
            case _:
                for batch in batches(self._current(route.origin, window, found, fresh, notes), PAGE):
                    yield from self._taker.records(route.take, batch, notes)

    def _versions(
        self, origin: Events, window: Window, fresh: int, told: Iterable[Told], notes: Notes
    ) -> Iterator[Object]:
        """A row for every event, as the event shows it; and for what is new without one, as it is now."""
        for one in told:
            if one.event_id not in self._memory.recent and one.thing.get("object") == origin.object and one.whole:
                change = Change(one)
                seen = [Seen(one.thing, one.at, one.deleted, change)]
                event = {"event_id": one.event_id, "event_type": one.type, "event_api_version": one.version}
                yield from (record | event for record in self._taker.records(Whole(), seen, notes))
        if origin.listing and not origin.announced:
            seen = list(self._newly_created(origin, origin.listing, window, {}, fresh, notes))
            yield from (record | UNEVENTFUL for record in self._taker.records(Whole(), seen, notes))

    def _children_of_changed(
        self, take: Children, window: Window, found: Mapping[str, Change], notes: Notes
    ) -> Iterator[Object]:
        """The lists of the changed parents; the parents themselves need not be read again."""
        for change in found.values():
            if change.deleted:
                yield from self._taker.orphans(change, notes)
        since = Window(max(0, window.start - EVENT_LAG_SECONDS), self._upto + DAY) if take.immutable else None
        parents = [Seen(change.thing, change.at, change=change) for change in found.values() if not change.deleted]
        for parent, items in self._taker.side_by_side(
            lambda parent: self._taker.fetched(take, parent.thing, since), parents
        ):
            yield from self._taker.under(parent, items, notes)

    def _current(
        self, origin: Events, window: Window, found: dict[str, Change], fresh: int, notes: Notes
    ) -> Iterator[Seen]:
        """The changed objects as they are now: from their event where that is certain, else read again, a hundred at
        a time where several were created in the window."""
        listing = origin.listing
        if not self._payloads:
            doubtful = [change for change in found.values() if not _is_the_row(change, fresh)]
            if listing and (not origin.announced or _created_in(window, doubtful, listing) > 1):
                yield from self._newly_created(origin, listing, window, found, fresh, notes)
        elif listing and not origin.announced:
            yield from self._newly_created(origin, listing, window, found, fresh, notes)
        for _, seen in self._taker.side_by_side(lambda change: self._again(origin, change, fresh), found.values()):
            yield seen

    def _newly_created(
        self, origin: Events, listing: Listing, window: Window, found: dict[str, Change], fresh: int, notes: Notes
    ) -> Iterator[Seen]:
        """What was created in the window, taken out of `found` where an event tells of it too."""
        for page in self._pages(listing, window):
            for thing in page.data:
                change, at = found.pop(thing["id"], None), self._since(thing, listing)
                if not origin.announced:
                    notes.deliver(thing["id"], at)
                if change:
                    yield Seen(thing, max(at, change.at), change=change)
                elif at >= fresh or not (origin.announced or thing["id"] in self._memory.recent):
                    yield Seen(thing, at)

    def _again(self, origin: Events, change: Change, fresh: int) -> Seen:
        """One changed object."""
        enough = self._payloads and change.at >= fresh and not change.tied
        if _is_the_row(change, fresh) or (change.latest.whole and (enough or self._taker.is_orphan(change))):
            return Seen(change.thing, change.at, change.deleted, change)
        self.tally.read_again += 1
        thing = self._client.get(Endpoint(origin.retrieve, change.thing), origin.expand)
        return Seen(thing or self._feed.payload(change.latest), change.at, thing is None, change)

    # Walking.

    def _pages(self, origin: Listing, window: Window, first: Page | None = None) -> Iterator[Page]:
        """The pages of a list under each of its filters; `first` is the first page under the first."""
        for params in origin.filters:
            yield from self._client.pages(Endpoint(origin.path), params, origin.expand, _filter(origin, window), first)
            first = None

    def _since(self, thing: Object, origin: Listing) -> int:
        """When an object came to be, or last changed if it says so; never beyond the sync, where test clocks live."""
        return min(self._upto, thing.get("updated") or thing.get(origin.stamp) or 0)


def _filter(origin: Listing, window: Window) -> Window | None:
    return window if origin.windowed else None


def _is_the_row(change: Change, fresh: int) -> bool:
    """Whether the event shows the row; one that appeared late may be older than what was delivered already."""
    return change.is_the_row and change.at >= fresh


def _created_in(window: Window, changes: Iterable[Change], listing: Listing) -> int:
    return sum(window.start <= (change.thing.get(listing.stamp) or 0) < window.end for change in changes)
