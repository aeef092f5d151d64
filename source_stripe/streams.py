"""From declarations to CDK streams."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
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

from source_stripe.client import Object
from source_stripe.cursor import WindowCursor
from source_stripe.errors import Failure, StripeError
from source_stripe.events import EventFeed
from source_stripe.memory import Maturity, Notes
from source_stripe.reader import Reader, Stretch
from source_stripe.resource import Resource
from source_stripe.windows import Window, merge

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


class Why(Enum):
    """Why a window is read."""

    LISTING = "listing"
    """It is part of the first pass."""
    FOLLOWING = "following"
    """It has passed since."""
    RELISTING = "relisting"
    """All of it may have changed, and no event tells."""
    MATURED = "matured"
    """It holds rows whose time has come."""
    AGAIN = "again"
    """The user wants it repeated."""


class WindowPartition(Partition):
    """The CDK's unit of work: one window of one stream."""

    def __init__(self, work: Windows, stretch: Stretch, why: Why, dues: Sequence[Maturity] = ()) -> None:
        self._work, self.stretch, self.why, self.dues = work, stretch, why, dues

    def read(self) -> Iterable[Record]:
        """The window's records; closes the window after the last of them. Raises AirbyteTracedException.

        Where another window of the stream has failed nothing more is read: one error says it all.
        """
        work = self._work
        if work.failed:
            return
        notes = Notes(self.stretch.window)
        try:
            piece = StreamSlice(partition={}, cursor_slice=self.to_slice())
            for record in work.records(self, notes):
                yield Record(record, work.name, piece)
        except StripeError as error:
            if work.failed:
                return
            work.fail(error.failure)
            raise traced(error) from None
        except Exception:
            work.fail(Failure.SYSTEM)
            raise
        work.close(self, notes)

    def to_slice(self) -> Mapping[str, Any]:
        start, end = self.stretch.window
        return {"start": start, "end": end, "why": self.why.value}

    def stream_name(self) -> str:
        return self._work.name

    def __hash__(self) -> int:
        return hash((self._work.name, self.stretch.window, self.why))


class Windows(PartitionGenerator):
    """What a stream has to read in this sync."""

    def __init__(
        self,
        resource: Resource,
        reader: Reader,
        feed: EventFeed,
        cursor: WindowCursor,
        longest_seconds: int,
        again: Window | None = None,
    ) -> None:
        """`again` is a stretch that the user wants listed beside all else, with rows that win."""
        self.name, self.cursor, self.reader = resource.name, cursor, reader
        self.failure: Failure | None = None
        """Whose move it is, once the stream has failed."""
        self._resource, self._feed, self._longest, self._again = resource, feed, longest_seconds, again
        self._fresh, self._stamp = cursor.fresh, cursor.stamp

    @property
    def failed(self) -> bool:
        return self.failure is not None

    def fail(self, failure: Failure) -> None:
        self.failure = self.failure or failure

    def generate(self) -> Iterable[Partition]:
        """The windows to list, those to follow, and those to read again. Raises AirbyteTracedException."""
        following, dues = self.cursor.unfollowed, self.cursor.due
        self.cursor.begin()
        try:
            for gap in self.cursor.unlisted:
                yield from self._to_list(gap, Why.LISTING)
            if following and self._resource.relisted:
                whole = Window(self.cursor.memory.start or 0, self.cursor.upto)
                yield WindowPartition(self, Stretch(whole), Why.RELISTING)
                following = ()
            for window in following:
                if self._resource.then:
                    for piece in self._feed.pieces(window):
                        yield WindowPartition(self, Stretch(piece), Why.FOLLOWING)
                else:
                    yield from self._to_list(window, Why.FOLLOWING)
            for window in merge(due.span for due in dues):
                within = [due for due in dues if window.start <= due.span.start < window.end]
                yield WindowPartition(self, Stretch(window), Why.MATURED, within)
            if self._again:
                yield from self._to_list(self._again, Why.AGAIN)
        except StripeError as error:
            if not self.failed:
                self.fail(error.failure)
                raise traced(error) from None
        except Exception:
            self.fail(Failure.SYSTEM)
            raise

    def records(self, partition: WindowPartition, notes: Notes) -> Iterator[Object]:
        """The records of one window. Raises StripeError."""
        reader, stretch = self.reader, partition.stretch
        match partition.why:
            case Why.LISTING:
                return reader.listed(stretch, notes, self._stamp)
            case Why.FOLLOWING if self._resource.then:
                return reader.changed(stretch.window, self._fresh, notes)
            case Why.FOLLOWING:
                return reader.created(stretch, notes)
            case Why.RELISTING:
                return reader.relisted(stretch, notes)
            case Why.MATURED:
                return reader.matured(stretch, partition.dues, notes)
            case Why.AGAIN:
                return reader.listed(stretch, notes, self.cursor.upto - 1)

    def close(self, partition: WindowPartition, notes: Notes) -> None:
        """All of a window is in the queue."""
        match partition.why:
            case Why.LISTING | Why.FOLLOWING:
                self.cursor.close(notes, following=partition.why is Why.FOLLOWING)
            case Why.RELISTING:
                self.cursor.relist(notes)
            case Why.MATURED:
                self.cursor.settle(partition.dues, notes)
            case Why.AGAIN:
                """It moves nothing."""

    def _to_list(self, gap: Window, why: Why) -> Iterator[Partition]:
        for stretch in self.reader.stretches(gap, self._longest, beyond=why is Why.LISTING):
            yield WindowPartition(self, stretch, why)


class StripeStream(DefaultStream):
    """One declaration, as the CDK sees it."""

    def __init__(self, resource: Resource, windows: Windows) -> None:
        field = CursorField(resource.cursor) if resource.cursor else None
        key = list(resource.key)
        super().__init__(windows, resource.name, lambda: _schema(resource), key, field, logger, windows.cursor)
        self.windows = windows


def _schema(resource: Resource) -> Mapping[str, Any]:
    """The generated schema, with the fields that only an option adds."""
    generated = schema(resource.name)
    optional = {name: {"type": ["null", kind]} for name, kind in resource.added.items()}
    return {**generated, "properties": optional | generated["properties"]}
