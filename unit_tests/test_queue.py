"""What waits for the reader: bounded, in order, and never for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import Full

import pytest
from airbyte_cdk.models import AirbyteMessage, AirbyteStateMessage, Level, Type

from source_stripe.airbyte.batch import Batch
from source_stripe.airbyte.queue import OutputQueue, QueueRepository
from source_stripe.limits import ITEM_BYTES
from source_stripe.runtime import Cancelled
from source_stripe.signals import Stop, Stopped

pytestmark = pytest.mark.usefixtures("_threads_in_any_order")


def message(number: int) -> AirbyteMessage:
    return AirbyteMessage(Type.STATE, state=AirbyteStateMessage(data={"number": number}))


def elsewhere(work: Callable[[], object]) -> None:
    """In a thread that is not the reader's."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result(timeout=10)


def test_who_waits_for_room_is_told_when_the_reader_goes() -> None:
    queue, begun, told = OutputQueue(1), threading.Event(), threading.Event()
    queue.put(message(1))

    def wait() -> None:
        begun.set()
        with pytest.raises(Cancelled):
            queue.put(message(2))
        told.set()

    thread = threading.Thread(target=wait)
    thread.start()
    begun.wait()
    queue.close()
    thread.join(10)
    assert told.is_set()


def test_nothing_is_put_into_a_closed_outbox() -> None:
    queue = OutputQueue()
    queue.put(message(1))
    queue.close()
    assert queue.empty()
    with pytest.raises(Cancelled):
        queue.put(message(2))


def test_it_is_bounded() -> None:
    queue = OutputQueue(2)
    queue.put(message(1))
    queue.put(message(2))
    with pytest.raises(Full):
        queue.put(message(3), block=False)


def test_what_a_worker_emits_keeps_its_order() -> None:
    queue = OutputQueue()
    repository = QueueRepository(queue)
    first, last = message(1), message(2)

    def work() -> None:
        repository.emit_message(first)
        repository.emit_records("customers", [{"id": "cus_1"}])
        repository.log_message(Level.INFO, lambda: {"said": "between"})
        repository.emit_message(last)

    elsewhere(work)
    items = [queue.get_nowait() for _ in range(queue.qsize())]
    assert [type(item) for item in items] == [AirbyteMessage, Batch, AirbyteMessage, AirbyteMessage]
    assert (items[0], items[-1]) == (first, last)
    assert list(repository.consume_queue()) == []


def test_the_reader_never_waits_for_itself() -> None:
    queue = OutputQueue(1)
    repository = QueueRepository(queue)
    elsewhere(lambda: repository.emit_message(message(1)))
    repository.emit_message(message(2))
    repository.emit_message(message(3))
    assert list(repository.consume_queue()) == [message(2), message(3)]


def test_large_records_do_not_make_a_large_item() -> None:
    queue = OutputQueue()
    repository = QueueRepository(queue)
    records = [{"id": str(number), "text": "x" * (ITEM_BYTES // 3)} for number in range(8)]
    elsewhere(lambda: repository.emit_records("files", [*records, {"id": "huge", "text": "x" * 2 * ITEM_BYTES}]))
    batches = [item for _ in range(queue.qsize()) if isinstance(item := queue.get_nowait(), Batch)]
    got = [one.record.data["id"] for batch in batches for one in batch.messages() if one.record]
    assert got == [*map(str, range(8)), "huge"]
    assert all(len(batch.lines) <= ITEM_BYTES or batch.count == 1 for batch in batches)


def test_once_the_process_is_to_end_what_is_in_comes_out_and_nothing_more_goes_in() -> None:
    stop = Stop()
    stop.orderly = True
    queue = OutputQueue(3, stop)
    for number in range(3):
        queue.put(message(number))
    waiting = threading.Thread(target=lambda: raises_abandoned(queue))
    waiting.start()
    stop.ask(15)
    assert [queue.get() for _ in range(3)] == [message(number) for number in range(3)]
    waiting.join(10)
    raises_abandoned(queue)
    with pytest.raises(Stopped) as stopped:
        queue.get()
    assert stopped.value.code == 143


def test_who_waits_for_what_never_comes_is_told_that_the_process_is_to_end() -> None:
    stop = Stop()
    stop.orderly = True
    threading.Timer(0.2, stop.ask, (2,)).start()
    with pytest.raises(Stopped) as stopped:
        OutputQueue(3, stop).get()
    assert stopped.value.code == 130


def raises_abandoned(queue: OutputQueue) -> None:
    with pytest.raises(Cancelled):
        queue.put(message(9))
