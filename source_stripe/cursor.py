"""state.py in the shape the CDK asks for."""

from __future__ import annotations

import threading
from collections.abc import Iterable, MutableMapping
from typing import Any

from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import MessageRepository
from airbyte_cdk.sources.streams import NO_CURSOR_STATE_KEY
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Record

from source_stripe import memory as memories
from source_stripe import state as states
from source_stripe.memory import SETTLING_SECONDS, Maturity, Memory, Notes
from source_stripe.windows import DAY, Window, gaps


class WindowCursor(Cursor):
    """Emits a state each time a window closes; the queue it goes to holds the window's records already."""

    def __init__(
        self,
        stream: str,
        field: str,
        state: states.State,
        memory: Memory,
        upto: int,
        lookback_days: int,
        repository: MessageRepository,
        *,
        checkpoints: bool,
    ) -> None:
        """`checkpoints=False` for a full refresh, which remembers nothing."""
        self._stream, self._field, self._state, self.memory = stream, field, state, memory
        self.upto, self._lookback_days, self._checkpoints = upto, lookback_days, checkpoints
        self._manager, self._repository = ConnectorStateManager(), repository
        self._lock = threading.Lock()

    @property
    def unlisted(self) -> tuple[Window, ...]:
        """What is left of the first pass."""
        return self._state.unlisted if isinstance(self._state, states.Listing) else ()

    @property
    def unfollowed(self) -> tuple[Window, ...]:
        """What has passed since, and is to be read again for looking back."""
        if not self._checkpoints:
            return ()
        then = self._state.then if isinstance(self._state, states.Listing) else self._state
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

    def close(self, notes: Notes, *, following: bool) -> None:
        """The records of a window are in the queue."""
        with self._lock:
            before = self.fresh
            match self._state:
                case states.Listing() if following:
                    self._state = self._state.follow(notes.window)
                case _:
                    self._state = self._state.close(notes.window)
            self.memory = self.memory.followed(notes, before, self.fresh) if following else self.memory.listed(notes)
            if self._checkpoints:
                self._emit()

    def relist(self, notes: Notes) -> None:
        """A list was read whole again, and what changed is in the queue."""
        with self._lock:
            self._state = self._state.close(notes.window)
            self.memory = self.memory.relisted(notes)
            self._emit()

    def settle(self, dues: Iterable[Maturity], notes: Notes) -> None:
        """What was due is read again, and the records are in the queue."""
        with self._lock:
            self.memory = self.memory.settled(dues, notes)
            self._emit()

    def ensure_at_least_one_state_emitted(self) -> None:
        with self._lock:
            self._emit()

    def close_partition(self, partition: Partition) -> None:
        """The partition closes its window itself, as it alone knows whether it was read to the end."""

    def observe(self, record: Record) -> None:
        """Windows, not records, carry the position."""

    def should_be_synced(self, record: Record) -> bool:
        return True

    @property
    def state(self) -> MutableMapping[str, Any]:
        if not self._checkpoints:
            return {NO_CURSOR_STATE_KEY: True}
        return states.dump(self._state, self._field) | memories.dump(self.memory)

    def _emit(self) -> None:
        self._manager.update_state_for_stream(self._stream, None, self.state)
        self._repository.emit_message(self._manager.create_state_message(self._stream, None))
