"""A few threads run many readings: each goes on when what it waits for is there, and none twice at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from itertools import count

import pytest

from source_stripe.limits import TURN_SECONDS
from source_stripe.runtime import Cancelled
from source_stripe.sync.crew import Crew
from source_stripe.waiting import Wait, patient, until
from unit_tests.test_request_queue import let_start

pytestmark = pytest.mark.usefixtures("_threads_in_any_order")

LONGEST_SECONDS = 20


def crew_of(most: int, monotonic: Callable[[], float] = lambda: 0.0) -> Crew:
    return Crew(most, monotonic)


def readings() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("readings-")]


def come_to_an_end() -> bool:
    for thread in readings():
        thread.join(LONGEST_SECONDS)
    return not readings()


@pytest.mark.parametrize("most", [1, 3])
def test_each_reading_goes_on_in_order_and_in_one_thread_at_a_time(most: int) -> None:
    crew, answers = crew_of(most), [Future[int]() for _ in range(5)]
    inside, seen = [0] * 20, [list[int]() for _ in range(20)]

    def reading(number: int) -> Iterator[Wait | None]:
        for answer in answers:
            inside[number] += 1
            assert inside[number] == 1
            if not answer.done():
                inside[number] -= 1
                yield until(answer)
                inside[number] += 1
            seen[number].append(answer.result(0))
            inside[number] -= 1
            yield None

    ends = [crew.begin(reading(number)) for number in range(20)]
    for number, answer in enumerate(answers):
        answer.set_result(number)
    for end in ends:
        assert end.result(LONGEST_SECONDS) is None
    assert seen == [[0, 1, 2, 3, 4]] * 20
    assert len(readings()) <= most
    crew.close()
    assert come_to_an_end()


# Catches: a thread that is held while its reading waits.
def test_readings_that_wait_hold_no_thread() -> None:
    crew, never = crew_of(1), Future[None]()
    waiting = [crew.begin(iter([until(never)])) for _ in range(10)]
    assert crew.begin(iter([None])).result(LONGEST_SECONDS) is None
    assert not any(one.done() for one in waiting)
    crew.close()
    never.set_result(None)
    assert come_to_an_end()


# Catches: a reading that always can go on and keeps the only thread from the others.
def test_one_that_never_has_to_wait_gives_way_after_its_turn() -> None:
    ticks = count()
    crew, over = crew_of(1, lambda: next(ticks) * TURN_SECONDS / 3), threading.Event()

    def endless() -> Iterator[None]:
        while not over.is_set():
            yield None

    long = crew.begin(endless())
    assert crew.begin(iter([None])).result(LONGEST_SECONDS) is None
    assert not long.done()
    over.set()
    assert long.result(LONGEST_SECONDS) is None
    crew.close()
    assert come_to_an_end()


@pytest.mark.parametrize("error", [ValueError("odd"), Cancelled()])
def test_what_a_reading_ends_with_is_its_own(error: BaseException) -> None:
    crew = crew_of(2)

    def failing() -> Iterator[None]:
        yield None
        raise error

    failed, fine = crew.begin(failing()), crew.begin(iter([None]))
    assert failed.exception(LONGEST_SECONDS) is error
    assert fine.result(LONGEST_SECONDS) is None
    crew.close()
    assert come_to_an_end()


# Catches: an end that leaves a reading in the middle, with what it holds.
def test_after_the_end_what_was_begun_ends_by_itself_and_nothing_is_begun() -> None:
    crew, answer, left = crew_of(2), Future[None](), threading.Event()

    def reading() -> Iterator[Wait | None]:
        try:
            yield until(answer)
            answer.result()
        finally:
            left.set()

    end = crew.begin(reading())
    crew.close()
    with pytest.raises(RuntimeError):
        crew.begin(iter([None]))
    answer.set_exception(Cancelled())
    assert isinstance(end.exception(LONGEST_SECONDS), Cancelled)
    assert left.is_set()
    assert come_to_an_end()


@pytest.mark.parametrize("most", [1, 2])
def test_with_fewer_threads_than_it_may_have_all_is_read_by_those_there_are(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    let_start(monkeypatch, most)
    crew = crew_of(8)
    ends = [crew.begin(iter([None, None])) for _ in range(30)]
    assert [end.result(LONGEST_SECONDS) for end in ends] == [None] * 30
    crew.close()
    assert come_to_an_end()


def test_without_a_thread_who_begins_is_told_so_and_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    let_start(monkeypatch, 0)
    crew, begun = crew_of(8), list[int]()
    for _ in range(2):
        with pytest.raises(RuntimeError):
            crew.begin(map(begun.append, [1]))
    monkeypatch.undo()
    assert crew.begin(iter([None])).result(LONGEST_SECONDS) is None
    assert begun == []
    crew.close()
    assert come_to_an_end()


def test_the_first_of_several_answers_ends_a_wait_once() -> None:
    answers, calls = [Future[int]() for _ in range(4)], list[int]()
    until(*answers).when_over(lambda: calls.append(1))
    threads = [threading.Thread(target=answer.set_result, args=(1,)) for answer in answers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == [1]
    until(*answers).sit_out()


def test_who_is_patient_gets_everything_but_the_waits() -> None:
    answer = Future[None]()
    threading.Timer(0.05, answer.set_result, [None]).start()
    began = time.monotonic()
    assert list(patient([1, until(answer), 2])) == [1, 2]
    assert time.monotonic() - began < LONGEST_SECONDS
