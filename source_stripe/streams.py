"""From declarations to CDK streams."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import orjson
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.concurrent.cursor import CursorField
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import PartitionGenerator
from airbyte_cdk.sources.types import Record, StreamSlice
from airbyte_cdk.utils import AirbyteTracedException

from source_stripe.cursor import WindowCursor
from source_stripe.errors import StripeError
from source_stripe.events import EventFeed
from source_stripe.reader import Reader, Stretch
from source_stripe.resource import Resource
from source_stripe.windows import Window

logger = logging.getLogger("airbyte")


@cache
def schema(name: str) -> Mapping[str, Any]:
    """The JSON schema of a stream."""
    loaded: Mapping[str, Any] = orjson.loads((files("source_stripe") / "schemas" / f"{name}.json").read_bytes())
    return loaded


def traced(error: StripeError) -> AirbyteTracedException:
    """The error as the protocol carries it: its sentence for the user, and whose move it is."""
    return AirbyteTracedException(
        message=error.sentence, internal_message=error.sentence, failure_type=FailureType(error.failure.value)
    )


class WindowPartition(Partition):
    """The CDK's unit of work: one window of one stream."""

    def __init__(self, work: Windows, stretch: Stretch, *, following: bool) -> None:
        self._work, self._stretch, self._following = work, stretch, following

    def read(self) -> Iterable[Record]:
        """The window's records; closes the window after the last of them. Raises AirbyteTracedException.

        Where another window of the stream has failed nothing more is read: one error says it all.
        """
        work = self._work
        if work.failed:
            return
        try:
            records = work.records(self._stretch, following=self._following)
            piece = StreamSlice(partition={}, cursor_slice=self.to_slice())
            for record in records:
                yield Record(record, work.name, piece)
        except StripeError as error:
            if work.failed:
                return
            work.failed = True
            raise traced(error) from None
        work.cursor.close(self._stretch.window, following=self._following)

    def to_slice(self) -> Mapping[str, Any]:
        start, end = self._stretch.window
        return {"start": start, "end": end, "following": self._following}

    def stream_name(self) -> str:
        return self._work.name

    def __hash__(self) -> int:
        return hash((self._work.name, self._stretch.window, self._following))


class Windows(PartitionGenerator):
    """What a stream has to read in this sync."""

    def __init__(
        self, resource: Resource, reader: Reader, feed: EventFeed, cursor: WindowCursor, longest_seconds: int
    ) -> None:
        self.name, self.cursor, self.failed = resource.name, cursor, False
        self._resource, self._reader, self._feed, self._longest = resource, reader, feed, longest_seconds

    def generate(self) -> Iterable[Partition]:
        """The windows to list, then those to follow. Raises AirbyteTracedException."""
        following = self.cursor.unfollowed
        self.cursor.begin()
        try:
            for gap in self.cursor.unlisted:
                yield from self._to_list(gap, following=False)
            for window in following:
                if self._resource.then:
                    yield from (
                        WindowPartition(self, Stretch(piece), following=True) for piece in self._feed.pieces(window)
                    )
                else:
                    yield from self._to_list(window, following=True)
        except StripeError as error:
            if not self.failed:
                self.failed = True
                raise traced(error) from None

    def records(self, stretch: Stretch, *, following: bool) -> Iterable[dict[str, Any]]:
        """The records of one window. Raises StripeError."""
        if following and self._resource.then:
            return self._reader.changed(stretch.window)
        return self._reader.listed(stretch, None if following else self.cursor.stamp)

    def _to_list(self, gap: Window, *, following: bool) -> Iterable[Partition]:
        for stretch in self._reader.stretches(gap, self._longest):
            yield WindowPartition(self, stretch, following=following)


class StripeStream(DefaultStream):
    """One declaration, as the CDK sees it."""

    def __init__(self, resource: Resource, windows: Windows) -> None:
        field = CursorField(resource.cursor) if resource.cursor else None
        key = list(resource.key)
        super().__init__(windows, resource.name, lambda: schema(resource.name), key, field, logger, windows.cursor)
        self.windows = windows
