"""When a state is worth being printed: whoever keeps it pays for its bytes as for those of records."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from source_stripe import json_text

MESSAGE_BYTES = 200
"""About what a message takes beside the state in it."""


@dataclass(frozen=True)
class StatePace:
    """How often the states of a stream are printed where something moves, beside the first and the last."""

    pause_seconds: float = 1.0
    """At least so long after the one before."""
    share: float = 0.05
    """All states together have at most that share of the bytes of the records, the last included, which is still to
    come."""
    longest_seconds: float = 300.0
    """After so long one is printed whatever it takes: so much may have to be read again."""


PACE = StatePace()
EVERY_MARK = StatePace(pause_seconds=0.0, share=math.inf)
"""Wherever something moves, for tests that cut a sync at every place."""


class StateBudget:
    """What the records and states of one stream have taken so far. May be used from many threads."""

    def __init__(self, pace: StatePace = PACE) -> None:
        self.pace = pace
        self._records = self._states = self._last = 0
        self._lock = threading.Lock()

    def add_records(self, size: int) -> None:
        """Records of so many bytes are out."""
        with self._lock:
            self._records += size

    def add_state(self, size: int) -> None:
        """A state of so many bytes is out."""
        with self._lock:
            self._states += size
            self._last = size

    def allows(self, grown: int) -> bool:
        """Whether a state may be printed that is so many bytes longer than the one before."""
        with self._lock:
            return math.isinf(self.pace.share) or (
                self._states + 2 * (self._last + grown) <= self.pace.share * self._records
            )


def size_of(state: Mapping[str, object]) -> int:
    """How many bytes the message of a state has, about."""
    return MESSAGE_BYTES + len(json_text.dumps(state))
