"""The queue between the workers and the thread that prints, and the message repository through which they fill it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, Queue
from typing import Any

from airbyte_cdk.models import AirbyteMessage, Level
from airbyte_cdk.sources.message import InMemoryMessageRepository, MessageRepository
from airbyte_cdk.sources.message.repository import LogMessage
from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem

from source_stripe.airbyte.batch import Batch
from source_stripe.limits import ITEM_BYTES, QUEUE_ITEMS
from source_stripe.runtime import Cancelled
from source_stripe.signals import Stop, Stopped

LOOK_SECONDS = 0.1
"""How often it is looked whether the process is to end, while nothing comes."""

Pack = Callable[[str, Sequence[dict[str, Any]], int], Batch]
"""Makes a batch of a stream's name, its records and the millisecond they are emitted at."""


class OutputQueue(Queue[QueueItem]):
    """A bounded queue that can be closed by its reader."""

    def __init__(self, items: int = QUEUE_ITEMS, stop: Stop | None = None) -> None:
        super().__init__(items)
        self.closed, self._stop = False, stop or Stop()

    def get(self, block: bool = True, timeout: float | None = None) -> QueueItem:
        """The next item. Once the process is asked to end nothing more is let in, and what is in comes out.

        Raises Stopped after that.
        """
        while True:
            if self._stop.asked and not self.closed:
                self._seal()
            try:
                return super().get(block and not self.closed, LOOK_SECONDS if timeout is None else timeout)
            except Empty:
                if self.closed:
                    raise Stopped(self._stop.code) from None
                if not block or timeout is not None:
                    raise

    def close(self) -> None:
        """From now on, and where it is waited for room already, `put` raises Cancelled."""
        with self.mutex:
            self.closed = True
            self.queue.clear()
            self.not_full.notify_all()

    def _seal(self) -> None:
        """As `close`, but what is in it stays."""
        with self.mutex:
            self.closed = True
            self.not_full.notify_all()

    def _put(self, item: QueueItem) -> None:
        if self.closed:
            raise Cancelled
        super()._put(item)


class QueueRepository(MessageRepository):
    """What is emitted leaves in the order in which each thread emitted it.

    The thread that makes it is the queue's only reader and must never wait for room there: what that thread emits is
    kept for `consume_queue`. The CDK emits a stream's last state so, when nothing of that stream is in the queue.
    """

    def __init__(
        self,
        queue: OutputQueue,
        pack: Pack = Batch.serialized,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        """`pack` is the form in which the reader wants records: Batch.serialized or Batch.unserialized."""
        self._queue, self._pack, self._now_ns = queue, pack, now_ns
        self._reader, self._kept = threading.get_ident(), deque[AirbyteMessage]()

    def emit_records(self, stream: str, records: Sequence[dict[str, Any]]) -> int:
        """Some records of a stream, at least one; waits for room. Gives their bytes. Raises Cancelled. Not for the
        reading thread."""
        batch = self._pack(stream, records, self._now_ns() // 1_000_000)
        if len(batch.lines) > ITEM_BYTES and len(records) > 1:
            half = len(records) // 2
            return self.emit_records(stream, records[:half]) + self.emit_records(stream, records[half:])
        self._queue.put(batch)
        return batch.size

    def emit_message(self, message: AirbyteMessage) -> None:
        if threading.get_ident() == self._reader:
            self._kept.append(message)
        else:
            self._queue.put(message)

    def log_message(self, level: Level, message_provider: Callable[[], LogMessage]) -> None:
        # One of its own for each, or a thread might carry away another's.
        one = InMemoryMessageRepository()
        one.log_message(level, message_provider)
        for message in one.consume_queue():
            self.emit_message(message)

    def consume_queue(self) -> Iterator[AirbyteMessage]:
        while self._kept:
            yield self._kept.popleft()
