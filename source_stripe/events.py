"""/v1/events, read once per sync for all who follow it: which objects changed, and when.

An event is a pointer to what changed, not the new row: its payload is rendered in the account's API version of that
day, without expansions and with its lists cut at ten (https://docs.stripe.com/api/events/object).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from string import Formatter
from typing import Generic, NamedTuple, TypeVar

from source_stripe.client import Client, Endpoint, Object
from source_stripe.errors import StripeError
from source_stripe.resource import Events, Params
from source_stripe.windows import Window, split, split_at

PATH = "/v1/events"
# How far back /v1/events goes: https://docs.stripe.com/api/events.
RETENTION_DAYS = 30

T = TypeVar("T")


class Follower(NamedTuple):
    """Who wants the changes of a window."""

    origin: Events
    window: Window
    before: str = ""
    """A field whose earlier content is wanted too."""


@dataclass
class Change:
    """What the events of a window say about one object."""

    thing: Object
    """The object as the latest event shows it: whole if it was deleted, else only what leads to it."""
    at: int
    """The time of its latest event, in Unix seconds."""
    event_id: str
    deleted: bool
    before: list[Object] = field(default_factory=list)
    """What the fields that a follower wants held before each of the events."""

    def join(self, other: Change) -> None:
        """Take in another event of the same object. Within a second none is later; a deletion counts as such."""
        self.before += other.before
        if (other.at, other.deleted) > (self.at, self.deleted):
            self.thing, self.at, self.event_id, self.deleted = other.thing, other.at, other.event_id, other.deleted


Changes = dict[str, Change]


class Shared(Generic[T]):
    """A result that several ask for: made once by the first who asks, dropped when the last has taken it."""

    def __init__(self, takers: int, make: Callable[[], T]) -> None:
        self._left, self._make = takers, make
        self._lock = threading.Lock()
        self._made: list[T] = []
        self._failed: StripeError | None = None

    def take(self) -> T:
        """Raises StripeError, to every taker alike."""
        with self._lock:
            if self._failed:
                raise self._failed
            if not self._made:
                try:
                    self._made.append(self._make())
                except StripeError as error:
                    self._failed = error
                    raise
            made = self._made[0]
            self._left -= 1
            if self._left <= 0:
                self._made.clear()
            return made


class EventFeed:
    """Hands each follower the changes of its objects in a window; the first to ask fetches for everyone."""

    def __init__(self, client: Client, followers: Sequence[Follower], longest_seconds: int) -> None:
        """`followers` will ask, once for each window they lack; no piece is longer than `longest_seconds`."""
        self._client, self._longest = client, longest_seconds
        self._cuts = sorted({edge for follower in followers for edge in follower.window})
        origins = {follower.origin for follower in followers}
        types = {kind for origin in origins for kind in origin.types}
        # A single type may be asked for, with a wildcard; for several the whole feed is read.
        only = types if len(types) == 1 and not any(origin.mentions for origin in origins) else ()
        self._params: Params = tuple(("type", kind) for kind in only)
        takers: dict[Window, list[Follower]] = {}
        for follower in followers:
            for piece in self.pieces(follower.window):
                takers.setdefault(piece, []).append(follower)
        self._pieces = {piece: Shared(len(takes), partial(self._read, piece, takes)) for piece, takes in takers.items()}

    def pieces(self, window: Window) -> Iterator[Window]:
        """The window, cut where another follower's begins or ends, so that no stretch is read twice."""
        for piece in split_at(window, self._cuts):
            yield from split(piece, self._longest)

    def changes(self, origin: Events, piece: Window) -> Changes:
        """What changed among the objects of `origin`; not to be written to. Raises StripeError."""
        return self._pieces[piece].take()[origin]

    def payload(self, change: Change) -> Object:
        """The object as the latest event shows it, as whole as it can still be had. Raises StripeError."""
        if change.deleted:
            return change.thing
        event = self._client.get(Endpoint(f"{PATH}/{{id}}", {"id": change.event_id}))
        return event["data"]["object"] if event else change.thing

    def _read(self, piece: Window, takers: list[Follower]) -> dict[Events, Changes]:
        wanted: dict[Events, set[str]] = {}
        for taker in takers:
            wanted.setdefault(taker.origin, set()).add(taker.before)
        found: dict[Events, Changes] = {origin: {} for origin in wanted}
        for page in self._client.pages(Endpoint(PATH), self._params, window=piece):
            for event in page.data:
                for origin, before in wanted.items():
                    if change := _change(event, origin, before):
                        _add(found[origin], change)
        return found


def _change(event: Object, origin: Events, before: set[str]) -> Change | None:
    """What an event says about an object of `origin`, if anything.

    It is the object that decides: `charge.refund.updated` carries a refund, `invoice.upcoming` one without an id.
    """
    thing, previous = event["data"]["object"], event["data"].get("previous_attributes") or {}
    for tag, link in origin.mentions:
        if thing.get("object") == tag and thing.get(link):
            return Change({"id": thing[link], "object": origin.object}, event["created"], event["id"], deleted=False)
    if thing.get("object") != origin.object or not thing.get("id"):
        return None
    if not any(fnmatchcase(event["type"], kind) for kind in origin.types):
        return None
    deleted = event["type"].endswith(".deleted")
    if not deleted:
        thing = {name: thing.get(name) for name in _leading(origin)}
    kept = {name: value for name, value in previous.items() if name in before}
    return Change(thing, event["created"], event["id"], deleted, [kept] if kept else [])


def _leading(origin: Events) -> set[str]:
    """The fields that lead to an object: its id, those in its path, and the time it was created."""
    stamp = {origin.listing.stamp} if origin.listing else set()
    return {"id", "object"} | stamp | {name for _, name, _, _ in Formatter().parse(origin.retrieve) if name}


def _add(changes: Changes, change: Change) -> None:
    known = changes.setdefault(change.thing["id"], change)
    if known is not change:
        known.join(change)
