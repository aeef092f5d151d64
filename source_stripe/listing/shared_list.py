"""One list, read once for all streams that need it, in windows that steal work from each other."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Semaphore
from typing import Generic, NamedTuple, Protocol, TypeVar

from source_stripe.declaration.origins import Listing
from source_stripe.listing.splitter import Planned, Scan, Splitter
from source_stripe.runtime import Cancelled
from source_stripe.stripe.answers import Object
from source_stripe.stripe.client import Client
from source_stripe.stripe.errors import Kind, StripeError
from source_stripe.stripe.query import Endpoint, Page, asking, stamp_of, within
from source_stripe.stripe.walk import Walk
from source_stripe.waiting import Wait
from source_stripe.windows import FOREVER, Wanted, Window, split_at

MOST_WAITING = 1 << 30


class ListPage(NamedTuple):
    """Some objects of a list, in its order."""

    scan: int
    """The pages of a scan come in order."""
    window: Window
    """What the scan still has to bring, this page included."""
    objects: list[Object]
    closed: Window | None
    """The window of which this is the last page."""
    filter_index: int = 0
    last: bool = False
    """Whether this is the last page of all."""
    next: str = ""
    """Where the list goes on after it, where that is no object's id."""


P = TypeVar("P", bound="HandedOut")


class HandedOut(Protocol):
    """What a shared list hands out: something of a window, or for all."""

    @property
    def window(self) -> Window | None: ...


@dataclass
class _Delivery(Generic[P]):
    part: P
    waiting: int
    budget: Semaphore | None
    """Where it takes up room, until the last subscriber is done with it."""


@dataclass
class Subscriber(Generic[P]):
    windows: tuple[Window, ...]
    pages: deque[_Delivery[P]] = field(default_factory=deque)
    taken: _Delivery[P] | None = None
    failed: StripeError | None = None
    """Why its stream cannot have what the others get."""
    resume: Callable[[], None] | None = None
    """Called once there is something for it, while it waits."""

    def wants(self, window: Window | None) -> bool:
        return not self.failed and (
            window is None or any(own.start <= window.start and window.end <= own.end for own in self.windows)
        )


