"""The CDK's concurrent source with batches of records in its queue."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from airbyte_cdk.models import AirbyteMessage, AirbyteStreamStatus, FailureType
from airbyte_cdk.sources.concurrent_source.concurrent_read_processor import ConcurrentReadProcessor
from airbyte_cdk.sources.concurrent_source.concurrent_source import ConcurrentSource
from airbyte_cdk.sources.concurrent_source.stream_thread_exception import StreamThreadException
from airbyte_cdk.sources.concurrent_source.thread_pool_manager import ThreadPoolManager
from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem
from airbyte_cdk.sources.utils.slice_logger import SliceLogger
from airbyte_cdk.utils import AirbyteTracedException
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message as status_message

from source_stripe.airbyte.batch import Batch
from source_stripe.airbyte.queue import OutputQueue, QueueRepository
from source_stripe.airbyte.streams import ElsewherePartition, StreamPartition, StripeStream
from source_stripe.reasons import NO_THREADS, unexpected
from source_stripe.sync.crew import Crew, Steps


class Pool(ThreadPoolManager):
    """The CDK's, over a crew: a pass that waits holds no thread."""

    def __init__(self, crew: Crew, logger: logging.Logger) -> None:
        # Of an executor the CDK asks for what is done here, and to be shut down.
        super().__init__(cast(ThreadPoolExecutor, self), logger)
        self._crew = crew

    def submit(self, function: Callable[..., Any], *args: Any) -> None:
        """Raises AirbyteTracedException where no thread can be started."""
        try:
            self._futures.append(self._crew.begin(_steps(function, args)))
        except RuntimeError as error:
            raise AirbyteTracedException(
                message=NO_THREADS, internal_message=str(error), failure_type=FailureType.system_error
            ) from None

    def shutdown(self, **_: object) -> None:
        """As of an executor."""
        self._crew.close()


def _steps(function: Callable[..., Any], args: tuple[Any, ...]) -> Steps:
    """A task of the CDK's: of a partition all that it has to do once the pass is made."""
    for one in args:
        if isinstance(one, StreamPartition | ElsewherePartition):
            yield from one.steps()
    function(*args)


class BatchConcurrentSource(ConcurrentSource):
    """Does for a batch what the CDK does for a record. Whoever ends reading early closes it."""

    def __init__(
        self,
        streams: int,
        logger: logging.Logger,
        slice_logger: SliceLogger,
        queue: OutputQueue,
        repository: QueueRepository,
        crew: Crew,
    ) -> None:
        """All of so many streams are begun at once, as they share lists, and read by the crew."""
        self._output, self._crew = queue, crew
        super().__init__(Pool(self._crew, logger), logger, slice_logger, queue, repository, streams)

    def close(self) -> None:
        """The streams end with what they do next; nothing more is begun."""
        self._output.close()
        self._crew.close()

    def _handle_item(
        self, queue_item: QueueItem, concurrent_stream_processor: ConcurrentReadProcessor
    ) -> Iterator[AirbyteMessage]:
        if isinstance(queue_item, Batch):
            yield from self._handle_batch(queue_item, concurrent_stream_processor)
        elif isinstance(queue_item, StreamThreadException):
            said = StreamThreadException(_said(queue_item.exception), queue_item.stream_name)
            yield from super()._handle_item(said, concurrent_stream_processor)
        else:
            yield from super()._handle_item(queue_item, concurrent_stream_processor)
        yield from self._message_repository.consume_queue()

    def _handle_batch(self, batch: Batch, processor: ConcurrentReadProcessor) -> Iterator[AirbyteMessage]:
        """As ConcurrentReadProcessor.on_record, whose books these are."""
        if processor._record_counter[batch.stream] == 0:
            self._logger.info(f"Marking stream {batch.stream} as RUNNING")
            stream = processor._stream_name_to_instance[batch.stream]
            yield status_message(stream.as_airbyte_stream(), AirbyteStreamStatus.RUNNING)
        processor._record_counter[batch.stream] += batch.count
        yield batch


def messages_of(source: BatchConcurrentSource, streams: list[StripeStream]) -> Iterator[AirbyteMessage]:
    """What the streams bring. The framework's own sum of what failed is left to the caller, who says it for people."""
    try:
        yield from source.read(list(streams))
    except AirbyteTracedException:
        if not any(stream.failure for stream in streams):
            raise


def last_states(streams: list[StripeStream], repository: QueueRepository) -> Iterator[AirbyteMessage]:
    """How far each stream has come, once all that it put on the queue is out."""
    for stream in streams:
        stream.cursor.ensure_at_least_one_state_emitted()
    yield from repository.consume_queue()


def _said(error: Exception) -> Exception:
    """What a stream failed with, with a sentence for people."""
    if isinstance(error, AirbyteTracedException):
        return error
    return AirbyteTracedException.from_exception(
        error, message=unexpected(error), failure_type=FailureType.system_error
    )
