"""/v1/events, read once per sync for all who follow it: which objects changed, and when.

An event is a pointer to what changed, not the new row: its payload is rendered in the account's API version of that
day, without expansions and with its lists cut at ten (https://docs.stripe.com/api/events/object).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from typing import NamedTuple

from source_stripe.client import Client, Endpoint
from source_stripe.http import API_VERSION, Object
from source_stripe.inside import dig
from source_stripe.resource import EVENT, Events, Listing, Params, fields_of
from source_stripe.sweep import Part, Room, Sweep
from source_stripe.windows import Wanted, Window, merge

PATH = "/v1/events"
# How far back /v1/events goes: https://docs.stripe.com/api/events.
RETENTION_DAYS = 30
EVERY = "*"
"""The type that stands for all."""
GONE = (".deleted", ".detached")
"""How the types end that tell of an object's going."""
MOST_WEIGHT = 10_000
"""How much of what the events tell is kept until it is handed out; an event that only points weighs 1."""
WHOLE_WEIGHT = 10
"""What an object weighs that is kept whole, to spare reading it again."""
MOST_PIECES = 2
"""How many pieces may wait for a follower that is slow."""


class Follower(NamedTuple):
    """Who wants the changes of a window."""

    stream: str
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

    own: Told | None = None
    """The latest event about the object; within a second none is later than another, a deletion counts as such."""
    mention: Told | None = None
    """The latest event about another object that tells of a change here."""
    before: list[Object] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    """When its events came."""

    def add(self, one: Told) -> None:
        self.times.append(one.at)
        self.before += [one.before] if one.before else []
        if one.type:
            self.own = one if self.own is None else max(self.own, one, key=_order)
        else:
            self.mention = one if self.mention is None else max(self.mention, one, key=_order)

    @property
    def latest(self) -> Told:
        """What it was last: whatever is said of another object, one that is deleted stays so."""
        if self.own and (self.mention is None or self.own.deleted or self.own.at >= self.mention.at):
            return self.own
        if self.mention is None:
            raise ValueError("nothing is told")
        return self.mention

    @property
    def thing(self) -> Object:
        return self.latest.thing

    @property
    def at(self) -> int:
        """The time of the latest event."""
        return max(self.times)

    @property
    def first(self) -> int:
        """The time of the earliest event."""
        return min(self.times)

    @property
    def tied(self) -> bool:
        """Whether another event of the same second leaves doubt which is the latest."""
        return self.times.count(self.at) > 1

    @property
    def deleted(self) -> bool:
        return self.latest.deleted

    @property
    def is_the_row(self) -> bool:
        """Whether the event shows the row, and no other event of the object leaves doubt about it."""
        return len(self.times) == 1 and self.latest.current and not self.latest.deleted


def changes(told: Iterable[Told], names: Sequence[str] = ("id",)) -> dict[str, Change]:
    """By object, whatever the order of the events; `names` are the fields that tell it from all others."""
    found: dict[str, Change] = {}
    for one in told:
        key = one.thing["id"] if len(names) == 1 else "/".join(str(one.thing.get(name)) for name in names)
        change = found.get(key)
        if change is None:
            change = found[key] = Change()
        change.add(one)
    return found


def _order(told: Told) -> tuple[int, bool, str]:
    return told.at, told.deleted, told.event_id


class Piece(NamedTuple):
    """What some events tell of the objects of each origin: all of the feed, unless that is too much to keep."""

    told: Mapping[Events, Sequence[Told]]
    closed: tuple[Window, ...]
    """Windows of which nothing more is to come."""
    whole: bool
    """Whether there is no other piece."""
    window: None = None
    """Every follower gets it, and takes what lies in its own windows."""


