"""Which pages of a list show many of the wanted objects at once, and which are better read by their ids. Pure.

When an object was created is known from its event, and a list can be asked for what was created before a second. Such a
page begins with the object and shows the 99 below it, many of which are wanted too. M objects of which the share p is
wanted take about M / (1 + 99 p) pages in place of M requests. https://docs.stripe.com/api/pagination
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from source_stripe.windows import Window, merge

FEW = 20
"""Fewer objects than that are read by their ids, but for those that are known to stand side by side."""
LEAST_SHOWN = 2
"""How many wanted objects a page is expected to show at least to be asked for."""
LEAST_YOUNG = 2
"""The same where all objects of the list are wanted, as they were created in the time that the events are of."""
SEGMENT = 250
"""Wanted objects for each page that is asked for beside others."""
MOST_SEGMENTS = 8
"""How many pages are asked for side by side."""
PROBE_EVERY = 16
"""After so many objects that a page was not worth asking for, one is asked for all the same: it brings no fewer than a
read by id, and tells how dense the list is there."""


class Anchor(NamedTuple):
    """A page to ask for."""

    segment: int
    window: Window
    """What was created in it, from its newest object down."""
    places: tuple[str, ...] = ()
    """Ids that an earlier page of the window ended with, after which it goes on; none for its first page."""


@dataclass
class _Segment:
    """A stretch of the wanted objects, newest first, that is read downward."""

    index: int
    end: int
    out: int
    """Everything from its beginning to here is out."""
    start: int = 0
    span: int | None = None
    """The seconds between the first and the last object of its last page."""
    passed: int = 0
    """How many objects were left to be read by id since that page."""
    awaited: bool = False
    """Whether a page is under way."""
    resumed: tuple[Window, tuple[str, ...], int] | None = None
    """The last page, if more follows: its window, the ids it ended with, and the second it ended in."""


@dataclass
class Anchors:
    """Decides how each of some objects is read. Every method is told what has happened; nothing is asked for here."""

    stamps: Mapping[str, int]
    """When each object was created, in Unix seconds; 0 where that is not known."""
    paged: bool
    """Whether a list shows them, and takes times."""
    young_from: int = 0
    """All objects of the list created since then are wanted; 0 where none are known to be."""
    unlisted: frozenset[str] = frozenset()
    """Those that no list shows, as they are deleted."""
    _by_id: deque[str] = field(default_factory=deque, init=False)
    _pages: int = field(default=0, init=False)
    """Pages that were read, and those under way."""
    _shown: int = field(default=0, init=False)
    """Wanted objects that they showed."""
    _thin: bool = field(default=False, init=False)
    """Whether a page showed less of the youngest objects than it should."""

    def __post_init__(self) -> None:
        self._keys = sorted((key for key, stamp in self.stamps.items() if stamp), key=lambda key: -self.stamps[key])
        self._by_id.extend(key for key, stamp in self.stamps.items() if not stamp)
        self._places = {key: place for place, key in enumerate(self._keys)}
        self._left = set(self._keys)
        """Of which it is not decided how they are read."""
        unpaged = self.unlisted if self.paged else self._left.copy()
        self._by_id.extend(key for key in self._keys if key in unpaged)
        self._left -= unpaged
        self._waiting = set(self._by_id)
        """Those to be read by id that nobody has taken yet."""
        self._out = bytearray(len(self._keys))
        self._lowest = self.stamps[self._keys[-1]] if self._keys else 0
        self._young = sum(self.stamps[key] >= self.young_from for key in self._left) if self.young_from else 0
        count = len(self._keys)
        parts = max(1, min(MOST_SEGMENTS, count // SEGMENT)) if self.paged else 1
        # What was created in one second is read in one go.
        edges = [self._second_from(count * part // parts) for part in range(parts + 1)]
        self._segments = [_Segment(start, end, start, start) for start, end in pairwise(edges) if start < end]

    def next_page(self) -> Anchor | None:
        """A page to ask for now, if any. Until it is `page_read`, its segment asks for no other."""
        for number, segment in enumerate(self._segments):
            if segment.awaited:
                continue
            if (anchor := self._next_of(number, segment)) is not None:
                segment.awaited = True
                self._pages += 1
                return anchor
        return None

    def next_by_id(self) -> str | None:
        """An object to read by its id now, if any."""
        while self._by_id:
            key = self._by_id.popleft()
            if key in self._waiting:
                self._waiting.remove(key)
                return key
        return None

    def page_read(self, anchor: Anchor, shown: Sequence[tuple[str, int]], has_more: bool) -> list[str]:
        """What a page shows, each object with the second of its creation; returns those that are wanted and that
        nobody reads otherwise."""
        segment = self._segments[anchor.segment]
        segment.awaited, segment.passed = False, 0
        found = [key for key, _ in shown if key in self._left or key in self._waiting]
        self._left.difference_update(found)
        self._waiting.difference_update(found)
        self._shown += len(found)
        self._young -= sum(self.stamps[key] >= self.young_from for key in found) if self._young else 0
        last = min((stamp for _, stamp in shown), default=anchor.window.start) if has_more else anchor.window.start - 1
        segment.span = max((stamp for _, stamp in shown), default=last) - last
        segment.resumed = (anchor.window, tuple(key for key, _ in shown), last) if has_more and shown else None
        self._thin = self._thin or len(found) < LEAST_YOUNG
        # What the page should have shown and does not is hidden, or gone.
        while segment.index < segment.end and self.stamps[self._keys[segment.index]] > last:
            self._leave(segment)
        return found

    def is_out(self, key: str) -> None:
        """All that is to be taken from an object has been."""
        if (place := self._places.get(key)) is not None:
            self._out[place] = 1

    @property
    def finished(self) -> bool:
        """Whether there is nothing more to ask for."""
        if self._left or self._waiting:
            return False
        return not any(segment.awaited for segment in self._segments)

    @property
    def out(self) -> tuple[Window, ...]:
        """Stretches of the time of creation of which every wanted object is out."""
        return merge(self._stretches())

    def _second_from(self, place: int) -> int:
        """The place at or after another where an older second begins."""
        keys, stamps = self._keys, self.stamps
        while 0 < place < len(keys) and stamps[keys[place]] == stamps[keys[place - 1]]:
            place += 1
        return place

    def _stretches(self) -> Iterator[Window]:
        keys, stamps = self._keys, self.stamps
        for segment in self._segments:
            while segment.out < segment.end and self._out[segment.out]:
                segment.out += 1
            # A second that the next object shares is not out as a whole; nor one that the segment above shares.
            first = stamps[keys[segment.out]] + 1 if segment.out < len(keys) else 0
            end = stamps[keys[segment.start - 1]] if segment.start else stamps[keys[0]] + 1
            if segment.out > segment.start and first < end:
                yield Window(first, end)

    def _next_of(self, number: int, segment: _Segment) -> Anchor | None:
        while segment.index < segment.end:
            key = self._keys[segment.index]
            if key in self._left and self._is_worth(segment):
                # Pages that show nothing are paid by those that showed more than one object.
                if self._pages <= self._shown:
                    return self._anchor(number, segment, self.stamps[key])
                if any(one.awaited for one in self._segments):
                    return None
            self._leave(segment)
        return None

    def _anchor(self, number: int, segment: _Segment, stamp: int) -> Anchor:
        if segment.resumed:
            window, places, last = segment.resumed
            # The second in which the last page ended goes on below it.
            if stamp == last:
                return Anchor(number, window, places)
        return Anchor(number, Window(self._lowest, stamp + 1))

    def _leave(self, segment: _Segment) -> None:
        """The next object of a segment is read by its id, unless it is read already."""
        key = self._keys[segment.index]
        segment.index += 1
        if key in self._left:
            self._left.remove(key)
            self._waiting.add(key)
            self._by_id.append(key)
            segment.passed += 1
            self._young -= self._young > 0 and self.stamps[key] >= self.young_from

    def _is_worth(self, segment: _Segment) -> bool:
        """Whether a page that begins with the next object of a segment is better than reading that by id."""
        stamp = self.stamps[self._keys[segment.index]]
        if self.young_from and stamp >= self.young_from and not self._thin:
            return self._young >= LEAST_YOUNG
        if len(self._keys) < FEW:
            return False
        if segment.span is None or segment.passed >= PROBE_EVERY:
            return True
        wanted = 0
        for key in self._keys[segment.index : segment.index + 4 * LEAST_SHOWN]:
            if self.stamps[key] < stamp - segment.span:
                break
            wanted += key in self._left
        return wanted >= LEAST_SHOWN