class SharedList(Generic[P]):
    """Reads the windows that several streams want of a list, each page once, and hands the pages to each of them."""

    def __init__(
        self,
        client: Client,
        listing: Listing,
        wanted: Mapping[str, Sequence[Wanted]],
        step_seconds: int,
        budget: Semaphore,
        transform: Callable[[ListPage], Iterable[P]],
        *,
        beyond: int = 0,
        most_waiting: int = MOST_WAITING,
        needs: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """`wanted` is by stream; no window handed out is longer than `step_seconds`, but where there is little.

        `transform` makes of the pages of a scan, in order, what is handed out. A window that ends at `beyond` reaches
        into the future, where objects on a test clock are created. `needs` are the fields that a stream cannot do
        without, of those that are expanded for any.
        """
        self._client, self._listing, self._budget, self.expand = client, listing, budget, listing.expand
        self._transform, self._beyond, self._most_waiting = transform, beyond, most_waiting
        self._endpoint, self._needs = Endpoint(listing.path), needs or {}
        self._subscribers: dict[str, Subscriber[P]] = {
            name: Subscriber(tuple(one.window for one in windows)) for name, windows in wanted.items()
        }
        plan = [Planned(one.window, one.after_id, one.filter_index) for one in planned(wanted)]
        cuttable = listing.takes_times and listing.ordered
        self._splitter = Splitter(plan, step_seconds, filters=len(listing.filters), cuttable=cuttable)
        self._walks: dict[int, Walk] = {}
        """By scan, as long as it is in a filter."""
        self._in_flight = self._waiting = self._seen = 0
        self._failed: BaseException | None = None
        self._lock = threading.RLock()

    def pages(self, stream: str) -> Iterator[P | Wait]:
        """What a stream wants, as it comes, and a `Wait` where nothing has come yet. Raises StripeError, or Cancelled
        when the sync is over before its time."""
        subscriber = self._subscribers[stream]
        while (part := self._next(subscriber)) is not None:
            yield part

    def progress(self) -> tuple[float, int, float]:
        """The share of the time range that is read, the objects that were, and how many are probably left."""
        with self._lock:
            return self._splitter.share(), self._seen, self._splitter.left()

    def cancel(self) -> None:
        """Nobody wants the rest."""
        with self._lock:
            self._failed = self._failed or Cancelled()
        self._resume()

    def _next(self, subscriber: Subscriber[P]) -> P | Wait | None:
        with self._lock:
            self._done_with(subscriber.taken)
            subscriber.taken = None
            self._pump()
            if subscriber.failed:
                raise subscriber.failed
            if subscriber.pages:
                subscriber.taken = subscriber.pages.popleft()
                return subscriber.taken.part
            if self._failed:
                raise self._failed
            return None if self._has_news(subscriber) else Wait(partial(self._when_news, subscriber))

    def _when_news(self, subscriber: Subscriber[P], resume: Callable[[], None]) -> None:
        """Has `resume` called once there is."""
        with self._lock:
            if not self._has_news(subscriber):
                subscriber.resume = resume
                return
        resume()

    def _has_news(self, subscriber: Subscriber[P]) -> bool:
        """Whether there is something for it, or nothing more to come."""
        over = self._splitter.finished and not self._in_flight
        return bool(over or subscriber.pages or subscriber.failed or self._failed)

    def _resume(self) -> None:
        """Whoever waits and can go on."""
        with self._lock:
            ready = [one for one in self._subscribers.values() if one.resume and self._has_news(one)]
            resumed = [one.resume for one in ready if one.resume]
            for one in ready:
                one.resume = None
        for resume in resumed:
            resume()

    def unsubscribe(self, stream: str) -> None:
        """A stream wants no more; the others go on without waiting for it."""
        with self._lock:
            if subscriber := self._subscribers.pop(stream, None):
                for delivery in (subscriber.taken, *subscriber.pages):
                    self._done_with(delivery)
                if not self._subscribers:
                    self._failed = self._failed or Cancelled()
                self._pump()

    def _done_with(self, delivery: _Delivery[P] | None) -> None:
        if delivery:
            delivery.waiting -= 1
            if not delivery.waiting:
                self._waiting -= 1
                if delivery.budget:
                    delivery.budget.release()

    def _pump(self) -> None:
        """Ask for what may be asked for now; cut a window only where a request more could be sent at once."""
        request_queue, template = self._client.request_queue, self._endpoint.template
        while not self._failed and self._waiting < self._most_waiting:
            first = not self._in_flight and not self._waiting
            if not first and not self._budget.acquire(blocking=False):
                return
            budget = None if first else self._budget
            scan = self._splitter.due() or (
                self._splitter.steal() if request_queue.is_idle(template, self._in_flight) else None
            )
            if scan is None:
                if budget:
                    budget.release()
                return
            self._in_flight += 1
            request_queue.submit(
                template, partial(self._read, scan, scan.window, scan.filter_index, scan.after_id, budget)
            )

    def _read(self, scan: Scan, asked: Window, filter_index: int, after_id: str, budget: Semaphore | None) -> None:
        """One page, and what follows from it. Runs in a worker."""
        page, failed = None, None
        try:
            page = self._page(scan.key, asked, filter_index, after_id)
        except Exception as error:
            failed = error  # the streams that wait for the page say it
        try:
            with self._lock:
                self._in_flight -= 1
                try:
                    if page:
                        self._deliver(scan, asked, filter_index, page, budget)
                    elif budget:
                        budget.release()
                except Exception as error:
                    failed = error
                self._failed = self._failed or failed
                self._pump()
        finally:
            self._resume()

    def _page(self, key: int, asked: Window, filter_index: int, after_id: str) -> Page:
        listing = self._listing
        if listing.test_mode_only and self._client.key.live:
            return Page([], has_more=False)
        if listing.single:
            obj = self._client.single(self._endpoint, listing.expand, listing.single)
            return Page([obj] if obj else [], has_more=False)
        window = self._reaching(asked) if listing.takes_times else None
        query = asking(listing, listing.filters[filter_index], window)
        walk = self._walks.setdefault(key, Walk(listing.path, listing.time_field, after_id))
        try:
            page = self._client.page(self._endpoint, query, walk.places)
        except StripeError as error:
            # The place of an earlier sync is gone: its window begins anew.
            if error.kind is not Kind.LOST_PLACE or walk.begun:
                raise
            walk.places.clear()
            page = self._client.page(self._endpoint, query)
        walk.check(page.data, page.ids, has_more=page.has_more)
        return page

    def _reaching(self, asked: Window) -> Window:
        return asked._replace(end=FOREVER) if asked.end == self._beyond else asked

    def _deliver(self, scan: Scan, asked: Window, filter_index: int, page: Page, budget: Semaphore | None) -> None:
        stamps = [stamp_of(obj, self._listing.time_field) for obj in page.data]
        (objects, has_more), ids = within(page, self._listing, self._reaching(asked)), page.ids
        received = self._splitter.page_received(scan, asked, stamps, ids, has_more)
        if len(received.kept) < len(page.data):
            objects, ids = (
                [objects[index] for index in received.kept],
                [ids[index] for index in received.kept],
            )
        if not scan.after_id:
            self._walks.pop(scan.key, None)
        elif walk := self._walks.get(scan.key):
            walk.add(ids)
        self._seen += len(objects)
        for name, fields in self._needs.items():
            if (refusal := self._client.refusal(self._endpoint.template, fields)) and name in self._subscribers:
                self._subscribers[name].failed = refusal
        part = ListPage(
            scan.key,
            received.closed or scan.window,
            objects,
            received.closed,
            filter_index,
            self._splitter.finished,
            page.next,
        )
        for handed_out in self._transform(part):
            waiting = [subscriber for subscriber in self._subscribers.values() if subscriber.wants(handed_out.window)]
            if waiting:
                delivery = _Delivery(handed_out, len(waiting), budget)
                budget, self._waiting = None, self._waiting + 1
                for subscriber in waiting:
                    subscriber.pages.append(delivery)
        if budget:
            budget.release()


def planned(wanted: Mapping[str, Sequence[Wanted]]) -> Iterator[Wanted]:
    """The windows that any stream wants, cut where those of another begin or end, each with the place at which the
    stream that has come least far goes on."""
    every = [one for windows in wanted.values() for one in windows]
    cuts = sorted({edge for one in every for edge in one.window})
    for piece in sorted({piece for one in every for piece in split_at(one.window, cuts)}):
        waiting = [one for one in every if one.window.start <= piece.start and piece.end <= one.window.end]
        behind = max(waiting, key=lambda one: (one.window != piece or not one.after_id, -one.filter_index, one.created))
        yield behind if behind.window == piece else Wanted(piece)
