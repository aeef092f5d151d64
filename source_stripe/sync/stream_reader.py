"""Reads one stream: its records go out before the state that vouches for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from source_stripe.declaration.origins import PAGE
from source_stripe.records.tally import Tally
from source_stripe.state.checkpoint import Checkpoint
from source_stripe.state.cursor import WindowCursor
from source_stripe.stripe.answers import Object
from source_stripe.stripe.client import Client
from source_stripe.stripe.errors import Failure, StripeError
from source_stripe.sync.passes import Pass
from source_stripe.sync.progress import Parents, Progress, ProgressSnapshot
from source_stripe.waiting import Wait

LONGEST_SECONDS = 1.0
"""How long records wait for others to be put on the queue together with."""
MOST_RECORDS = 2 * PAGE
"""Records that are put on the queue together at most: one that holds no checkpoint waits for no more."""


@dataclass
class Outcome:
    """How a stream ends, its members together."""

    failure: Failure | None = None
    """Whose move it is, once it has failed."""


class StreamReader:
    """Reads one stream in this sync, or one member of a union, its passes side by side."""

    def __init__(
        self,
        stream: str,
        name: str,
        cursor: WindowCursor,
        passes: Sequence[Pass],
        *,
        client: Client,
        tally: Tally,
        emit: Callable[[str, Sequence[Object]], int],
        clock: Callable[[], float],
        progress: Progress,
    ) -> None:
        """`name` is that of the member; `client` counts its requests, `tally` what is done; `emit` puts records on the
        queue and gives their bytes; `clock` gives seconds that only grow."""
        self.stream, self.name, self.cursor, self.passes, self.tally = stream, name, cursor, passes, tally
        self.outcome = Outcome()
        self.emitted = 0
        """Records that were put on the queue; may be off by the odd one where threads meet."""
        self._running: set[Pass] = set()
        self._begun, self._ended = False, set[Pass]()
        self._client, self._emit, self._clock, self._progress = client, emit, clock, progress

    @property
    def requests(self) -> int:
        """How many requests were sent for this stream, and for others that share them."""
        return self._client.requests.total()

    @property
    def done(self) -> bool:
        """Whether all its passes have ended, well or not."""
        return self._begun and self._ended.issuperset(self.passes)

    @property
    def failed(self) -> bool:
        """Whether the stream ends without having been read whole."""
        return self.outcome.failure is not None

    def begin(self) -> Sequence[Pass]:
        """What there is to read; where a backfill begins is told before its first record."""
        self.cursor.begin()
        self._begun = True
        return self.passes

    def read(self, one: Pass) -> Iterator[Wait | None]:
        """Make one of its passes, in steps for a `Crew`. Raises StripeError, and whatever an odd object leads to.

        One error says it all: the other passes go on, but fail in silence.
        """
        self._running.add(one)
        try:
            yield from self._read(one)
        except StripeError as error:
            if not self.outcome.failure:
                self.outcome.failure = error.failure
                raise
        except Exception:
            self.outcome.failure = self.outcome.failure or Failure.SYSTEM
            raise
        finally:
            self._running.discard(one)
            self._ended.add(one)
            one.leave()

    def snapshot(self) -> ProgressSnapshot | None:
        """How far it has come; None when it is not being read."""
        if not self._running:
            return None
        lists = [one.shared.progress() for one in self.passes if one.shared]
        changes = [one.changes.source.progress() for one in {*self._running} if one.is_following]
        share = sum(share for share, _, _ in lists) / len(lists) if lists else None
        events = sum(share for share, _, _ in changes) / len(changes) if changes else None
        seen, left = sum(seen for _, seen, _ in lists), sum(left for _, _, left in lists)
        parents, out = None, seen
        if lists and self.passes[0].lists.asks_parents:
            # Their list is far ahead of what is below them.
            out = self.passes[0].lists.parents_out
            parents, left = Parents(out, seen + left), seen + left - out
            share = out / parents.total if parents.total else 0.0
        # Under one object there may be several records.
        left *= self.emitted / out if out else 1
        return ProgressSnapshot(self.emitted, self.requests, share, left, parents, events)

    def _read(self, one: Pass) -> Iterator[Wait | None]:
        """Records go onto the queue before the checkpoints behind them are told to the pass, which moves the state."""
        records: list[Object] = []
        checkpoints: dict[int, Checkpoint] = {}
        flushed = self._clock()
        for row in one.rows():
            if isinstance(row, dict):
                records.append(row)
                if len(records) < MOST_RECORDS:
                    continue
            elif isinstance(row, Wait):
                self._progress.tick()
                yield row
                continue
            else:
                checkpoints[row.scan] = row
                if not row.closed and len(records) < PAGE and self._clock() - flushed < LONGEST_SECONDS:
                    continue
            self._flush(records)
            for checkpoint in checkpoints.values():
                one.advance(checkpoint)
            records, flushed = [], self._clock()
            checkpoints.clear()
            yield None
        self._flush(records)

    def _flush(self, records: list[Object]) -> None:
        if records:
            self.cursor.budget.add_records(self._emit(self.stream, records))
            self.emitted += len(records)
        self._progress.tick()
