"""Reads one stream: its records go out before the state that vouches for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from source_stripe.changes.feed import EventFeed
from source_stripe.listing.shared_list import Part
from source_stripe.records.flow import Rows
from source_stripe.state.checkpoint import Mark
from source_stripe.state.cursor import PAUSE_SECONDS, WindowCursor
from source_stripe.state.memory import Notes
from source_stripe.stripe.answers import Object
from source_stripe.stripe.errors import Failure, StripeError
from source_stripe.stripe.query import PAGE
from source_stripe.sync.list_reader import Reader
from source_stripe.sync.plan import Plan, Why
from source_stripe.sync.progress import Progress, Standing
from source_stripe.windows import Window

MOST_RECORDS = 2 * PAGE
"""Records that are put on the queue together at most: one that holds no mark waits for no more."""


@dataclass
class Outcome:
    """How a stream ends, its members together."""

    failure: Failure | None = None
    """Whose move it is, once it has failed."""


class Work:
    """Reads one stream in this sync, or one member of a union."""

    def __init__(
        self,
        stream: str,
        reader: Reader,
        feed: EventFeed,
        cursor: WindowCursor,
        plan: Plan,
        emit: Callable[[str, Sequence[Object]], None],
        clock: Callable[[], float],
        progress: Progress,
    ) -> None:
        """`emit` puts records on the queue; `clock` gives seconds that only grow."""
        self.stream, self.name = stream, reader.resource.name
        self.cursor, self.reader, self.plan = cursor, reader, plan
        self.outcome = Outcome()
        self.emitted = 0
        """Records that were put on the queue; may be off by the odd one where threads meet."""
        self._running: set[Why] = set()
        self._feed, self._emit, self._clock, self._progress = feed, emit, clock, progress
        self._fresh, self._stamp = cursor.fresh, cursor.stamp

    @property
    def failed(self) -> bool:
        return self.outcome.failure is not None

    def begin(self) -> list[Why]:
        """The reasons to read; where a first pass begins is told before its first record."""
        self.cursor.begin()
        whys = [*self.plan.lists]
        if self.plan.follows:
            whys.append(Why.FOLLOWING)
        return list(dict.fromkeys(whys))

    def read(self, why: Why) -> None:
        """Read what there is for one reason. Raises StripeError, and whatever an odd object leads to.

        One error says it all: what else of the stream is read for other reasons goes on, but fails in silence.
        """
        self._running.add(why)
        try:
            self._read(why)
        except StripeError as error:
            if not self.failed:
                self.outcome.failure = error.failure
                raise
        except Exception:
            self.outcome.failure = self.outcome.failure or Failure.SYSTEM
            raise
        finally:
            self._running.discard(why)
            # Those who share a list with it must not wait for a stream that failed.
            for sweep in (self.plan.lists.get(why), self._feed.sweep if why is Why.FOLLOWING else None):
                if sweep:
                    sweep.leave(self.name)

    def standing(self) -> Standing | None:
        """How far it has come; None when it is not being read."""
        if not self._running:
            return None
        lists = [sweep.progress() for sweep in self.plan.lists.values()]
        feed = [self._feed.sweep.progress()] if Why.FOLLOWING in self._running and self.plan.follows else []
        share = sum(share for share, _, _ in (*lists, *feed)) / max(1, len(lists) + len(feed))
        seen, left = sum(seen for _, seen, _ in lists), sum(left for _, _, left in lists)
        # Under one object there may be several records.
        left *= self.emitted / seen if seen else 1
        return Standing(
            self.emitted,
            self.reader.requests,
            share,
            left,
            counted=bool(lists) and not feed and self.stream == self.name,
        )

    def _read(self, why: Why) -> None:
        """Records go onto the queue before the marks behind them are told to the cursor, which emits states."""
        records: list[Object] = []
        marks: dict[int, Mark] = {}
        flushed = self._clock()
        for one in self._rows(why):
            if not isinstance(one, Mark):
                records.append(one)
                if len(records) < MOST_RECORDS:
                    continue
            else:
                marks[one.chain] = one
                if not one.closed and len(records) < PAGE and self._clock() - flushed < PAUSE_SECONDS:
                    continue
            self._flush(records)
            for mark in marks.values():
                self._tell(why, mark)
            records, flushed = [], self._clock()
            marks.clear()
        self._flush(records)

    def _flush(self, records: list[Object]) -> None:
        if records:
            self._emit(self.stream, records)
            self.emitted += len(records)
        self._progress.tick()

    def _rows(self, why: Why) -> Rows:
        """The records of one reason to read, and marks between them. Raises StripeError."""
        reader, plan = self.reader, self.plan
        parts = plan.lists[why].parts(self.name) if why in plan.lists else iter(())
        match why:
            case Why.LISTING:
                return reader.listed(parts, self._stamp)
            case Why.FOLLOWING if plan.since:
                return self._accrued(parts, plan.since)
            case Why.FOLLOWING if why in plan.lists:
                return reader.created(parts)
            case Why.FOLLOWING:
                return reader.following.changed(self._feed.pieces(self.name), self._fresh)
            case Why.RELISTING:
                return reader.relisted(parts)
            case Why.MATURED:
                return reader.matured(parts, plan.dues)
            case Why.AGAIN:
                return reader.listed(parts, self.cursor.upto - 1)

    def _accrued(self, parts: Iterator[Part], since: Window) -> Rows:
        """What was added under the parents, and then what events tell: only after both is anything closed."""
        notes = Notes(Window(0, self.reader.upto))
        yield from self.reader.accrued(parts, since, notes)
        if self.plan.follows:
            yield from self.reader.following.changed(self._feed.pieces(self.name), self._fresh, notes)
        else:
            yield Mark(0, notes, since)

    def _tell(self, why: Why, mark: Mark) -> None:
        """All before a mark is in the queue."""
        match why:
            case Why.LISTING:
                self.cursor.reach(mark)
            case Why.FOLLOWING:
                self.cursor.follow(mark)
            case Why.RELISTING:
                self.cursor.relist(mark)
            case Why.MATURED:
                self.cursor.settle(self.plan.dues, mark.notes)
            case Why.AGAIN:
                """It moves nothing."""
