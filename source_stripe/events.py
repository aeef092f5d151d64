"""/v1/events, read once per sync for all who follow it: which objects changed, and when.

An event is a pointer to what changed, not the new row: its payload is rendered in the account's API version of that
day, without expansions and with its lists cut at ten (https://docs.stripe.com/api/events/object).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from string import Formatter
from typing import Generic, NamedTuple, TypeVar

from source_stripe.client import API_VERSION, Client, Endpoint, Object
from source_stripe.errors import StripeError
from source_stripe.resource import EVENT, Events, Params
from source_stripe.windows import Window, split, split_at

PATH = "/v1/events"
# How far back /v1/events goes: https://docs.stripe.com/api/events.
RETENTION_DAYS = 30
EVERY = "*"
"""The type that stands for all."""
GONE = (".deleted", ".detached")
"""How the types end that tell of an object's going."""
MOST_PAYLOADS = 5_000
"""How many objects of a piece are kept whole, to spare reading them again; the rest is memory."""

T = TypeVar("T")


class Follower(NamedTuple):
    """Who wants the changes of a window."""

    origin: Events
    window: Window
    before: str = ""
    """A field whose earlier content is wanted too."""
    whole: bool = False
    """Whether every event's object is wanted as it stands in the event."""


class Told(NamedTuple):
    """What an event says about an object."""

    event_id: str
    at: int
    """In Unix seconds."""
    type: str
    thing: Object
    """The object as the event shows it if it is `whole`, else only what leads to it."""
    whole: bool
    current: bool
    """Whether the event shows it as a list would: in the pinned version, with all that is in it."""
    version: str | None
    before: Object
    """What the fields that a follower wants held before."""

    @property
    def deleted(self) -> bool:
        return self.type.endswith(GONE)


@dataclass
class Change:
    """What the events of a window say about one object, once they are put together."""

    latest: Told
    """Within a second none is later than another; a deletion counts as such."""
    before: list[Object] = field(default_factory=list)
    events: int = 1
    tied: bool = False
    """Whether another event of the same second leaves doubt which is the latest."""

    @property
    def thing(self) -> Object:
        return self.latest.thing

    @property
    def at(self) -> int:
        return self.latest.at

    @property
    def deleted(self) -> bool:
        return self.latest.deleted

    @property
    def is_the_row(self) -> bool:
        """Whether the event shows the row, and no other event of the object leaves doubt about it."""
        return self.events == 1 and self.latest.current and not self.latest.deleted


def changes(told: Iterable[Told]) -> dict[str, Change]:
    """By object, whatever the order of the events."""
    found: dict[str, Change] = {}
    for one in told:
        before = [one.before] if one.before else []
        known = found.get(one.thing["id"])
        if known is None:
            found[one.thing["id"]] = Change(one, before)
            continue
        known.events += 1
        known.before += before
        known.tied = one.at == known.at or (known.tied and one.at < known.at)
        if (one.at, one.deleted, one.event_id) > (known.at, known.deleted, known.latest.event_id):
            known.latest = one
    return found


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
    """Hands each follower what is told of its objects in a window; the first to ask fetches for everyone."""

    def __init__(self, client: Client, followers: Sequence[Follower], longest_seconds: int) -> None:
        """`followers` will ask, once for each window they lack; no piece is longer than `longest_seconds`."""
        self._client, self._longest = client, longest_seconds
        self._cuts = sorted({edge for follower in followers for edge in follower.window})
        origins = {follower.origin for follower in followers}
        types = {kind for origin in origins for kind in origin.types}
        # A single type may be asked for, with a wildcard; for several the whole feed is read.
        only = types - {EVERY} if len(types) == 1 and not any(origin.mentions for origin in origins) else ()
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

    def told(self, origin: Events, piece: Window) -> Sequence[Told]:
        """What is told of the objects of `origin`; not to be written to. Raises StripeError."""
        return self._pieces[piece].take()[origin]

    def payload(self, told: Told) -> Object:
        """The object as an event shows it, as whole as it can still be had. Raises StripeError."""
        if told.whole:
            return told.thing
        event = self._client.get(Endpoint(f"{PATH}/{{id}}", {"id": told.event_id}))
        return event["data"]["object"] if event else told.thing

    def _read(self, piece: Window, takers: list[Follower]) -> dict[Events, list[Told]]:
        wanted: dict[Events, list[Follower]] = {}
        for taker in takers:
            wanted.setdefault(taker.origin, []).append(taker)
        found: dict[Events, list[Told]] = {origin: [] for origin in wanted}
        for page in self._client.pages(Endpoint(PATH), self._params, window=piece):
            for event in page.data:
                for origin, followers in wanted.items():
                    if told := _told(event, origin, followers, keep=len(found[origin]) < MOST_PAYLOADS):
                        found[origin].append(told)
        return found


def _told(event: Object, origin: Events, followers: list[Follower], *, keep: bool) -> Told | None:
    """What an event says about an object of `origin`, if anything.

    It is the object that decides: `charge.refund.updated` carries a refund, `invoice.upcoming` one without an id.
    """
    if origin.object == EVENT:
        thing = event if keep else {"id": event["id"], "object": event["object"], "created": event["created"]}
        return Told(event["id"], event["created"], "", thing, keep, keep, None, {})
    thing, previous = event["data"]["object"], event["data"].get("previous_attributes") or {}
    version = event.get("api_version")
    for tag, link in origin.mentions:
        if thing.get("object") == tag and thing.get(link):
            leads = {"id": thing[link], "object": origin.object}
            # Whatever became of the other object, this one has merely changed.
            return Told(event["id"], event["created"], "", leads, False, False, version, {})
    if thing.get("object") != origin.object or not thing.get("id"):
        return None
    if not any(fnmatchcase(event["type"], kind) for kind in origin.types):
        return None
    deleted = event["type"].endswith(GONE)
    current = keep and version == API_VERSION and origin.complete and not origin.expand and _holds_all(thing)
    whole = deleted or current or any(follower.whole for follower in followers)
    if not whole:
        thing = {name: thing.get(name) for name in _leading(origin)}
    before = {follower.before: previous[follower.before] for follower in followers if follower.before in previous}
    return Told(event["id"], event["created"], event["type"], thing, whole, current, version, before)


def _holds_all(thing: Mapping[str, object]) -> bool:
    """Whether no list in the object was cut."""
    return not any(isinstance(value, dict) and value.get("has_more") for value in thing.values())


def _leading(origin: Events) -> set[str]:
    """The fields that lead to an object: its id, those in its path, and the time it was created."""
    stamp = {origin.listing.stamp} if origin.listing else set()
    return {"id", "object"} | stamp | {name for _, name, _, _ in Formatter().parse(origin.retrieve) if name}
