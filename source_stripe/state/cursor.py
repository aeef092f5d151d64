"""The state of a stream while it is read: it moves by what is out, and is emitted when it is time to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any

from source_stripe.state import position as states
from source_stripe.state.checkpoint import Mark
from source_stripe.state.memory import SETTLING_SECONDS, Maturity, Memory, Notes
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
        upto: int,
        say: Callable[[MutableMapping[str, Any]], None],
        clock: Callable[[], float],
        *,
        lookback_days: int = 0,
        slice_seconds: int = DAY,
        checkpoints: bool = True,
    ) -> None:
        """`say` emits a state; `clock` gives seconds that only grow; `checkpoints=False` is for a full refresh, which
        remembers nothing."""
        self._field, self._state, self.memory = field, state, memory
        self.upto, self._lookback_days, self._slice, self._checkpoints = upto, lookback_days, slice_seconds, checkpoints
        self._say, self._clock = say, clock
        self._open: dict[int, Wanted] = {}
        """By chain: what is left of its window, which no state tells yet."""
        self._emitted: object = None
        self._emitted_at = clock()
        self._lock = threading.Lock()

    @property
    def unlisted(self) -> tuple[Wanted, ...]:
        """What is left of the first pass."""
        return self._state.wanted if isinstance(self._state, states.Listing) else ()

    @property
    def unfollowed(self) -> tuple[Window, ...]:
        """What has passed since, and is to be read again for looking back."""
        if not self._checkpoints:
            return ()
        then = self._state.then if isinstance(self._state, states.Listing) else self._state
        if then.since >= self.upto:
            return ()
        since = then.since if self.memory.since is None else min(then.since, self.memory.since)
        return gaps(Window(max(0, since - self._lookback_days * DAY), self.upto), then.done)

    @property
    def fresh(self) -> int:
        """The second from which on nothing was read by an earlier sync."""
        return self._state.then.since if isinstance(self._state, states.Listing) else self._state.since

    @property
    def due(self) -> tuple[Maturity, ...]:
        """What has changed without an event since it was read."""
        return self.memory.due(self.upto + SETTLING_SECONDS) if self._checkpoints else ()

    @property
    def stamp(self) -> int | None:
        """The cursor of the records of the first pass, where it is not their own."""
        return self._state.stamp if isinstance(self._state, states.Listing) else None

    def begin(self) -> None:
        """Emit where a first pass begins, before its first record.

        Whoever keeps the records of a pass that was killed early must know from when on the changes to them count.
        """
        with self._lock:
            if self._checkpoints and isinstance(self._state, states.Listing):
                self._emit()

    def reach(self, mark: Mark) -> None:
        """The records of the first pass up to a mark are in the queue."""
        with self._lock:
            if mark.closed:
                self._close(mark, mark.closed, following=False)
            elif mark.rest:
                self._open[mark.chain] = mark.rest
                if mark.notes:
                    self.memory = self.memory.listed(mark.notes.taken())
                self._emit_at_times()

    def follow(self, mark: Mark) -> None:
        """The records of a window of what came since are in the queue, if it is closed."""
        with self._lock:
            if mark.closed:
                self._close(mark, mark.closed, following=True)

    def relist(self, mark: Mark) -> None:
        """A list was read whole again, and what changed is in the queue. It tells nothing of an unfinished first pass,
        which may go back further than what is compared."""
        with self._lock:
            if mark.closed:
                self._state = self._followed(mark.closed)
            self.memory = self.memory.relisted(mark.notes)
            self._emit()

    def settle(self, dues: Iterable[Maturity], notes: Notes) -> None:
        """What was due is read again, and the records are in the queue."""
        with self._lock:
            self.memory = self.memory.settled(dues, notes)
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

    def _close(self, mark: Mark, window: Window, *, following: bool) -> None:
        before, listing = self.fresh, isinstance(self._state, states.Listing)
        self._state = self._followed(window) if following else self._state.close(window)
        if following:
            self.memory = self.memory.followed(mark.notes, before, self.fresh)
        else:
            self._open.pop(mark.chain, None)
            self.memory = self.memory.listed(mark.notes)
        done = listing and not isinstance(self._state, states.Listing)
        self._emit_at_times(at_once=done or window.start % self._slice == 0)

    def _followed(self, window: Window) -> states.State:
        """The state once all that has passed in a window is out; a first pass stays as unfinished as it is."""
        match self._state:
            case states.Listing():
                return self._state.follow(window)
            case states.Following():
                return self._state.close(window)

    def _emit_at_times(self, *, at_once: bool = False) -> None:
        if self._checkpoints and (at_once or self._clock() - self._emitted_at >= PAUSE_SECONDS):
            self._emit()

    def _emit(self) -> None:
        if isinstance(self._state, states.Listing):
            self._state = self._state.reach(self._open.values())
            self._open.clear()
        if (state := self.state) == self._emitted:
            return
        self._emitted, self._emitted_at = state, self._clock()
        self._say(state)
