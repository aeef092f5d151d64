"""The records of about a page as one message: one item of the queue, one piece of stdout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from airbyte_cdk.models import AirbyteMessage, AirbyteMessageSerializer, AirbyteRecordMessage, Type

from source_stripe import json_text


class Batch(AirbyteMessage):
    """Records of one stream in their order, ready to be printed or as they are."""

    def __init__(
        self,
        stream: str,
        count: int,
        emitted_at_ms: int,
        lines: bytes = b"",
        records: Sequence[dict[str, Any]] = (),
    ) -> None:
        super().__init__(Type.RECORD)
        self.stream, self.count, self.emitted_at_ms = stream, count, emitted_at_ms
        self.lines = lines
        """A line of the protocol for each record, with its line break; empty where the records are kept."""
        self.records = records
        """The records, where they are kept."""

    @classmethod
    def serialized(cls, stream: str, records: Sequence[dict[str, Any]], emitted_at_ms: int) -> Batch:
        """The lines that the CDK prints for these records, of which there is at least one."""
        before = b'{"type":"RECORD","record":{"stream":%b,"data":' % orjson.dumps(stream)
        after = b',"emitted_at":%d}}\n' % emitted_at_ms
        # The CDK's serializer leaves out what is null, but only at the top of a record.
        bodies = [
            json_text.dumps({name: value for name, value in record.items() if value is not None}) for record in records
        ]
        return cls(stream, len(bodies), emitted_at_ms, before + (after + before).join(bodies) + after)

    @classmethod
    def unserialized(cls, stream: str, records: Sequence[dict[str, Any]], emitted_at_ms: int) -> Batch:
        """The records as they are, for whoever calls the source from Python."""
        return cls(stream, len(records), emitted_at_ms, records=records)

    @property
    def size(self) -> int:
        """How many bytes its lines have, or would have if all records were as long as the first."""
        return len(self.lines) or sum(len(json_text.dumps(record)) for record in self.records[:1]) * self.count

    def messages(self) -> Iterator[AirbyteMessage]:
        """A message of the protocol for each record."""
        if self.lines:
            yield from map(AirbyteMessageSerializer.load, map(json_text.loads, self.lines.splitlines()))
        for record in self.records:
            message = AirbyteRecordMessage(self.stream, record, self.emitted_at_ms)
            yield AirbyteMessage(Type.RECORD, record=message)
