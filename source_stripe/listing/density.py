"""How dense a list is: an estimate from the pages that were read."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from math import exp, expm1, log, log1p

from source_stripe.windows import Window

MOST_SAMPLES = 256
"""How many samples of the density are kept."""
EMPTY = 0.05
"""How many objects a stretch without any counts as, so that its density has a logarithm."""


class Density:
    """How many objects there are at a time: its logarithm is linear between samples, and constant beyond them."""

    def __init__(self) -> None:
        self._at: list[float] = []
        self._logs: list[float] = []
        self._areas: list[float] = []
        """Objects from the sample before to each sample."""
        self._sums: list[float] = []
        """Objects from the first sample to each sample."""

    @property
    def known(self) -> bool:
        return bool(self._at)

    def learn(self, window: Window, objects: int) -> None:
        """There are so many objects in a window. Of too many samples the two nearest, in objects, become their mean."""
        seconds = window.end - window.start
        if seconds <= 0:
            return
        at = window.start + seconds / 2
        index = bisect_right(self._at, at)
        self._put(index, index, at, log(max(objects, EMPTY) / seconds))
        if len(self._at) > MOST_SAMPLES:
            last = self._areas.index(min(self._areas[1:]), 1)
            at, rate = sum(self._at[last - 1 : last + 1]) / 2, sum(self._logs[last - 1 : last + 1]) / 2
            self._put(last - 1, last + 1, at, rate)
        self._sums = list(accumulate(self._areas))

    def count(self, window: Window) -> float:
        """The estimated number of objects in a window; 0 where nothing is known."""
        return self._before(window.end) - self._before(window.start) if self._at else 0.0

    def middle(self, window: Window, objects: float) -> int:
        """The second of a window before which it is estimated to hold so many objects."""
        total = self._before(window.start) + objects
        index = bisect_right(self._sums, total)
        if index in (0, len(self._sums)):
            end = max(0, index - 1)
            return int(self._at[end] + (total - self._sums[end]) / exp(self._logs[end]))
        rate, slope = exp(self._logs[index - 1]), self._slope(index)
        ratio = (total - self._sums[index - 1]) / rate
        growth = max(ratio * slope, -1 + 1e-12)
        return int(self._at[index - 1] + (log1p(growth) / slope if abs(growth) > 1e-9 else ratio))

    def _before(self, second: float) -> float:
        """The objects from the first sample to `second`; negative before it."""
        index = bisect_right(self._at, second)
        if index in (0, len(self._at)):
            end = max(0, index - 1)
            return self._sums[end] + (second - self._at[end]) * exp(self._logs[end])
        return self._sums[index - 1] + self._area(index, second - self._at[index - 1])

    def _put(self, first: int, last: int, at: float, rate: float) -> None:
        """Replace the samples from `first` to before `last` by one."""
        self._at[first:last], self._logs[first:last], self._areas[first:last] = [at], [rate], [0.0]
        for index in range(first, min(first + 2, len(self._at))):
            self._areas[index] = self._area(index, self._at[index] - self._at[index - 1]) if index else 0.0

    def _area(self, index: int, seconds: float) -> float:
        """The objects in the first `seconds` after the sample before `index`."""
        rate, growth = exp(self._logs[index - 1]), self._slope(index) * seconds
        return rate * seconds * (expm1(growth) / growth if abs(growth) > 1e-9 else 1.0)

    def _slope(self, index: int) -> float:
        seconds = self._at[index] - self._at[index - 1]
        return (self._logs[index] - self._logs[index - 1]) / seconds if seconds > 0 else 0.0
