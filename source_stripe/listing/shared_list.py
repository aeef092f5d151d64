"""One list, read once for all streams that need it, in windows that steal work from each other."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, NamedTuple, Protocol, TypeVar

from source_stripe.declaration.origins import Listing
from source_stripe.listing.splitter import Chain, Planned, Splitter
from source_stripe.runtime import Abandoned
from source_stripe.stripe.answers import Object
from source_stripe.stripe.client import Client
from source_stripe.stripe.errors import Kind, StripeError
from source_stripe.stripe.query import Endpoint, Page, Query, stamp_of, within
from source_stripe.stripe.walk import Walk
from source_stripe.windows import FOREVER, Wanted, Window, split_at

MOST_WAITING = 1 << 30


class Part(NamedTuple):
    """Some objects of a list, in its order."""

    chain: int
    """The parts of a chain come in order."""
    window: Window
    """What the chain still has to bring, this part included."""
    things: list[Object]
    closed: Window | None
    """The window of which this is the last part."""
    lane: int = 0
    last: bool = False
    """Whether this is the last part of all."""


P = TypeVar("P", bound="Windowed")


class Windowed(Protocol):
    """What a sweep hands out: something of a window, or for all."""

    @property
    def window(self) -> Window | None: ...


class Room:
    """How many pages of all sweeps together may be on their way to those who want them."""

    def __init__(self, pages: int) -> None:
        self._left, self._lock = pages, threading.Lock()

    def take(self) -> bool:
        with self._lock:
            if self._left <= 0:
                return False
            self._left -= 1
            return True

    def give(self) -> None:
        with self._lock:
            self._left += 1


@dataclass
class _Delivery(Generic[P]):
    part: P
    takers: int
    room: Room | None
    """Where it takes up room, until the last taker is done with it."""


@dataclass
class _Inbox(Generic[P]):
    windows: tuple[Window, ...]
    parts: deque[_Delivery[P]] = field(default_factory=deque)
    taken: _Delivery[P] | None = None
    failed: StripeError | None = None
    """Why its stream cannot have what the others get."""

    def wants(self, window: Window | None) -> bool:
        return not self.failed and (
            window is None or any(own.start <= window.start and window.end <= own.end for own in self.windows)
        )


class Sweep(Generic[P]):
    """Reads the windows that several streams want of a list, each page once, and hands the parts to each of them."""

    def __init__(
        self,
        client: Client,
        listing: Listing,
        wanted: Mapping[str, Sequence[Wanted]],
        step_seconds: int,
        room: Room,
        digest: Callable[[Part], Iterable[P]],
        *,
        beyond: int = 0,
        most_waiting: int = MOST_WAITING,
        needs: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """`wanted` is by stream; no window handed out is longer than `step_seconds`, but where there is little.

        `digest` makes of the parts of a chain, in order, what is handed out. A window that ends at `beyond` reaches
        into the future, where objects on a test clock are created. `needs` are the fields that a stream cannot do
        without, of those that are expanded for any.
        """
        self._client, self._listing, self._room, self.expand = client, listing, room, listing.expand
        self._digest, self._beyond, self._most_waiting = digest, beyond, most_waiting
        self._endpoint, self._needs = Endpoint(listing.path), needs or {}
        self._inboxes: dict[str, _Inbox[P]] = {
            name: _Inbox(tuple(one.window for one in windows)) for name, windows in wanted.items()
        }
        plan = [Planned(one.window, one.place, one.lane) for one in planned(wanted)]
        self._splitter = Splitter(plan, step_seconds, lanes=len(listing.filters), cuttable=listing.windowed)
        self._walks: dict[int, Walk] = {}
        """By chain, as long as it is in a lane."""
        self._flying = self._waiting = self._seen = 0
        self._failed: BaseException | None = None
        self._changed = threading.Condition()

    def parts(self, stream: str) -> Iterator[P]:
        """What a stream wants, as it comes. Raises StripeError, or Abandoned when the sync is over before its time."""
        inbox = self._inboxes[stream]
        while (part := self._next(inbox)) is not None:
            yield part

    def progress(self) -> tuple[float, int, float]:
        """The share of the time range that is read, the objects that were, and how many are probably left."""
        with self._changed:
            return self._splitter.share(), self._seen, self._splitter.left()

    def abandon(self) -> None:
        """Nobody wants the rest."""
        with self._changed:
            self._failed = self._failed or Abandoned()
            self._changed.notify_all()

    def _next(self, inbox: _Inbox[P]) -> P | None:
        with self._changed:
            self._done_with(inbox.taken)
            inbox.taken = None
            while True:
                self._pump()
                if inbox.failed:
                    raise inbox.failed
                if inbox.parts:
                    inbox.taken = inbox.parts.popleft()
                    return inbox.taken.part
                if self._failed:
                    raise self._failed
                if self._splitter.finished and not self._flying:
                    return None
                self._changed.wait()

    def leave(self, stream: str) -> None:
        """A stream wants no more; the others go on without waiting for it."""
        with self._changed:
            if inbox := self._inboxes.pop(stream, None):
                for delivery in (inbox.taken, *inbox.parts):
                    self._done_with(delivery)
                if not self._inboxes:
                    self._failed = self._failed or Abandoned()
                self._pump()
                self._changed.notify_all()

    def _done_with(self, delivery: _Delivery[P] | None) -> None:
        if delivery:
            delivery.takers -= 1
            if not delivery.takers:
                self._waiting -= 1
                if delivery.room:
                    delivery.room.give()

    def _pump(self) -> None:
        """Ask for what may be asked for now; cut a window only where a request more could be sent at once."""
        turns, template = self._client.turns, self._endpoint.template
        while not self._failed and self._waiting < self._most_waiting:
            first = not self._flying and not self._waiting
            if not first and not self._room.take():
                return
            room = None if first else self._room
            chain = self._splitter.due() or (self._splitter.steal() if turns.is_idle(template, self._flying) else None)
            if chain is None:
                if room:
                    room.give()
                return
            self._flying += 1
            turns.submit(template, partial(self._read, chain, chain.window, chain.lane, chain.place, room))

    def _read(self, chain: Chain, asked: Window, lane: int, place: str, room: Room | None) -> None:
        """One page, and what follows from it. Runs in a worker."""
        page, failed = None, None
        try:
            page = self._page(chain.key, asked, lane, place)
        except Exception as error:
            failed = error  # the streams that wait for the page say it
        with self._changed:
            self._flying -= 1
            try:
                if page:
                    self._deliver(chain, asked, lane, page, room)
                elif room:
                    room.give()
            except Exception as error:
                failed = error
            self._failed = self._failed or failed
            self._pump()
            self._changed.notify_all()

    def _page(self, key: int, asked: Window, lane: int, place: str) -> Page:
        listing = self._listing
        if listing.testing and self._client.live:
            return Page([], has_more=False)
        if listing.single:
            thing = self._client.single(self._endpoint, listing.expand, listing.single)
            return Page([thing] if thing else [], has_more=False)
        window = self._reaching(asked) if listing.windowed else None
        query = Query(listing.filters[lane], listing.expand, window, paged=listing.paged, shared=True)
        walk = self._walks.setdefault(key, Walk(listing.path, listing.stamp, place))
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

    def _deliver(self, chain: Chain, asked: Window, lane: int, page: Page, room: Room | None) -> None:
        stamps = [stamp_of(thing, self._listing.stamp) for thing in page.data]
        (things, has_more), ids = within(page, self._listing, self._reaching(asked)), page.ids
        landed = self._splitter.landed(chain, asked, stamps, ids, has_more)
        if len(landed.kept) < len(page.data):
            things, ids = [things[index] for index in landed.kept], [ids[index] for index in landed.kept]
        if not chain.place:
            self._walks.pop(chain.key, None)
        elif walk := self._walks.get(chain.key):
            walk.add(ids)
        self._seen += len(things)
        for name, fields in self._needs.items():
            if (refusal := self._client.refusal(self._endpoint.template, fields)) and name in self._inboxes:
                self._inboxes[name].failed = refusal
        part = Part(chain.key, landed.closed or chain.window, things, landed.closed, lane, self._splitter.finished)
        for digested in self._digest(part):
            takers = [inbox for inbox in self._inboxes.values() if inbox.wants(digested.window)]
            if takers:
                delivery = _Delivery(digested, len(takers), room)
                room, self._waiting = None, self._waiting + 1
                for inbox in takers:
                    inbox.parts.append(delivery)
        if room:
            room.give()


def planned(wanted: Mapping[str, Sequence[Wanted]]) -> Iterator[Wanted]:
    """The windows that any stream wants, cut where those of another begin or end, each with the place at which the
    stream that has come least far goes on."""
    every = [one for windows in wanted.values() for one in windows]
    cuts = sorted({edge for one in every for edge in one.window})
    for piece in sorted({piece for one in every for piece in split_at(one.window, cuts)}):
        takers = [one for one in every if one.window.start <= piece.start and piece.end <= one.window.end]
        behind = max(takers, key=lambda one: (one.window != piece or not one.place, -one.lane, one.created))
        yield behind if behind.window == piece else Wanted(piece)
