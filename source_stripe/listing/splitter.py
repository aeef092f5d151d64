"""Which page of a list to ask for next: windows are read side by side, and cut in two when nothing is due. Pure.

A list is newest first, and the pages of one window come one after the other; speed comes from reading several windows
at once. Nobody knows beforehand where the objects are, so it begins with what is planned, and cuts as it learns.

What is kept never depends on the order of the list: a window is closed by an answer that has no more, and windows are
disjoint. Order only tells where to cut: below all that was seen, so that nothing seen is read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import NamedTuple

from source_stripe.listing.density import Density
from source_stripe.windows import Window

WORTH_PAGES = 1.0
"""How many pages must be left, beside the one under way, for a window to be worth cutting."""


class Planned(NamedTuple):
    """A window to read; if it was begun before, its lanes before `lane` are done, that goes on after the id `place`."""

    window: Window
    place: str = ""
    lane: int = 0


class Landed(NamedTuple):
    """What a page brought: the indexes of the objects that count, in the order of the page, and the window it closes.

    The objects left out belong to a window that was cut off while the page was under way, and that will bring them.
    """

    kept: Sequence[int]
    closed: Window | None


@dataclass(eq=False, slots=True)
class Chain:
    """Pages of one window, one after the other; as a `Planned` it can be gone on with by another run."""

    key: int
    window: Window
    """What it still has to answer for; its start may be raised while a page is under way."""
    place: str
    """The id to go on after; empty at the beginning of a lane."""
    lane: int
    """Which of the list's filters is being read; those before have been read for the whole window."""
    edge: int
    """The smallest stamp seen in this lane, the end of the window as long as there is none."""
    blind: bool
    """Whether no page of this lane is back in this run: where its objects are, and what was seen before its place, is
    unknown, so it is not cut."""

    @property
    def unread(self) -> Window:
        """Where its objects not yet seen are expected in this lane."""
        return Window(self.window.start, self.edge)


