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
    """A window to read. Where it was begun before, the filters before `filter_index` are done, and that one goes on
    after the id `after_id`."""

    window: Window
    after_id: str = ""
    filter_index: int = 0


class Received(NamedTuple):
    """What a page brought: the indexes of the objects that count, in the order of the page, and the window it closes.

    The objects left out belong to a window that was cut off while the page was under way, and that will bring them.
    """

    kept: Sequence[int]
    closed: Window | None


@dataclass(eq=False, slots=True)
class Scan:
    """Pages of one window, one after the other; as a `Planned` it can be gone on with by another run."""

    key: int
    window: Window
    """What it still has to answer for; its start may be raised while a page is under way."""
    after_id: str
    """The id to go on after; empty at the beginning of a filter."""
    filter_index: int
    """Which of the list's filters is being read; those before have been read for the whole window."""
    low_watermark: int
    """The smallest time seen under this filter, the end of the window as long as there is none."""
    blind: bool
    """Whether no page of this filter is back in this run: where its objects are, and what was seen before its place, is
    unknown, so it is not cut."""

    @property
    def unread(self) -> Window:
        """Where its objects not yet seen are expected in this filter."""
        return Window(self.window.start, self.low_watermark)


class Splitter:
    """Hands out the pages to ask for, and takes them in. Not for several threads at once.

    A scan that `due` or `steal` hands out is under way until `page_received` is called with it. Its request is sent
    with the window it has at that time, and `page_received` is told which that was.
    """

    def __init__(
        self, windows: Iterable[Window | Planned], step_seconds: int, *, filters: int = 1, cuttable: bool = True
    ) -> None:
        """`windows` are disjoint. Windows close at the multiples of `step_seconds` if there is more than a page to
        read. `filters` is the number of filters each window is read with; a list that takes no times is not `cuttable`,
        it has one window."""
        self._step, self._cuttable = step_seconds, cuttable
        self._filters = [_Filter() for _ in range(filters)]
        self._page = 1
        self._keys = 0
        self._due: list[tuple[float, int, Scan]] = []
        self._in_flight: dict[int, Scan] = {}
        self._open: dict[int, Scan] = {}
        self._seconds = 0
        for one in windows:
            window, after_id, filter_index = one if isinstance(one, Planned) else Planned(one)
            if window.start < window.end:
                self._seconds += window.end - window.start
                self._await(self._begin(window, filter_index, after_id))

    def due(self) -> Scan | None:
        """A scan whose next page can be asked for now: the one with the most left, as far as was known when it became
        due; None if all are under way, or done."""
        if not self._due:
            return None
        return self._fly(heappop(self._due)[-1])

    def steal(self) -> Scan | None:
        """For when nothing is due and a request could be sent: the older half of what is left of the window with the
        most left, as a scan of its own; None if no window is worth cutting, or too little is known."""
        best, most = None, WORTH_PAGES * self._page
        for scan in self._in_flight.values() if self._cuttable else ():
            known = self._filters[scan.filter_index]
            # Slow start: a full page permits one cut, since one alone tells next to nothing of how much is left.
            if not scan.blind and known.cuts < known.full and scan.window.end - scan.window.start > 1:
                # The page under way is not to be taken from.
                rest = known.density.count(scan.unread) - self._page
                if rest > most:
                    best, most = scan, rest
        if best is None:
            return None
        middle = self._filters[best.filter_index].density.middle(best.unread, most / 2)
        return self._fly(
            self._cut(best, max(best.window.start + 1, min(middle, best.low_watermark, best.window.end - 1)))
        )

    def page_received(
        self, scan: Scan, asked: Window, stamps: Sequence[int], ids: Sequence[str], has_more: bool
    ) -> Received:
        """The page of `scan` that was asked for with the window `asked` is back: the times and the ids of its objects,
        and whether the list has more of them."""
        del self._in_flight[scan.key]
        self._learn(scan, asked, stamps, has_more)
        start = scan.window.start
        kept: Sequence[int] = range(len(ids))
        if asked.start < start:
            kept = [index for index, stamp in enumerate(stamps) if stamp >= start]
        if not has_more:
            return Received(kept, self._end_filter(scan))
        if kept:
            scan.after_id, scan.blind = ids[kept[-1]], False
            scan.low_watermark = max(start, min(scan.low_watermark, *(stamps[index] for index in kept)))
            self._trim(scan)
        self._await(scan)
        return Received(kept, None)

    @property
    def finished(self) -> bool:
        """Whether every window is closed."""
        return not self._open

    def share(self) -> float:
        """The share of the planned time that is read, from 0 to 1; it never falls."""
        unread = 0.0
        for scan in self._open.values():
            window, filters_after = scan.window, len(self._filters) - 1 - scan.filter_index
            unread += (scan.low_watermark - window.start) + (window.end - window.start) * filters_after
        return 1 - unread / len(self._filters) / self._seconds if self._seconds else 1.0

    def left(self) -> float:
        """The estimated number of objects not yet seen; 0 as long as no page is back."""
        return sum(self._left(scan) for scan in self._open.values())

    def _left(self, scan: Scan) -> float:
        later = self._filters[scan.filter_index + 1 :]
        here = self._filters[scan.filter_index].density.count(scan.unread)
        return here + sum(one.density.count(scan.window) for one in later)

    def _begin(self, window: Window, filter_index: int, after_id: str = "") -> Scan:
        self._keys += 1
        scan = Scan(self._keys, window, after_id, filter_index, window.end, True)
        self._open[scan.key] = scan
        return scan

    def _await(self, scan: Scan) -> None:
        """The next page of `scan` is due; where nothing is known the longest window comes first, before all others."""
        known = self._filters[scan.filter_index].density.known
        rest = self._left(scan) if known else float(scan.window.end - scan.window.start)
        heappush(self._due, (-rest, scan.key, scan))

    def _fly(self, scan: Scan) -> Scan:
        self._in_flight[scan.key] = scan
        return scan

    def _cut(self, scan: Scan, at: int) -> Scan:
        """Leave what lies before `at` to a new scan; filters before this one are read for that part too."""
        older = self._begin(Window(scan.window.start, at), scan.filter_index)
        scan.window = Window(at, scan.window.end)
        self._filters[scan.filter_index].cuts += 1
        return older

    def _trim(self, scan: Scan) -> None:
        """Leave to a new scan what lies before the slice that `scan` is in."""
        # Objects of the future lie beyond the end, and are brought by the newest slice.
        slice_start = min(scan.low_watermark, scan.window.end - 1) // self._step * self._step
        if self._cuttable and slice_start > scan.window.start:
            self._await(self._cut(scan, slice_start))

    def _end_filter(self, scan: Scan) -> Window | None:
        """There is no more in this filter; the window if that was the last."""
        if scan.filter_index + 1 == len(self._filters):
            del self._open[scan.key]
            return scan.window
        scan.filter_index, scan.after_id, scan.low_watermark, scan.blind = (
            scan.filter_index + 1,
            "",
            scan.window.end,
            True,
        )
        self._await(scan)
        return None

    def _learn(self, scan: Scan, asked: Window, stamps: Sequence[int], has_more: bool) -> None:
        """Take the page as a sample of the density of the stretch it covers."""
        known = self._filters[scan.filter_index]
        known.full += has_more
        if has_more:
            self._page = max(self._page, len(stamps))
        past = [stamp for stamp in stamps if stamp < scan.window.end]
        newest = max(past, default=asked.start - 1) + 1
        end = newest if scan.blind and scan.after_id else max(scan.low_watermark, newest)
        known.density.learn(Window(min(past, default=end) if has_more else asked.start, end), len(past))


@dataclass(slots=True)
class _Filter:
    """What is known of the list under one of its filters."""

    density: Density = field(default_factory=Density)
    full: int = 0
    """Pages seen after which there was more."""
    cuts: int = 0
    """Chains begun by cutting one."""
