"""When a state that speaks of many accounts is worth its bytes. Pure."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from source_stripe.state.pace import StatePace

PAUSE_SECONDS = 10.0
"""Between two states of a stream that say how far other accounts have come: each of them says it of all."""
LOOK_SECONDS = 1.0
"""How often it is looked which states may be printed: there is something new of some account all the time."""
SMALL_BYTES = 4_096
"""What a stream may say at once when it begins."""


class SharedPace:
    """Of all streams of a sync together. May be used from many threads."""

    def __init__(self, pace: StatePace, clock: Callable[[], float]) -> None:
        """`clock` gives seconds that only grow."""
        self._pace, self._clock, self._began = pace, clock, clock()
        self._pause = PAUSE_SECONDS if pace.pause_seconds else 0.0
        self._look_seconds = LOOK_SECONDS if pace.pause_seconds else 0.0
        self._looked = self._began
        self._last: dict[str, float] = {}
        self._sizes: dict[str, int] = {}
        self._records = self._states = 0
        self._lock = threading.Lock()

    def add_records(self, size: int) -> None:
        """Records of so many bytes are out."""
        with self._lock:
            self._records += size

    def is_due(self) -> bool:
        """Whether it is time to look."""
        now = self._clock()
        if now - self._looked < self._look_seconds:
            return False
        self._looked = now
        return True

    def allows(self, stream: str) -> bool:
        """Whether a stream may say now how far it has come."""
        size, since = self._sizes.get(stream, 0), self._clock() - self._last.get(stream, self._began)
        if since >= self._pace.longest_seconds or math.isinf(self._pace.share):
            return True
        if size <= SMALL_BYTES and stream not in self._last:
            return True
        return since >= self._pause and self._states + size <= self._pace.share * self._records

    def measured(self, stream: str, size: int) -> None:
        """What the state of a stream would take."""
        self._sizes[stream] = size

    def emitted(self, stream: str, size: int) -> None:
        """A state was printed."""
        with self._lock:
            self._sizes[stream], self._last[stream] = size, self._clock()
            self._states += size
