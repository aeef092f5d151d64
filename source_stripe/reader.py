"""Walks an origin and takes from each of its objects: the one loop that every stream is read by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from itertools import islice
from typing import NamedTuple, TypeVar

from source_stripe.client import PAGE, Client, Endpoint, Object, Page
from source_stripe.errors import Kind, StripeError
from source_stripe.events import Change, EventFeed
from source_stripe.resource import Children, Embedded, Events, Listing, Resource, Take, Whole
from source_stripe.windows import DAY, Window, split

# How long before a window a child may have been created that an event inside it tells of, in seconds.
EVENT_LAG_SECONDS = 600

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


class Stretch(NamedTuple):
    """A window to list, and its first page where that was read to find out how much there is."""

    window: Window
    first: Page | None = None


class Reader:
    """Reads the windows of one resource. May be used from many threads."""

    def __init__(self, resource: Resource, client: Client, feed: EventFeed, requests: Executor, upto: int) -> None:
        """`upto` is the second at which the sync ends; `requests` sends requests side by side."""
        self._resource, self._client, self._feed = resource, client, feed
        self._requests, self._upto = requests, upto

    # Lists: the first pass, and every pass of a stream that no events tell about.

    def stretches(self, whole: Window, longest_seconds: int) -> Iterator[Stretch]:
        """`whole`, cut into windows only if it does not fit on a page; newest first. Raises StripeError."""
        origin = self._resource.first.origin
        first = self._client.page(Endpoint(origin.path), origin.filters[0], origin.expand, _filter(origin, whole))
        if not first.has_more or not origin.windowed:
            yield Stretch(whole, first)
            return
        reached = max(whole.start, min(whole.end - 1, first.data[-1].get(origin.stamp) or 0))
        older = [piece for piece in split(whole, longest_seconds) if piece.start <= reached]
        # The page at hand opens the window that it ends in, stretched to the newest second.
        yield Stretch(Window(older.pop().start, whole.end), first)
        yield from map(Stretch, reversed(older))

    def listed(self, stretch: Stretch, stamp: int | None = None) -> Iterator[Object]:
        """Everything created in a window; `stamp` replaces the cursor of the records. Raises StripeError."""
        origin = self._resource.first.origin
        for page in self._pages(origin, stretch.window, stretch.first):
            seen = [Seen(thing, self._since(thing, origin) if stamp is None else stamp) for thing in page.data]
            yield from self._taken(self._resource.first.take, seen)

    # Events: every later pass of a stream that they tell about.

    def changed(self, window: Window) -> Iterator[Object]:
        """Everything that changed in a window, as it is now. Raises StripeError."""
        for route in self._resource.then:
            if isinstance(route.take, Children):
                yield from self._children_of_changed(route.origin, route.take, window)
                continue
            for batch in _batches(self._current(route.origin, window), PAGE):
                yield from self._taken(route.take, batch)

    def _children_of_changed(self, origin: Events, take: Children, window: Window) -> Iterator[Object]:
        """The lists of the changed parents; the parents themselves need not be read again."""
        since = Window(max(0, window.start - EVENT_LAG_SECONDS), self._upto + DAY) if take.immutable else None
        changes = self._feed.changes(origin, window).values()
        parents = [Seen(change.thing, change.at, change=change) for change in changes if not change.deleted]
        for parent, items in self._side_by_side(lambda parent: self._fetched(take, parent.thing, since), parents):
            yield from self._records(items, parent, parent.thing)

    def _current(self, origin: Events, window: Window) -> Iterator[Seen]:
        """The changed objects, read a hundred at a time where several were created in the window."""
        changes = dict(self._feed.changes(origin, window))
        listing = origin.listing
        if listing and (not origin.announced or _created_in(window, changes.values(), listing) > 1):
            for page in self._pages(listing, window):
                for thing in page.data:
                    change = changes.pop(thing["id"], None)
                    at = self._since(thing, listing)
                    yield Seen(thing, max(at, change.at) if change else at, change=change)

        def again(change: Change) -> Seen:
            thing = self._client.get(Endpoint(origin.retrieve, change.thing), origin.expand)
            return Seen(thing or dict(self._feed.payload(change)), change.at, thing is None, change)

        for _, seen in self._side_by_side(again, changes.values()):
            yield seen

    # Taking.

    def _taken(self, take: Take, seen: Iterable[Seen]) -> Iterator[Object]:
        match take:
            case Whole():
                for one in seen:
                    yield from self._records([_deleted(one.thing) if one.gone else one.thing], one, None)
            case Embedded():
                for one, items in self._side_by_side(lambda one: self._embedded(take, one), seen):
                    yield from self._records(items, one, one.thing)
            case Children():
                for one, items in self._side_by_side(lambda one: self._fetched(take, one.thing), seen):
                    yield from self._records(items, one, one.thing)

    def _embedded(self, take: Embedded, seen: Seen) -> list[Object]:
        """The items now in the list, and marked as deleted those that were in it before."""
        before = seen.change.before if seen.change else []
        known = {item["id"]: item for fields in before for item in _items(fields.get(take.field))}
        items = _items(seen.thing.get(take.field))
        if seen.gone:
            known |= {item["id"]: item for item in items}
            return [_deleted(item) for item in known.values()]
        if (seen.thing.get(take.field) or {}).get("has_more"):
            # From its beginning, not from the tenth: what is embedded may be a moment older.
            items = self._fetched(take.whole, seen.thing)
        now = {item["id"] for item in items}
        return items + [_deleted(item) for key, item in known.items() if key not in now]

    def _fetched(self, take: Children, parent: Object, since: Window | None = None) -> list[Object]:
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

    def _records(self, items: Iterable[Object], seen: Seen, parent: Object | None) -> Iterator[Object]:
        """The items that are of the stream's own type, with what the connector adds."""
        resource, link = self._resource, self._resource.parent
        for item in items:
            if item.get("object") != resource.object:
                continue
            if resource.stamped:
                item[resource.cursor] = seen.at
            if link and parent:
                item[link.id_field] = parent["id"]
                item |= {f"{link.noun}_{carried}": parent.get(carried) for carried in link.carries}
            elif link:
                item[link.id_field] = item.get(link.field) or _last(link.field, seen)
            if resource.gone(item):
                item["is_deleted"] = True
            yield item

    # Walking.

    def _pages(self, origin: Listing, window: Window, first: Page | None = None) -> Iterator[Page]:
        """The pages of a list under each of its filters; `first` is the first page under the first."""
        for params in origin.filters:
            yield from self._client.pages(Endpoint(origin.path), params, origin.expand, _filter(origin, window), first)
            first = None

    def _since(self, thing: Object, origin: Listing) -> int:
        """When an object came to be, or last changed if it says so; never beyond the sync, where test clocks live."""
        return min(self._upto, thing.get("updated") or thing.get(origin.stamp) or 0)

    def _side_by_side(self, read: Callable[[A], B], items: Iterable[A]) -> Iterator[tuple[A, B]]:
        """Each item with what is read for it, in order; a page's worth of requests at a time."""
        for batch in _batches(items, PAGE):
            yield from zip(batch, self._requests.map(read, batch), strict=True)


def _filter(origin: Listing, window: Window) -> Window | None:
    return window if origin.windowed else None


def _batches(items: Iterable[A], size: int) -> Iterator[list[A]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def _created_in(window: Window, changes: Iterable[Change], listing: Listing) -> int:
    return sum(window.start <= (change.thing.get(listing.stamp) or 0) < window.end for change in changes)


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
