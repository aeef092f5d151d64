"""Reads one stream: its records go out before the state that vouches for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from source_stripe.changes.feed import EventFeed
from source_stripe.listing.shared_list import ListPage
from source_stripe.records.flow import RecordsAndCheckpoints
from source_stripe.state.checkpoint import Checkpoint
from source_stripe.state.cursor import PAUSE_SECONDS, WindowCursor
from source_stripe.state.memory import MemoryDelta
from source_stripe.stripe.answers import Object
from source_stripe.stripe.errors import Failure, StripeError
from source_stripe.stripe.query import PAGE
from source_stripe.sync.list_reader import ListReader
from source_stripe.sync.plan import Plan, Why
from source_stripe.sync.progress import Progress, ProgressSnapshot
from source_stripe.windows import Window

MOST_RECORDS = 2 * PAGE
"""Records that are put on the queue together at most: one that holds no mark waits for no more."""


@dataclass
class Outcome:
    """How a stream ends, its members together."""

    failure: Failure | None = None
    """Whose move it is, once it has failed."""


class StreamReader:
    """Reads one stream in this sync, or one member of a union."""

    def __init__(
        self,
        stream: str,
        lists: ListReader,
        feed: EventFeed,
        cursor: WindowCursor,
        plan: Plan,
        emit: Callable[[str, Sequence[Object]], None],
        clock: Callable[[], float],
        progress: Progress,
    ) -> None:
        """`emit` puts records on the queue; `clock` gives seconds that only grow."""
        self.stream, self.name = stream, lists.resource.name
        self.cursor, self.lists, self.plan = cursor, lists, plan
        self.outcome = Outcome()
        self.emitted = 0
        """Records that were put on the queue; may be off by the odd one where threads meet."""
        self._running: set[Why] = set()
        self._feed, self._emit, self._clock, self._progress = feed, emit, clock, progress
        self._unread_from, self._stamp = cursor.unread_from, cursor.stamp

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
            for shared_list in (self.plan.lists.get(why), self._feed.list if why is Why.FOLLOWING else None):
                if shared_list:
                    shared_list.unsubscribe(self.name)

    def snapshot(self) -> ProgressSnapshot | None:
        """How far it has come; None when it is not being read."""
        if not self._running:
            return None
        lists = [shared_list.progress() for shared_list in self.plan.lists.values()]
        feed = [self._feed.list.progress()] if Why.FOLLOWING in self._running and self.plan.follows else []
        share = sum(share for share, _, _ in (*lists, *feed)) / max(1, len(lists) + len(feed))
        seen, left = sum(seen for _, seen, _ in lists), sum(left for _, _, left in lists)
        # Under one object there may be several records.
        left *= self.emitted / seen if seen else 1
        return ProgressSnapshot(
            self.emitted,
            self.lists.requests,
            share,
            left,
            counted=bool(lists) and not feed and self.stream == self.name,
        )

    def _read(self, why: Why) -> None:
        """Records go onto the queue before the marks behind them are told to the cursor, which emits states."""
        records: list[Object] = []
        checkpoints: dict[int, Checkpoint] = {}
        flushed = self._clock()
        for one in self._rows(why):
            if not isinstance(one, Checkpoint):
                records.append(one)
                if len(records) < MOST_RECORDS:
                    continue
            else:
                checkpoints[one.scan] = one
                if not one.closed and len(records) < PAGE and self._clock() - flushed < PAUSE_SECONDS:
                    continue
            self._flush(records)
            for checkpoint in checkpoints.values():
                self._tell(why, checkpoint)
            records, flushed = [], self._clock()
            checkpoints.clear()
        self._flush(records)

    def _flush(self, records: list[Object]) -> None:
        if records:
            self._emit(self.stream, records)
            self.emitted += len(records)
        self._progress.tick()

    def _rows(self, why: Why) -> RecordsAndCheckpoints:
        """The records of one reason to read, and marks between them. Raises StripeError."""
        lists, plan = self.lists, self.plan
        pages = plan.lists[why].pages(self.name) if why in plan.lists else iter(())
        match why:
            case Why.LISTING:
                return lists.listed(pages, self._stamp)
            case Why.FOLLOWING if plan.since:
                return self._accrued(pages, plan.since)
            case Why.FOLLOWING if why in plan.lists:
                return lists.created(pages)
            case Why.FOLLOWING:
                return lists.following.changed(self._feed.batches(self.name), self._unread_from)
            case Why.RELISTING:
                return lists.relisted(pages)
            case Why.MATURED:
                return lists.matured(pages, plan.due)
            case Why.AGAIN:
                return lists.listed(pages, self.cursor.end - 1)

    def _accrued(self, pages: Iterator[ListPage], since: Window) -> RecordsAndCheckpoints:
        """What was added under the parents, and then what events tell: only after both is anything closed."""
        delta = MemoryDelta(Window(0, self.lists.end))
        yield from self.lists.accrued(pages, since, delta)
        if self.plan.follows:
            yield from self.lists.following.changed(self._feed.batches(self.name), self._unread_from, delta)
        else:
            yield Checkpoint(0, delta, since)

    def _tell(self, why: Why, checkpoint: Checkpoint) -> None:
        """All before a mark is in the queue."""
        match why:
            case Why.LISTING:
                self.cursor.advance_backfill(checkpoint)
            case Why.FOLLOWING:
                self.cursor.advance_changes(checkpoint)
            case Why.RELISTING:
                self.cursor.finish_diff(checkpoint)
            case Why.MATURED:
                self.cursor.recheck_done(self.plan.due, checkpoint.delta)
            case Why.AGAIN:
                """It moves nothing."""
