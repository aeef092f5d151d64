"""The states of a stream as messages, and what the CDK asks of a cursor that windows have no use for."""

from __future__ import annotations

import threading
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import MessageRepository
from airbyte_cdk.sources.streams import NO_CURSOR_STATE_KEY
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Record

MEMBERS = "members"
"""Where the states of its members stand in that of a union."""


class Checkpoints:
    """Emits the state of a stream; that of a union holds what each of its members has said last."""

    def __init__(self, stream: str, field: str, repository: MessageRepository) -> None:
        self._stream, self._field, self._repository = stream, field, repository
        self._manager, self._lock = ConnectorStateManager(), threading.Lock()
        self._said: dict[str, Mapping[str, Any]] = {}

    def begin(self, states: Mapping[int, Mapping[str, Any]]) -> None:
        """Where the members of a union stand when the sync begins, by their number: until a member says more, that is
        what the state holds of it."""
        with self._lock:
            self._said |= {str(number): state for number, state in states.items() if NO_CURSOR_STATE_KEY not in state}

    def whole(self, state: MutableMapping[str, Any]) -> None:
        """The state of a stream that is no union."""
        with self._lock:
            self._emit(state)

    def member(self, number: int, members: int, state: MutableMapping[str, Any]) -> None:
        """The state of one of several members."""
        with self._lock:
            if NO_CURSOR_STATE_KEY in state:
                self._emit(state)
                return
            self._said[str(number)] = state
            blob: MutableMapping[str, Any] = {MEMBERS: dict(sorted(self._said.items()))}
            positions = [said[self._field] for said in self._said.values() if self._field in said]
            # Only where all of them follow is there one position for people to read.
            self._emit({self._field: min(positions), **blob} if len(positions) == members else blob)

    def _emit(self, state: MutableMapping[str, Any]) -> None:
        self._manager.update_state_for_stream(self._stream, None, state)
        self._repository.emit_message(self._manager.create_state_message(self._stream, None))


def of_member(blob: Mapping[str, object], number: int) -> Mapping[str, object]:
    """What a state says of one member; one that is not by member says the same of all. Raises ValueError."""
    if MEMBERS not in blob:
        return blob
    members = blob[MEMBERS]
    said = members.get(str(number), {}) if isinstance(members, Mapping) else None
    if not isinstance(said, Mapping):
        raise ValueError(f"its {MEMBERS!r} are not states")
    return said


class StateOnly(Cursor):
    """A cursor of which the CDK is told nothing but the state."""

    def close_partition(self, partition: Partition) -> None:
        """The partition says itself how far it has come, as it alone knows whether it was read to the end."""

    def observe(self, record: Record) -> None:
        """Windows, not records, carry the position."""

    def should_be_synced(self, record: Record) -> bool:
        return True


class Together(StateOnly):
    """The cursors of a union as one."""

    def __init__(self, cursors: Sequence[Cursor]) -> None:
        self._cursors = cursors

    @property
    def state(self) -> MutableMapping[str, Any]:
        return {MEMBERS: {str(number): cursor.state for number, cursor in enumerate(self._cursors)}}

    def ensure_at_least_one_state_emitted(self) -> None:
        for cursor in self._cursors:
            cursor.ensure_at_least_one_state_emitted()
