"""Tells how far a sync has come, as a whole and stream by stream: lines in the log, estimates for the platform."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

PAUSE_SECONDS = 10.0
"""Between two lines about the same."""
HONEST_SHARE = 0.02
"""The share of a list from which on what is left can be estimated for others to rely on."""

logger = logging.getLogger("airbyte")


class Parents(NamedTuple):
    """Of a stream whose rows stand in lists below other objects: how many of these lists are out."""

    done: int
    total: float
    """All that there probably are."""


class ProgressSnapshot(NamedTuple):
    """How far a stream has come."""

    records: int
    requests: int
    share: float | None
    """Of what it lists, from 0 to 1; None where it lists nothing."""
    left: float = 0.0
    """Records of the list that are probably still to come."""
    parents: Parents | None = None
    events: float | None = None
    """The share of the events it follows that is read, from 0 to 1; None where it follows none."""

    unknown: bool = False
    """Whether there is a part of it of which nothing is known yet."""

    @property
    def counted(self) -> bool:
        """Whether the records to come are those of a list, of which one can know beforehand how long it is."""
        return self.share is not None and self.events is None and not self.unknown


class Reader(Protocol):
    """A stream, or a member of a union, that is being read."""

    @property
    def emitted(self) -> int:
        """Records that are out."""

    @property
    def requests(self) -> int:
        """Requests sent for it."""

    @property
    def done(self) -> bool:
        """Whether it has ended, well or not."""

    @property
    def failed(self) -> bool:
        """Whether it ends without having been read whole."""

    def snapshot(self) -> ProgressSnapshot | None:
        """None when it is not being read at the moment."""


class Progress:
    """Watches the streams of a sync."""

    def __init__(
        self, clock: Callable[[], float], estimate: Callable[[str, int], None], requests: Callable[[], int]
    ) -> None:
        """`clock` gives seconds that only grow; `estimate` takes how many rows a stream will probably have; `requests`
        tells how many the whole sync has sent."""
        self._clock, self._estimate, self._requests = clock, estimate, requests
        self._streams: Mapping[str, Sequence[Reader]] = {}
        self._begun = self._told = clock()
        self._before = (0, 0)
        """Records and requests when it was told last."""
        self._lock = threading.Lock()

    def watch(self, streams: Mapping[str, Sequence[Reader]]) -> None:
        """The readers of each stream, by its name, beside those that are watched already."""
        known = self._streams
        self._streams = {name: [*known.get(name, ()), *streams.get(name, ())] for name in [*known, *streams]}

    def tick(self) -> None:
        """Something has come; tell of all streams, if it is time to. Not for the thread that reads the messages."""
        with self._lock:
            now = self._clock()
            seconds = now - self._told
            if seconds < PAUSE_SECONDS:
                return
            self._told = now
        self._tell_all(seconds)
        for name, readers in self._streams.items():
            if snapshot := together(readers):
                logger.info(f"{name}: {sentence(snapshot, now - self._begun)}")
                if snapshot.counted and (snapshot.share or 0) >= HONEST_SHARE:
                    self._estimate(name, snapshot.records + round(snapshot.left))

    def _tell_all(self, seconds: float) -> None:
        """One line for the whole sync, with its pace in the last `seconds`."""
        streams = self._streams.values()
        records, requests = sum(one.emitted for readers in streams for one in readers), self._requests()
        before, self._before = self._before, (records, requests)
        paces = [(now - then) / seconds for now, then in zip(self._before, before, strict=True)]
        ended = [readers for readers in streams if all(one.done for one in readers)]
        failed = sum(any(one.failed for one in readers) for readers in ended)
        logger.info(
            f"All streams: {len(ended):,} of {len(streams):,} done{f', {failed:,} of them failed' if failed else ''}, "
            f"{records:,} records, {requests:,} requests, {paces[0]:,.0f} records/s, {paces[1]:,.1f} requests/s"
        )


def together(readers: Sequence[Reader]) -> ProgressSnapshot | None:
    """How far the readers of one stream have come; None where none is being read."""
    running = [snapshot for one in readers if (snapshot := one.snapshot())]
    if not running:
        return None
    done = sum(one.done for one in readers)
    parents = [one.parents for one in running if one.parents]
    return ProgressSnapshot(
        sum(one.emitted for one in readers),
        sum(one.requests for one in readers),
        _mean([one.share for one in running], done),
        sum(one.left for one in running),
        Parents(sum(one.done for one in parents), sum(one.total for one in parents)) if parents else None,
        _mean([one.events for one in running], done),
        # The least of several says how far one may rely on their sum.
        len(readers) > 1 and any((one.share or 0) < HONEST_SHARE for one in running),
    )


def _mean(shares: Sequence[float | None], done: int) -> float | None:
    known = [share for share in shares if share is not None]
    return (sum(known) + done) / (len(known) + done) if known else None


def sentence(snapshot: ProgressSnapshot, elapsed_seconds: float) -> str:
    """`120,000 records, 1,210 requests, 48 % of the time range, about 130,000 records left, 54 s at this pace`."""
    said = f"{snapshot.records:,} records, {snapshot.requests:,} requests"
    if snapshot.parents:
        about = "about " if (snapshot.share or 0) < 1 else ""
        said += f", lists of {snapshot.parents.done:,} of {about}{snapshot.parents.total:,.0f} parents"
    elif snapshot.share is not None:
        said += f", {_percent(snapshot.share)} of the time range"
    if snapshot.events is not None:
        said += f", {_percent(snapshot.events)} of the events read"
    if snapshot.counted and snapshot.records and (snapshot.share or 0) < 1:
        seconds = snapshot.left * elapsed_seconds / snapshot.records
        said += f", about {snapshot.left:,.0f} records left, {_duration(seconds)} at this pace"
    return said


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
