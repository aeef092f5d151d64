"""How near the splitter comes to the rate limit, in virtual time: `python -m benchmarks.stealing`.

The list is a sorted array and the clock a number, so that a sync of an hour is simulated in a second.
"""

from __future__ import annotations

import random
import sys
import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import NamedTuple

from source_stripe.listing.splitter import Planned, Scan, Splitter
from source_stripe.windows import DAY, FOREVER, Window

PAGE = 100
BURST_SECONDS = 0.2
YEARS = Window(1_577_836_800, 1_577_836_800 + 6 * 365 * DAY)


class Page(NamedTuple):
    stamps: list[int]
    ids: list[str]
    has_more: bool


class FakeList:
    """A list in the order of `created`, newest first; the id of an object is its index."""

    def __init__(self, stamps: Sequence[int]) -> None:
        self._stamps = sorted(stamps, reverse=True)
        self._negated = [-stamp for stamp in self._stamps]

    def page(self, window: Window, place: str) -> Page:
        first = bisect_left(self._negated, 1 - window.end)
        if place:
            first = max(first, int(place) + 1)
        end = bisect_left(self._negated, 1 - window.start)
        last = min(first + PAGE, end)
        return Page(self._stamps[first:last], [str(index) for index in range(first, last)], last < end)


@dataclass
class Limit:
    """A rate of requests, with a burst of a fifth of a second."""

    rate: float
    _due: float = 0.0

    def ready(self, now: float) -> float:
        return max(now, self._due - BURST_SECONDS)

    def take(self, now: float) -> None:
        self._due = max(self._due, now) + 1 / self.rate


class Line(NamedTuple):
    """What the list is read through: requests per second, seconds for each, and how many may be under way."""

    rate: float
    latency: float
    most: int


@dataclass
class Run:
    """What a simulated reading came to."""

    pages: int
    """Pages that the list would fill, read by a single chain."""
    requests: int = 0
    seconds: float = 0.0
    kept: list[str] = field(default_factory=list)
    closed: list[Window] = field(default_factory=list)
    cpu_seconds: float = 0.0

    @property
    def extra(self) -> int:
        return self.requests - self.pages


def simulate(
    stamps: Sequence[int],
    line: Line,
    *,
    windows: Sequence[Window | Planned] = (YEARS,),
    step_seconds: int = 365 * DAY,
    steals: bool = True,
) -> Run:
    """Read a list of objects created at `stamps` through `line`; a window is cut when a request could be sent, and no
    page is due."""
    fake, splitter, limit = FakeList(stamps), Splitter(windows, step_seconds), Limit(line.rate)
    run = Run(pages=max(1, -(-len(stamps) // PAGE)))
    flights: list[tuple[float, int, Scan, Window, Page]] = []
    now, began = 0.0, time.process_time()
    while not splitter.finished:
        ready = limit.ready(now)
        landing = flights[0][0] if flights else float(FOREVER)
        scan = None
        if len(flights) < line.most and ready <= landing:
            scan = splitter.due() or (splitter.steal() if steals else None)
        if scan:
            now = ready
            limit.take(now)
            run.requests += 1
            page = fake.page(scan.window, scan.after_id)
            heappush(flights, (now + line.latency, run.requests, scan, scan.window, page))
            continue
        now, _, scan, asked, page = heappop(flights)
        kept, closed = splitter.page_received(scan, asked, *page)
        run.kept.extend(page.ids[index] for index in kept)
        if closed:
            run.closed.append(closed)
    run.seconds, run.cpu_seconds = now, time.process_time() - began
    return run


def bursts(count: int, seed: int = 1, whole: Window = YEARS) -> list[int]:
    """A third spread evenly and a third ever denser, as an account grows, and a third in bursts of hours to weeks."""
    random_ = random.Random(seed)
    length = whole.end - whole.start
    stamps = [whole.start + int(random_.random() * length) for _ in range(count // 3)]
    stamps += [whole.start + int(random_.random() ** 0.25 * length) for _ in range(count // 3)]
    peaks = [(whole.start + random_.random() * length, 10 ** random_.uniform(3.5, 6)) for _ in range(40)]
    while len(stamps) < count:
        at, width = random_.choice(peaks)
        stamp = int(random_.gauss(at, width))
        if whole.start <= stamp < whole.end:
            stamps.append(stamp)
    return stamps


def evenly(count: int, whole: Window = YEARS) -> list[int]:
    return [whole.start + index * (whole.end - whole.start) // count for index in range(count)]


def at_once(count: int, whole: Window = YEARS) -> list[int]:
    """Everything imported within a day, five years ago."""
    return [whole.start + 365 * DAY + index * DAY // count for index in range(count)]


TEST, LIVE, LIVE_FAR = Line(25, 0.2, 10), Line(100, 0.2, 20), Line(100, 0.4, 40)


def rows(largest: int) -> Iterator[tuple[str, Run, float]]:
    """What was read and through what, what it came to, and the rate."""
    lists = [
        ("60 evenly", evenly(60)),
        ("150 evenly", evenly(150)),
        ("300 evenly", evenly(300)),
        ("300 in bursts", bursts(300)),
        ("10,000 in bursts", bursts(10_000)),
        ("100,000 in bursts", bursts(100_000)),
        ("100,000 evenly", evenly(100_000)),
        ("100,000 in a day", at_once(100_000)),
        (f"{largest:,} in bursts", bursts(largest)),
    ]
    for name, stamps in lists:
        for line in (TEST, LIVE, LIVE_FAR):
            yield label(name, line), simulate(stamps, line), line.rate
    stamps = bursts(100_000)
    for days in (30, 90):
        run = simulate(stamps, TEST, step_seconds=days * DAY)
        yield label(f"100,000, closed in {days} days", TEST), run, TEST.rate
    yield label("100,000, cut into years only", TEST), simulate(stamps, TEST, steals=False), TEST.rate


def label(name: str, line: Line) -> str:
    return f"{name:28} {line.rate:>4}/s {line.latency:.1f} s {line.most:>3}"


def main(largest: int = 1_000_000) -> None:
    columns = ("pages", "requests", "extra", "seconds", "limit", "ratio", "ms CPU/page")
    print(f"{'objects':28} {'rate':>6} {'':5} {'':>3}", *(f"{column:>11}" for column in columns))
    for name, run, rate in rows(largest):
        limit = run.pages / rate
        extra, ratio = f"{run.extra / run.pages:.1%}", f"{run.seconds / limit:.3f}"
        cpu = f"{1000 * run.cpu_seconds / run.requests:.3f}"
        print(name, f"{run.pages:>11,} {run.requests:>11,} {extra:>11} {run.seconds:>11.1f} {limit:>11.1f}", end=" ")
        print(f"{ratio:>11} {cpu:>11}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
