"""What the CDK asks of a cursor, answered by cursors that it knows nothing of."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from typing import Any

from airbyte_cdk.sources.streams.concurrent.cursor import Cursor
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Record

from source_stripe.state.cursor import WindowCursor, emit_last_of
from source_stripe.state.wire import MEMBERS


class CursorAdapter(Cursor):
    """The cursor of a stream, of which the CDK is told nothing but the state."""

    def __init__(self, cursors: Sequence[WindowCursor], emit_last: Callable[[], None] | None = None) -> None:
        """With one for each member of a union; `emit_last` emits the last state, where that is not theirs alone."""
        self._cursors, self._emit_last = cursors, emit_last

    @property
    def state(self) -> MutableMapping[str, Any]:
        if len(self._cursors) == 1:
            return self._cursors[0].state
        return {MEMBERS: {str(number): cursor.state for number, cursor in enumerate(self._cursors)}}

    def ensure_at_least_one_state_emitted(self) -> None:
        emit_last_of(self._cursors)
        if self._emit_last:
            self._emit_last()

    def close_partition(self, partition: Partition) -> None:
        """The stream reader says itself how far it has come, as it alone knows whether a list was read to the end."""

    def observe(self, record: Record) -> None:
        """Windows, not records, carry the position."""

    def should_be_synced(self, record: Record) -> bool:
        return True