class Splitter:
    """Hands out the pages to ask for, and takes them in. Not for several threads at once.

    A chain that `due` or `steal` hands out is under way until `landed` or `released` is called with it. Its request is
    sent with the window it has at that time, and `landed` is told which that was.
    """

    def __init__(
        self, windows: Iterable[Window | Planned], step_seconds: int, *, lanes: int = 1, cuttable: bool = True
    ) -> None:
        """`windows` are disjoint. Windows close at the multiples of `step_seconds` if there is more than a page to
        read. `lanes` is the number of filters each window is read with; a list that takes no times is not `cuttable`,
        it has one window."""
        self._step, self._cuttable = step_seconds, cuttable
        self._lanes = [_Lane() for _ in range(lanes)]
        self._page = 1
        self._keys = 0
        self._due: list[tuple[float, int, Chain]] = []
        self._flying: dict[int, Chain] = {}
        self._open: dict[int, Chain] = {}
        self._seconds = 0
        for one in windows:
            window, place, lane = one if isinstance(one, Planned) else Planned(one)
            if window.start < window.end:
                self._seconds += window.end - window.start
                self._await(self._begin(window, lane, place))

    def due(self) -> Chain | None:
        """A chain whose next page can be asked for now: the one with the most left, as far as was known when it became
        due; None if all are under way, or done."""
        if not self._due:
            return None
        return self._fly(heappop(self._due)[-1])

    def steal(self) -> Chain | None:
        """For when nothing is due and a request could be sent: the older half of what is left of the window with the
        most left, as a chain of its own; None if no window is worth cutting, or too little is known."""
        best, most = None, WORTH_PAGES * self._page
        for chain in self._flying.values() if self._cuttable else ():
            lane = self._lanes[chain.lane]
            # Slow start: a full page permits one cut, since one alone tells next to nothing of how much is left.
            if not chain.blind and lane.cuts < lane.full and chain.window.end - chain.window.start > 1:
                rest = lane.density.count(chain.unread) - self._page  # the page under way is not to be taken from
                if rest > most:
                    best, most = chain, rest
        if best is None:
            return None
        middle = self._lanes[best.lane].density.middle(best.unread, most / 2)
        return self._fly(self._cut(best, max(best.window.start + 1, min(middle, best.edge, best.window.end - 1))))

    def landed(self, chain: Chain, asked: Window, stamps: Sequence[int], ids: Sequence[str], has_more: bool) -> Landed:
        """The page of `chain` that was asked for with the window `asked` is back: the times and the ids of its objects,
        and whether the list has more of them."""
        del self._flying[chain.key]
        self._learn(chain, asked, stamps, has_more)
        start = chain.window.start
        kept: Sequence[int] = range(len(ids))
        if asked.start < start:
            kept = [index for index, stamp in enumerate(stamps) if stamp >= start]
        if not has_more:
            return Landed(kept, self._end_lane(chain))
        if kept:
            chain.place, chain.blind = ids[kept[-1]], False
            chain.edge = max(start, min(chain.edge, *(stamps[index] for index in kept)))
            self._trim(chain)
        self._await(chain)
        return Landed(kept, None)

    def released(self, chain: Chain) -> None:
        """The request did not succeed: the page is due again."""
        del self._flying[chain.key]
        self._await(chain)

    @property
    def finished(self) -> bool:
        """Whether every window is closed."""
        return not self._open

    def unfinished(self) -> tuple[Planned, ...]:
        """What another run has to read, after what has landed in this one."""
        return tuple(Planned(chain.window, chain.place, chain.lane) for chain in self._open.values())

    def share(self) -> float:
        """The share of the planned time that is read, from 0 to 1; it never falls."""
        unread = 0.0
        for chain in self._open.values():
            window, lanes_after = chain.window, len(self._lanes) - 1 - chain.lane
            unread += (chain.edge - window.start) + (window.end - window.start) * lanes_after
        return 1 - unread / len(self._lanes) / self._seconds if self._seconds else 1.0

    def left(self) -> float:
        """The estimated number of objects not yet seen; 0 as long as no page is back."""
        return sum(self._left(chain) for chain in self._open.values())

    def _left(self, chain: Chain) -> float:
        later = self._lanes[chain.lane + 1 :]
        here = self._lanes[chain.lane].density.count(chain.unread)
        return here + sum(lane.density.count(chain.window) for lane in later)

    def _begin(self, window: Window, lane: int, place: str = "") -> Chain:
        self._keys += 1
        chain = Chain(self._keys, window, place, lane, window.end, True)
        self._open[chain.key] = chain
        return chain

    def _await(self, chain: Chain) -> None:
        """The next page of `chain` is due; where nothing is known the longest window comes first, before all others."""
        known = self._lanes[chain.lane].density.known
        rest = self._left(chain) if known else float(chain.window.end - chain.window.start)
        heappush(self._due, (-rest, chain.key, chain))

    def _fly(self, chain: Chain) -> Chain:
        self._flying[chain.key] = chain
        return chain

    def _cut(self, chain: Chain, at: int) -> Chain:
        """Leave what lies before `at` to a new chain; lanes before this one are read for that part too."""
        older = self._begin(Window(chain.window.start, at), chain.lane)
        chain.window = Window(at, chain.window.end)
        self._lanes[chain.lane].cuts += 1
        return older

    def _trim(self, chain: Chain) -> None:
        """Leave to a new chain what lies before the slice that `chain` is in."""
        # Objects of the future lie beyond the end, and are brought by the newest slice.
        slice_start = min(chain.edge, chain.window.end - 1) // self._step * self._step
        if self._cuttable and slice_start > chain.window.start:
            self._await(self._cut(chain, slice_start))

    def _end_lane(self, chain: Chain) -> Window | None:
        """There is no more in this lane; the window if that was the last."""
        if chain.lane + 1 == len(self._lanes):
            del self._open[chain.key]
            return chain.window
        chain.lane, chain.place, chain.edge, chain.blind = chain.lane + 1, "", chain.window.end, True
        self._await(chain)
        return None

    def _learn(self, chain: Chain, asked: Window, stamps: Sequence[int], has_more: bool) -> None:
        """Take the page as a sample of the density of the stretch it covers."""
        lane = self._lanes[chain.lane]
        lane.full += has_more
        if has_more:
            self._page = max(self._page, len(stamps))
        past = [stamp for stamp in stamps if stamp < chain.window.end]
        newest = max(past, default=asked.start - 1) + 1
        end = newest if chain.blind and chain.place else max(chain.edge, newest)
        lane.density.learn(Window(min(past, default=end) if has_more else asked.start, end), len(past))


@dataclass(slots=True)
class _Lane:
    """What is known of the list under one of its filters."""

    density: Density = field(default_factory=Density)
    full: int = 0
    """Pages seen after which there was more."""
    cuts: int = 0
    """Chains begun by cutting one."""
