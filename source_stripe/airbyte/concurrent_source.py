"""The CDK's concurrent source with batches of records in its queue."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

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
from source_stripe.reasons import NO_THREADS, unexpected


class Pool(ThreadPoolManager):
    """The CDK's, for streams that wait for each other: one that gets no thread would be waited for in vain."""

    def submit(self, function: Callable[..., Any], *args: Any) -> None:
        """Raises AirbyteTracedException where no thread can be started."""
        try:
            super().submit(function, *args)
        except RuntimeError as error:
            raise AirbyteTracedException(
                message=NO_THREADS, internal_message=str(error), failure_type=FailureType.system_error
            ) from None


class BatchConcurrentSource(ConcurrentSource):
    """Does for a batch what the CDK does for a record. Whoever ends reading early closes it."""

    def __init__(
        self,
        workers: int,
        logger: logging.Logger,
        slice_logger: SliceLogger,
        queue: OutputQueue,
        repository: QueueRepository,
    ) -> None:
        """At most half of the workers find out what there is to read, so that the others read it."""
        self._output = queue
        self._workers = ThreadPoolExecutor(workers, thread_name_prefix="workerpool")
        pool = Pool(self._workers, logger)
        super().__init__(pool, logger, slice_logger, queue, repository, max(1, workers // 2))

    def close(self) -> None:
        """The workers end with what they do next; nothing more is begun."""
        self._output.close()
        self._workers.shutdown(wait=False, cancel_futures=True)

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


def _said(error: Exception) -> Exception:
    """What a stream failed with, with a sentence for people."""
    if isinstance(error, AirbyteTracedException):
        return error
    return AirbyteTracedException.from_exception(
        error, message=unexpected(error), failure_type=FailureType.system_error
    )
