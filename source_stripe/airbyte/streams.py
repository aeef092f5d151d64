"""From declarations to CDK streams."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from airbyte_cdk.sources.streams.concurrent.cursor import CursorField
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import PartitionGenerator
from airbyte_cdk.sources.types import Record

from source_stripe.airbyte.cursor import CursorAdapter
from source_stripe.airbyte.errors import NOT_AS_DOCUMENTED, traced, unforeseen
from source_stripe.columns import schema
from source_stripe.declaration.resource import Resource
from source_stripe.stripe.errors import Failure, StripeError
from source_stripe.sync.passes import Pass
from source_stripe.sync.stream_reader import StreamReader
from source_stripe.waiting import Wait

logger = logging.getLogger("airbyte")


class StreamPartition(Partition):
    """The CDK's unit of work: one pass of a stream."""

    def __init__(self, reader: StreamReader, one: Pass) -> None:
        self._reader, self._pass = reader, one
        self._failed: Exception | None = None

    def steps(self) -> Iterator[Wait | None]:
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


class StripeStream(DefaultStream):
    """One declaration, as the CDK sees it."""

    def __init__(self, resource: Resource, readers: Sequence[StreamReader]) -> None:
        """With a `StreamReader` for each member of a union."""
        field = CursorField(resource.cursor) if resource.cursor else None
        key, cursor = list(resource.key), CursorAdapter([reader.cursor for reader in readers])
        super().__init__(
            _StreamPartitions(readers), resource.name, lambda: _schema(resource), key, field, logger, cursor
        )
        self.readers = readers
        for reader in readers:
            reader.outcome = readers[0].outcome

    @property
    def failure(self) -> Failure | None:
        """Whose move it is, if the stream has failed."""
        return self.readers[0].outcome.failure


class _StreamPartitions(PartitionGenerator):
    def __init__(self, readers: Sequence[StreamReader]) -> None:
        self._readers = readers

    def generate(self) -> Iterable[Partition]:
        return [StreamPartition(reader, one) for reader in self._readers for one in reader.begin()]


def _schema(resource: Resource) -> Mapping[str, Any]:
    """The generated schema, with the fields that only an option adds."""
    generated = schema(resource.name)
    optional = {name: {"type": ["null", kind]} for name, kind in resource.added.items()}
    return {**generated, "properties": optional | generated["properties"]}
