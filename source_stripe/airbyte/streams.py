"""From declarations to CDK streams."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from airbyte_cdk.sources.streams.concurrent.cursor import CursorField
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import PartitionGenerator
from airbyte_cdk.sources.types import Record

from source_stripe.airbyte.cursor import CursorAdapter
from source_stripe.airbyte.errors import NOT_AS_DOCUMENTED, traced, unforeseen
from source_stripe.columns import schema_with
from source_stripe.declaration.resource import Resource
from source_stripe.stripe.errors import Failure, StripeError
from source_stripe.sync.crew import Steps
from source_stripe.sync.passes import Pass
from source_stripe.sync.stream_reader import Outcome, StreamReader

logger = logging.getLogger("airbyte")


class StreamPartition(Partition):
    """The CDK's unit of work: one pass of a stream."""

    def __init__(self, reader: StreamReader, one: Pass) -> None:
        self._reader, self._pass = reader, one
        self._failed: Exception | None = None

    def steps(self) -> Steps:
        """Makes the pass, which puts its records on the queue itself, about a page at a time."""
        try:
            yield from self._reader.read(self._pass)
        except Exception as error:
            self._failed = error

    def read(self) -> Iterable[Record]:
        """Nothing is left to the CDK once the steps are made. Raises AirbyteTracedException if the pass failed."""
        try:
            if self._failed:
                raise self._failed
        except StripeError as error:
            raise traced(error, self._reader.stream) from None
        except NOT_AS_DOCUMENTED as error:
            raise unforeseen(error, self._reader.stream) from error
        return ()

    def to_slice(self) -> Mapping[str, Any]:
        return {"why": self._pass.name}

    def stream_name(self) -> str:
        return self._reader.stream

    def __hash__(self) -> int:
        return hash((self._reader.name, self._pass.name))


class Elsewhere(Protocol):
    """Reads a part of many streams."""

    def read(self, stream: str) -> Steps:
        """The part of a stream is read, by whoever begins last, and waited for."""

    def error(self, stream: str) -> StripeError | None:
        """Why the part of a stream was not read whole; None where it was."""


class ElsewherePartition(Partition):
    """The part of a stream that is read elsewhere."""

    def __init__(self, stream: str, elsewhere: Elsewhere, outcome: Outcome) -> None:
        self._stream, self._elsewhere, self._outcome = stream, elsewhere, outcome

    def steps(self) -> Steps:
        """Waits until it is read."""
        yield from self._elsewhere.read(self._stream)

    def read(self) -> Iterable[Record]:
        """Raises AirbyteTracedException where it was not read whole, unless the stream has failed already: one error
        says it all."""
        error = self._elsewhere.error(self._stream)
        if error and not self._outcome.failure:
            self._outcome.failure = error.failure
            raise traced(error, self._stream)
        return ()

    def to_slice(self) -> Mapping[str, Any]:
        return {"why": "accounts"}

    def stream_name(self) -> str:
        return self._stream

    def __hash__(self) -> int:
        return hash(self._stream)


class StripeStream(DefaultStream):
    """One declaration, as the CDK sees it."""

    def __init__(
        self,
        resource: Resource,
        readers: Sequence[StreamReader],
        elsewhere: Elsewhere | None = None,
        emit_last: Callable[[], None] | None = None,
    ) -> None:
        """With a `StreamReader` for each member of a union; what is read `elsewhere` belongs to it too. `emit_last`
        emits the last state, where that is not the readers' own."""
        field = CursorField(resource.cursor) if resource.cursor else None
        key, cursor = list(resource.key), CursorAdapter([reader.cursor for reader in readers], emit_last)
        self.outcome, self.readers = Outcome(), readers
        partitions = _StreamPartitions(resource.name, readers, elsewhere, self.outcome)
        super().__init__(
            partitions, resource.name, lambda: schema_with(resource.name, resource.added), key, field, logger, cursor
        )
        for reader in readers:
            reader.outcome = self.outcome

    @property
    def failure(self) -> Failure | None:
        """Whose move it is, if the stream has failed."""
        return self.outcome.failure


class _StreamPartitions(PartitionGenerator):
    def __init__(
        self, stream: str, readers: Sequence[StreamReader], elsewhere: Elsewhere | None, outcome: Outcome
    ) -> None:
        self._stream, self._readers, self._elsewhere, self._outcome = stream, readers, elsewhere, outcome

    def generate(self) -> Iterable[Partition]:
        # That first, whatever becomes of the others: it is waited for.
        if self._elsewhere:
            yield ElsewherePartition(self._stream, self._elsewhere, self._outcome)
        for reader in self._readers:
            for one in reader.begin():
                yield StreamPartition(reader, one)
