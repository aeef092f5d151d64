"""The state of a stream while it is read: it moves by what is out, and is emitted when it is time to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any

from source_stripe.state import position as states
from source_stripe.state.checkpoint import Checkpoint
from source_stripe.state.known import KnownChildren
from source_stripe.state.memory import EVENT_LAG_SECONDS, Maturity, Memory, MemoryDelta
from source_stripe.state.pace import StateBudget, size_of
from source_stripe.state.wire import NOTHING_KEPT, dump
from source_stripe.windows import DAY, Wanted, Window, gaps

EmitState = Callable[[MutableMapping[str, Any]], None]


class WindowCursor:
    """Emits what is out, when that is worth it; the queue it goes to holds the records already."""

    def __init__(
        self,
        field: str,
        state: states.State,
        memory: Memory,
        end: int,
        emit_state: EmitState,
        clock: Callable[[], float],
        *,
        keep_state: EmitState | None = None,
        budget: StateBudget | None = None,
        on_full: Callable[[], None] = lambda: None,
        lookback_days: int = 0,
        checkpoints: bool = True,
    ) -> None:
        """`emit_state` emits a state, and `keep_state` keeps that of a member of a union until another is emitted;
        `clock` gives seconds that only grow; the stream has a `budget` for all of its members. `on_full` is called when
        there are more children to know than a state holds. `checkpoints=False` is for a full refresh, which remembers
        nothing."""
        self._field, self._state, self.memory = field, state, memory
        self.end, self._lookback_days, self._checkpoints = end, lookback_days, checkpoints
        self._emit_state, self._keep_state, self._clock = emit_state, keep_state or emit_state, clock
        self.budget = budget or StateBudget()
        self._known = KnownChildren(memory.known, on_full)
        self._open: dict[int, Wanted] = {}
        """By scan: what is left of its window, which no state tells yet."""
        self._emitted: object = None
        self._emitted_at, self._emitted_size, self._size = clock(), 0, 0
        """Of the state that was emitted last its time and bytes, and the bytes of the one that was written last."""
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

        Whoever keeps the records of a pass that was killed early must know from when on the changes to them count. Of
        one that goes on they were told.
        """
        with self._lock:
            state = self._state
            if self._checkpoints and isinstance(state, states.Backfill) and not (state.done or state.places):
                self._emit(self._written())

    def advance_backfill(self, checkpoint: Checkpoint) -> None:
        """The records of the backfill up to a checkpoint are in the queue."""
        with self._lock:
            if checkpoint.closed:
                self._close(checkpoint, checkpoint.closed, following=False)
            elif checkpoint.rest:
                self._open[checkpoint.scan] = checkpoint.rest
                if checkpoint.delta:
                    taken = checkpoint.delta.taken()
                    self.memory = self.memory.listed(taken)
                    self._known.learn(taken)
                self._emit_if_worth()

    def advance_changes(self, checkpoint: Checkpoint) -> None:
        """The records of a window of what came since are in the queue, if it is closed."""
        with self._lock:
            if checkpoint.closed:
                self._close(checkpoint, checkpoint.closed, following=True)
            elif checkpoint.partly and isinstance(self._state, states.Incremental):
                if checkpoint.partly.out.windows:
                    self._state = self._state.close_partly(checkpoint.partly.out)
                self._known.learn(checkpoint.delta)
                self.memory = self.memory.partly_followed(checkpoint.delta, checkpoint.partly.events, self._state.since)
                self._emit_if_worth()

    def finish_diff(self, checkpoint: Checkpoint) -> None:
        """A list was read whole again, and what changed is in the queue. It tells nothing of an unfinished backfill,
        which may go back further than what is compared."""
        with self._lock:
            if checkpoint.closed:
                self._state = self._followed(checkpoint.closed)
            self.memory = self.memory.relisted(checkpoint.delta)
            self._emit_if_worth()

    def recheck_done(self, due: Iterable[Maturity], delta: MemoryDelta) -> None:
        """What was due is read again, and the records are in the queue."""
        with self._lock:
            self.memory = self.memory.settled(due, delta)
            self._emit_if_worth()

    def emit_last(self, *, keep: bool = False) -> None:
        """Emit the last state, also if it is out: it counts the records since. With `keep` it goes with that of another
        member of the union."""
        with self._lock:
            state = self._written()
            if keep:
                self._keep_state(state)
            else:
                self._emit(state)

    @property
    def state(self) -> MutableMapping[str, Any]:
        if not self._checkpoints:
            return dict(NOTHING_KEPT)
        return dump(self._state, self.memory, self._known, self._field)

    def _close(self, checkpoint: Checkpoint, window: Window, *, following: bool) -> None:
        before = self.unread_from
        self._state = self._followed(window) if following else self._state.close(window)
        if following:
            self.memory = self.memory.followed(checkpoint.delta, before, self.unread_from)
        else:
            self._open.pop(checkpoint.scan, None)
            self.memory = self.memory.listed(checkpoint.delta)
        self._known.learn(checkpoint.delta)
        self._emit_if_worth()

    def _followed(self, window: Window) -> states.State:
        """The state once all that has passed in a window is out; a backfill stays as unfinished as it is."""
        match self._state:
            case states.Backfill():
                return self._state.close_changes(window)
            case states.Incremental():
                return self._state.close(window)

    def _emit_if_worth(self) -> None:
        pace, waited = self.budget.pace, self._clock() - self._emitted_at
        if not self._checkpoints or waited < pace.pause_seconds:
            return
        overdue = waited >= pace.longest_seconds
        # To write a long one takes time; it is hardly ever shorter than the one before.
        if overdue or self.budget.allows(self._size - self._emitted_size):
            state = self._written()
            self._size = size_of(state)
            if state != self._emitted and (overdue or self.budget.allows(self._size - self._emitted_size)):
                self._emit(state)

    def _written(self) -> MutableMapping[str, Any]:
        if isinstance(self._state, states.Backfill):
            self._state = self._state.advance(self._open.values())
            self._open.clear()
        return self.state

    def _emit(self, state: MutableMapping[str, Any]) -> None:
        self._emitted, self._emitted_at = state, self._clock()
        self._emitted_size = self._size = size_of(state)
        self._emit_state(state)


def emit_last_of(cursors: Iterable[WindowCursor]) -> None:
    """Emit the last state of a stream, of a union at once for all members."""
    members = [*cursors]
    for number, cursor in enumerate(members, 1):
        cursor.emit_last(keep=number < len(members))
