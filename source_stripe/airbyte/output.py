"""What a sync reads, as messages of the protocol on the queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from airbyte_cdk.models import (
    AirbyteEstimateTraceMessage,
    AirbyteMessage,
    AirbyteTraceMessage,
    EstimateType,
    TraceType,
    Type,
)
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager

from source_stripe.airbyte.queue import QueueRepository

Announce = Callable[[AirbyteMessage], None]
"""Takes a message out of the process before it returns."""


class MessageOutput:
    """Where the records, states and estimates of a sync go. May be used from many threads."""

    def __init__(self, repository: QueueRepository, clock: Callable[[], float]) -> None:
        """`clock` gives Unix seconds."""
        self._repository, self._clock = repository, clock

    def records(self, stream: str, records: Sequence[dict[str, Any]]) -> int:
        """Some records of a stream, at least one; waits for room. Gives their bytes."""
        return self._repository.emit_records(stream, records)

    def state(self, stream: str, state: Mapping[str, Any]) -> None:
        """The state that all that a stream has emitted so far leads to."""
        manager = ConnectorStateManager()
        manager.update_state_for_stream(stream, None, state)
        self._repository.emit_message(manager.create_state_message(stream, None))

    def estimate(self, stream: str, rows: int) -> None:
        """How many rows a stream will probably have in this sync."""
        estimate = AirbyteEstimateTraceMessage(stream, EstimateType.STREAM, row_estimate=rows)
        trace = AirbyteTraceMessage(TraceType.ESTIMATE, emitted_at=self._clock() * 1000, estimate=estimate)
        self._repository.emit_message(AirbyteMessage(Type.TRACE, trace=trace))
