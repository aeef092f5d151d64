"""The state of a stream while it is read: it moves by what is out, and is emitted when it is time to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any

from source_stripe.state import position as states
from source_stripe.state.checkpoint import Checkpoint
from source_stripe.state.memory import EVENT_LAG_SECONDS, Maturity, Memory, MemoryDelta
from source_stripe.state.wire import NOTHING_KEPT, dump
from source_stripe.windows import DAY, Wanted, Window, gaps

PAUSE_SECONDS = 1.0
"""How long after a state the next one is emitted at the earliest, unless a whole slice is out."""


class WindowCursor:
    """Emits what is out, when it is; the queue it goes to holds the records already."""

    def __init__(
        self,
        field: str,
        state: states.State,
        memory: Memory,
        end: int,
        emit_state: Callable[[MutableMapping[str, Any]], None],
        clock: Callable[[], float],
        *,
        lookback_days: int = 0,
        slice_seconds: int = DAY,
        checkpoints: bool = True,
    ) -> None:
        """`emit_state` emits a state; `clock` gives seconds that only grow; `checkpoints=False` is for a full refresh,
        which remembers nothing."""
        self._field, self._state, self.memory = field, state, memory
        self.end, self._lookback_days, self._slice, self._checkpoints = end, lookback_days, slice_seconds, checkpoints
        self._emit_state, self._clock = emit_state, clock
        self._open: dict[int, Wanted] = {}
        """By scan: what is left of its window, which no state tells yet."""
        self._emitted: object = None
        self._emitted_at = clock()
        self._lock = threading.Lock()

    @property
    def backfill_gaps(self) -> tuple[Wanted, ...]:
        """What is left of the backfill."""
        return self._state.wanted if isinstance(self._state, states.Backfill) else ()

    @property
    def incremental_gaps(self) -> tuple[Window, ...]:
        """What has passed since, and is to be read again for looking back."""
        if not self._checkpoints:
            return ()
        then = self._state.then if isinstance(self._state, states.Backfill) else self._state
        if then.since >= self.end:
            return ()
        since = then.since if self.memory.since is None else min(then.since, self.memory.since)
        return gaps(Window(max(0, since - self._lookback_days * DAY), self.end), then.done)

    @property
    def unread_from(self) -> int:
        """The second from which on nothing was read by an earlier sync."""
        return self._state.then.since if isinstance(self._state, states.Backfill) else self._state.since

    @property
    def partly_out(self) -> tuple[states.PartlyOut, ...]:
        """What an earlier sync has delivered of windows that it did not read to their end."""
        return self._state.partly if isinstance(self._state, states.Incremental) and self._checkpoints else ()

    @property
    def due(self) -> tuple[Maturity, ...]:
        """What has changed without an event since it was read."""
        return self.memory.due(self.end + EVENT_LAG_SECONDS) if self._checkpoints else ()

    @property
    def stamp(self) -> int | None:
        """The cursor of the records of the backfill, where it is not their own."""
        return self._state.stamp if isinstance(self._state, states.Backfill) else None

    def begin(self) -> None:
        """Emit where a backfill begins, before its first record.

        Whoever keeps the records of a pass that was killed early must know from when on the changes to them count.
        """
        with self._lock:
            if self._checkpoints and isinstance(self._state, states.Backfill):
                self._emit()

    def advance_backfill(self, checkpoint: Checkpoint) -> None:
        """The records of the backfill up to a checkpoint are in the queue."""
        with self._lock:
            if checkpoint.closed:
                self._close(checkpoint, checkpoint.closed, following=False)
            elif checkpoint.rest:
                self._open[checkpoint.scan] = checkpoint.rest
                if checkpoint.delta:
                    self.memory = self.memory.listed(checkpoint.delta.taken())
                self._emit_at_times()

    def advance_changes(self, checkpoint: Checkpoint) -> None:
        """The records of a window of what came since are in the queue, if it is closed."""
        with self._lock:
            if checkpoint.closed:
                self._close(checkpoint, checkpoint.closed, following=True)
            elif checkpoint.partly and isinstance(self._state, states.Incremental):
                if checkpoint.partly.out.windows:
                    self._state = self._state.close_partly(checkpoint.partly.out)
                self.memory = self.memory.partly_followed(checkpoint.delta, checkpoint.partly.events, self._state.since)
                self._emit_at_times()

    def finish_diff(self, checkpoint: Checkpoint) -> None:
        """A list was read whole again, and what changed is in the queue. It tells nothing of an unfinished backfill,
        which may go back further than what is compared."""
        with self._lock:
            if checkpoint.closed:
                self._state = self._followed(checkpoint.closed)
            self.memory = self.memory.relisted(checkpoint.delta)
            self._emit()

    def recheck_done(self, due: Iterable[Maturity], delta: MemoryDelta) -> None:
        """What was due is read again, and the records are in the queue."""
        with self._lock:
            self.memory = self.memory.settled(due, delta)
            self._emit()

    def emit_last(self) -> None:
        """Emit the last state, also if it is out: it counts the records since."""
        with self._lock:
            self._emitted = None
            self._emit()

    @property
    def state(self) -> MutableMapping[str, Any]:
        if not self._checkpoints:
            return dict(NOTHING_KEPT)
        return dump(self._state, self.memory, self._field)

    def _close(self, checkpoint: Checkpoint, window: Window, *, following: bool) -> None:
        before, listing = self.unread_from, isinstance(self._state, states.Backfill)
        self._state = self._followed(window) if following else self._state.close(window)
        if following:
            self.memory = self.memory.followed(checkpoint.delta, before, self.unread_from)
        else:
            self._open.pop(checkpoint.scan, None)
            self.memory = self.memory.listed(checkpoint.delta)
        done = listing and not isinstance(self._state, states.Backfill)
        self._emit_at_times(at_once=done or window.start % self._slice == 0)

    def _followed(self, window: Window) -> states.State:
        """The state once all that has passed in a window is out; a backfill stays as unfinished as it is."""
        match self._state:
            case states.Backfill():
                return self._state.close_changes(window)
            case states.Incremental():
                return self._state.close(window)

    def _emit_at_times(self, *, at_once: bool = False) -> None:
        if self._checkpoints and (at_once or self._clock() - self._emitted_at >= PAUSE_SECONDS):
            self._emit()

    def _emit(self) -> None:
        if isinstance(self._state, states.Backfill):
            self._state = self._state.advance(self._open.values())
            self._open.clear()
        if (state := self.state) == self._emitted:
            return
        self._emitted, self._emitted_at = state, self._clock()
        self._emit_state(state)
