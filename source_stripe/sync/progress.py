"""Tells how far the streams have come: a line in the log and an estimate for the platform, every ten seconds."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

PAUSE_SECONDS = 10.0
"""Between two lines about a stream."""
HONEST_SHARE = 0.02
"""The share of the time range from which on what is left can be estimated for others to rely on."""

logger = logging.getLogger("airbyte")


class ProgressSnapshot(NamedTuple):
    """How far a stream has come."""

    records: int
    requests: int
    share: float
    """Of the time range, from 0 to 1."""
    left: float
    """Records that are probably still to come."""
    counted: bool
    """Whether the records to come are those of a list, of which one can know beforehand how long it is."""


class Running(Protocol):
    """A stream that is being read."""

    name: str

    def snapshot(self) -> ProgressSnapshot | None:
        """None when it is not being read at the moment."""


class Progress:
    """Watches the streams of a sync."""

    def __init__(self, clock: Callable[[], float], estimate: Callable[[str, int], None]) -> None:
        """`clock` gives seconds that only grow; `estimate` takes how many rows a stream will probably have."""
        self._clock, self._estimate = clock, estimate
        self._streams: tuple[Running, ...] = ()
        self._begun = self._told = clock()
        self._lock = threading.Lock()

    def watch(self, streams: Iterable[Running]) -> None:
        self._streams = tuple(streams)

    def tick(self) -> None:
        """Something has come; tell of all streams, if it is time to. Not for the thread that reads the messages."""
        with self._lock:
            now = self._clock()
            if now - self._told < PAUSE_SECONDS:
                return
            self._told = now
        for stream in self._streams:
            if snapshot := stream.snapshot():
                logger.info(f"{stream.name}: {sentence(snapshot, now - self._begun)}")
                if snapshot.counted and snapshot.share >= HONEST_SHARE:
                    self._estimate(stream.name, snapshot.records + round(snapshot.left))


def sentence(snapshot: ProgressSnapshot, elapsed_seconds: float) -> str:
    """`120,000 records, 1,210 requests, 48 % of the time range, about 130,000 records left, 54 s at this pace`."""
    said = f"{snapshot.records:,} records, {snapshot.requests:,} requests, {snapshot.share:.0%} of the time range"
    said = said.replace("%", " %")
    if snapshot.counted and snapshot.records and snapshot.share < 1:
        seconds = snapshot.left * elapsed_seconds / snapshot.records
        said += f", about {snapshot.left:,.0f} records left, {_duration(seconds)} at this pace"
    return said


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
