"""The account the stand-in serves: lists in the order of `created`, asked as Stripe's API is asked. Pure."""

from __future__ import annotations

import random
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import NamedTuple, Protocol

from benchmarks import objects
from benchmarks.objects import Kind, listed

DAY = 86_400
YEARS = 6
MOST_ON_A_PAGE, USUALLY_ON_A_PAGE = 100, 10
IN_BURSTS = 0.8
BURST_SECONDS = 600
Query = Sequence[tuple[str, str]]


class Refused(Exception):
    """A request that Stripe would refuse; the message is for the one who sent it."""

    def __init__(self, message: str, status: int = 400, code: str = "", param: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.param = status, code, param


class Shelf(Protocol):
    """Objects that are listed under one path."""

    path: str

    def __len__(self) -> int: ...
    def stamp(self, place: int) -> int:
        """When the object at a place was created; the newest is at 0."""

    def place(self, id: str) -> int | None: ...
    def write(self, place: int, expand: frozenset[str], version: str) -> bytes: ...


def evenly(count: int, start: int, end: int) -> array[int]:
    """Seconds from `start` to `end`, newest first."""
    return array("q", (start + (end - start) * number // count for number in range(count - 1, -1, -1)))


def in_bursts(count: int, start: int, end: int, seed: int) -> array[int]:
    """Eight of ten in the ten minutes after midnight of the first of each month, when subscriptions renew."""
    chance = random.Random(seed)
    days = range(start // DAY * DAY + DAY, end - DAY, DAY)
    months = [second for second in days if datetime.fromtimestamp(second, UTC).day == 1]
    seconds = [
        chance.choice(months) + chance.randrange(BURST_SECONDS)
        if months and chance.random() < IN_BURSTS
        else chance.randrange(start, end)
        for _ in range(count)
    ]
    return array("q", sorted(seconds, reverse=True))


class Objects:
    """All objects of a type. Their numbers count from the oldest."""

    def __init__(self, kind: Kind, stamps: Sequence[int]) -> None:
        self.kind, self.path, self._stamps = kind, kind.path, stamps

    def __len__(self) -> int:
        return len(self._stamps)

    def stamp(self, place: int) -> int:
        return self._stamps[place]

    def place(self, id: str) -> int | None:
        number = self.kind.number(id)
        return None if number is None or number >= len(self) else len(self) - 1 - number

    def write(self, place: int, expand: frozenset[str], version: str) -> bytes:
        return self.kind.write(len(self) - 1 - place, self._stamps[place], expand)


def one_in_so_many(count: int, of: int) -> Sequence[int]:
    """So many places of a list, as far apart as can be."""
    return [place * max(1, of // max(1, count)) % max(1, of) for place in range(count)]


def at_random(count: int, of: int, seed: int) -> Sequence[int]:
    """Any places of a list, each once."""
    return random.Random(seed).sample(range(of), min(count, of))


def mostly_young(count: int, of: int, seed: int) -> Sequence[int]:
    """Places of a list, each once, the more the newer: half of them in the newest fifteenth or so."""
    chance, places = random.Random(seed), dict[int, None]()
    while len(places) < min(count, of):
        place = int(chance.expovariate(1) * of / 10)
        if place < of:
            places[place] = None
    return [*places]


class Events:
    """The event feed: each tells of another object, as long as there are enough."""

    path = "/v1/events"

    def __init__(
        self, type: str, about: Objects | None, stamps: Sequence[int], version: str, subjects: Sequence[int]
    ) -> None:
        """`version` is the API version of the payloads; that of the request where it is empty. `subjects` are the
        places of the objects that the events are about."""
        self.type, self._about, self._stamps, self._version = type, about, stamps, version
        self._subjects = subjects

    def __len__(self) -> int:
        return len(self._stamps) if self._about else 0

    def stamp(self, place: int) -> int:
        return self._stamps[place]

    def place(self, id: str) -> int | None:
        digits = id.removeprefix(objects.EVENT_PREFIX)
        number = int(digits) if digits.isdigit() else len(self)
        return len(self) - 1 - number if number < len(self) else None

    def write(self, place: int, expand: frozenset[str], version: str) -> bytes:
        if not self._about:
            raise IndexError(place)
        thing = self._about.write(self.subject(place), frozenset(), version)
        number = len(self) - 1 - place
        return objects.event(number, self._stamps[place], self.type, self._version or version, thing)

    def subject(self, place: int) -> int:
        """The place of the object that the event is about."""
        return self._subjects[place % len(self._subjects)]


class Page(NamedTuple):
    first: int
    end: int
    more: bool


def bounds(shelf: Shelf, query: Query) -> tuple[int, int]:
    """The places that the bounds of `created` leave. Raises Refused."""
    low, high = 0, len(shelf)
    for name, value in query:
        if not name.startswith("created"):
            continue
        if not value.isdigit():
            raise Refused(f"Invalid integer: {value}", param=name)
        second = int(value)
        if name in ("created[lt]", "created[lte]", "created"):
            low = max(low, _before(shelf, second + (name != "created[lt]")))
        if name in ("created[gt]", "created[gte]", "created"):
            high = min(high, _before(shelf, second + (name == "created[gt]")))
    return low, max(low, high)


def _before(shelf: Shelf, second: int) -> int:
    """The first place of what was created before `second`."""
    return bisect_left(range(len(shelf)), 1 - second, key=lambda place: -shelf.stamp(place))


def page(shelf: Shelf, query: Query) -> Page:
    """The places of a page. Raises Refused."""
    given = dict(query)
    low, high = bounds(shelf, query)
    if isinstance(shelf, Events) and not _tells_of(shelf.type, query):
        high = low
    if after := given.get("starting_after"):
        place = shelf.place(after)
        if place is None:
            raise Refused(f"No such object: '{after}'", 400, "resource_missing", "starting_after")
        low = max(low, place + 1)
    if "ending_before" in given:
        raise Refused("This stand-in pages forward only.", param="ending_before")
    end = max(low, min(high, low + limit(given)))
    return Page(low, end, end < high)


def limit(given: Mapping[str, str]) -> int:
    """How many objects are asked for. Raises Refused."""
    asked = given.get("limit", str(USUALLY_ON_A_PAGE))
    if not asked.isdigit() or not 1 <= int(asked) <= MOST_ON_A_PAGE:
        raise Refused(f"Invalid limit: {asked}", param="limit")
    return int(asked)


def _tells_of(type: str, query: Query) -> bool:
    wanted = [value for name, value in query if name == "type" or name.startswith("types[")]
    return not wanted or any(fnmatchcase(type, pattern) for pattern in wanted)


def expanded(query: Query) -> frozenset[str]:
    return frozenset(value.removeprefix("data.") for name, value in query if name.startswith("expand["))


def write_page(shelf: Shelf, query: Query, version: str) -> bytes:
    """The answer to a list request. Raises Refused."""
    first, end, more = page(shelf, query)
    expand = expanded(query)
    data = objects.SEPARATOR.join([shelf.write(place, expand, version) for place in range(first, end)])
    return listed(data, more=more, url=shelf.path)


def write_children(children: Sequence[bytes], ids: Iterable[str], query: Query, url: str) -> bytes:
    """The answer to a request for the list under a parent. Raises Refused."""
    given, first = dict(query), 0
    if after := given.get("starting_after"):
        known = list(ids)
        if after not in known:
            raise Refused(f"No such object: '{after}'", 400, "resource_missing", "starting_after")
        first = known.index(after) + 1
    end = first + limit(given)
    return listed(objects.SEPARATOR.join(children[first:end]), more=end < len(children), url=url)