class EventFeed:
    """Hands each follower what is told of its objects; read once for all of them."""

    def __init__(self, client: Client, followers: Sequence[Follower], longest_seconds: int, room: Room) -> None:
        """No window handed out is longer than `longest_seconds`, but where little happened."""
        self._client = client
        asked: dict[Events, _Asked] = {}
        for follower in followers:
            one = asked.setdefault(follower.origin, _Asked(follower.origin, leading(follower.origin)))
            one.before |= {follower.before} - {""}
            one.whole |= follower.whole
        self._asked: dict[str, list[_Asked]] = {}
        """By the tag of the objects that tell something."""
        for origin, one in asked.items():
            for tag in {origin.object, *(tag for tag, _ in origin.mentions)}:
                self._asked.setdefault(tag, []).append(one)
        wanted: dict[str, list[Wanted]] = {}
        for follower in followers:
            windows = wanted.setdefault(follower.stream, [])
            windows += [Wanted(follower.window)] if Wanted(follower.window) not in windows else []
        self._windows = {stream: merge(one.window for one in windows) for stream, windows in wanted.items()}
        self._all = merge(window for windows in self._windows.values() for window in windows)
        self._told: dict[Events, list[Told]] = {}
        self._weight = 0
        self._closed: list[Window] = []
        self._edges: dict[int, int] = {}
        """By chain that goes on: the second that it was read to."""
        self._handed_out = False
        listing = Listing(PATH, (_params(asked),))
        self.sweep = Sweep(client, listing, wanted, longest_seconds, room, self._digest, most_waiting=MOST_PIECES)

    def pieces(self, stream: str) -> Iterator[Piece]:
        """What a follower is told. Raises StripeError."""
        windows = self._windows.get(stream, ())
        for piece in self.sweep.parts(stream):
            yield piece if windows == self._all else _within(piece, windows)

    def payload(self, told: Told) -> Object:
        """The object as an event shows it, as whole as it can still be had. Raises StripeError."""
        if told.whole or not told.type:
            return told.thing
        event = self._client.get(Endpoint(f"{PATH}/{{id}}", {"id": told.event_id}))
        return event["data"]["object"] if event else told.thing

    def _digest(self, part: Part) -> Iterator[Piece]:
        """What a page tells is kept as long as possible: of an object that changed often one row is enough."""
        for event in part.things:
            thing = event["data"]["object"]
            for asked in (*self._asked.get(thing.get("object"), ()), *self._asked.get(EVENT, ())):
                if told := _told(event, asked):
                    self._told.setdefault(asked.origin, []).append(told)
                    self._weight += WHOLE_WEIGHT if told.whole else 1
        if part.closed:
            self._edges.pop(part.chain, None)
            self._closed.append(part.closed)
        elif part.things:
            # What happened in one second is told together, and the second in which the page ends may go on.
            self._edges[part.chain] = part.things[-1]["created"]
        if self._weight >= MOST_WEIGHT or part.last:
            seconds = set(self._edges.values())
            later = {origin: [one for one in told if one.at in seconds] for origin, told in self._told.items()}
            ready = {origin: [one for one in told if one.at not in seconds] for origin, told in self._told.items()}
            whole, self._handed_out = part.last and not self._handed_out, True
            yield Piece(ready, merge(self._closed), whole)
            self._told, self._weight, self._closed = later, 0, []


@dataclass
class _Asked:
    """What is to be told of the objects of an origin."""

    origin: Events
    leading: frozenset[str]
    before: set[str] = field(default_factory=set)
    """Fields whose earlier content is wanted."""
    whole: bool = False
    """Whether every event's object is wanted as it stands."""


def _within(piece: Piece, windows: Sequence[Window]) -> Piece:
    """What lies in the windows of one follower."""

    def inside(second: int) -> bool:
        return any(window.start <= second < window.end for window in windows)

    told = {origin: [one for one in told if inside(one.at)] for origin, told in piece.told.items()}
    closed = [Window(max(a.start, b.start), min(a.end, b.end)) for a in piece.closed for b in windows]
    return piece._replace(told=told, closed=merge(closed))


def _params(origins: Iterable[Events]) -> Params:
    """A single type may be asked for, with a wildcard; for several the whole feed is read."""
    types = {kind for origin in origins for kind in origin.types}
    only = types - {EVERY} if len(types) == 1 and not any(origin.mentions for origin in origins) else ()
    return tuple(("type", kind) for kind in only)


def _told(event: Object, asked: _Asked) -> Told | None:
    """What an event says about an object of `origin`, if anything.

    It is the object that decides: `charge.refund.updated` carries a refund, `invoice.upcoming` one without an id.
    """
    origin = asked.origin
    if origin.object == EVENT:
        return Told(event["id"], event["created"], "", event, True, True, None, {})
    thing, previous = event["data"]["object"], event["data"].get("previous_attributes") or {}
    version = event.get("api_version")
    for tag, link in origin.mentions:
        if thing.get("object") == tag and (linked := dig(thing, link)):
            leads = {"id": linked, "object": origin.object}
            # Whatever became of the other object, this one has merely changed; it may have held the other.
            held = {name: thing for name in asked.before if name in (tag, f"{tag}s")}
            return Told(event["id"], event["created"], "", leads, False, False, version, held)
    if thing.get("object") != origin.object or not thing.get("id"):
        return None
    if not _is_of(event["type"], origin.types) or not origin.only(event):
        return None
    deleted = event["type"].endswith(GONE)
    current = version == API_VERSION and origin.complete and not origin.expand and _holds_all(thing)
    whole = asked.whole or deleted or current
    if not whole:
        thing = {name: thing.get(name) for name in asked.leading}
    before = {name: previous[name] for name in asked.before if name in previous}
    return Told(event["id"], event["created"], event["type"], thing, whole, current, version, before)


def _holds_all(thing: Mapping[str, object]) -> bool:
    """Whether no list in the object was cut."""
    return not any(isinstance(value, dict) and value.get("has_more") for value in thing.values())


@cache
def _is_of(kind: str, types: tuple[str, ...]) -> bool:
    return any(fnmatchcase(kind, pattern) for pattern in types)


def leading(origin: Events) -> frozenset[str]:
    """The fields that lead to an object: its id, those in its path, and the time it was created."""
    stamp = {origin.listing.stamp} - {""} if origin.listing else set()
    return frozenset({"id", "object"} | stamp | fields_of(origin.retrieve))
