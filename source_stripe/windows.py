"""Half-open intervals of whole seconds: `Window(start, end)` holds start, and all up to but not including end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

DAY = 86_400
FOREVER = 1 << 40
"""The end of a window that has none."""


class Window(NamedTuple):
    """The seconds from `start` to just before `end`, in Unix time."""

    start: int
    end: int


class Wanted(NamedTuple):
    """A window that a stream has yet to read, and how far it has come in it."""

    window: Window
    after_id: str = ""
    """The object after which the rest of the window follows; where the list says itself how it goes on, its words."""
    created: int = 0
    """When that was created."""
    filter_index: int = 0
    """Which of the list's filters is being read; those before it are done for the whole window."""
    filter: str = ""
    """That filter as a query string, where it is not the first: filters come and go, and others get their number."""


def split(whole: Window, step_seconds: int) -> Iterator[Window]:
    """Cut at the multiples of `step_seconds`, so that two streams cut alike; oldest first."""
    start = whole.start
    while start < whole.end:
        cut = min(whole.end, (start // step_seconds + 1) * step_seconds)
        yield Window(start, cut)
        start = cut


def split_at(whole: Window, cuts: Iterable[int]) -> Iterator[Window]:
    """Cut at those of `cuts` that lie inside; oldest first."""
    start = whole.start
    for cut in sorted({*cuts, whole.end}):
        if start < cut <= whole.end:
            yield Window(start, cut)
            start = cut


def merge(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Join what touches or overlaps, drop what is empty; oldest first."""
    merged: list[Window] = []
    for window in sorted(windows):
        if window.start >= window.end:
            continue
        if merged and window.start <= merged[-1].end:
            merged[-1] = Window(merged[-1].start, max(merged[-1].end, window.end))
        else:
            merged.append(window)
    return tuple(merged)


def gaps(whole: Window, done: Iterable[Window]) -> tuple[Window, ...]:
    """What is left of `whole` once `done` is taken away; oldest first."""
    left: list[Window] = []
    start = whole.start
    for window in merge(done):
        if window.start >= whole.end:
            break
        if window.start > start:
            left.append(Window(start, window.start))
        start = max(start, window.end)
    if start < whole.end:
        left.append(Window(start, whole.end))
    return tuple(left)
