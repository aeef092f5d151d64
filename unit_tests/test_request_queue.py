"""Requests wait for their turn, nobody waits for nothing, and the end of a sync sends everyone home."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

import pytest

from integration_tests.vocabulary import Time
from source_stripe.runtime import Abandoned, Outside
from source_stripe.stripe.errors import StripeError
from source_stripe.stripe.rate_limiter import GLOBAL_RATE, Governor
from source_stripe.stripe.request_queue import Turns


def turns_of(rate: float = 1000, endpoint_rate: float = 1000, workers: int = 4) -> tuple[Turns, Time]:
    time = Time()
    outside = Outside(monotonic=time.now, sleep=time.sleep)
    return Turns(Governor(rate, endpoint_rate, workers), outside, workers), time


def asking(turns: Turns, endpoint: str, refused: str = "") -> Callable[[], float]:
    """A request that is answered at once; gives the time it was sent at."""

    def read() -> float:
        sent = turns.take(endpoint)
        turns.answered(endpoint, sent, refused)
        return sent

    return read


def results(futures: list[Future[float]]) -> list[float]:
    return [future.result(timeout=10) for future in futures]


@pytest.mark.parametrize("workers", [1, 2, 32])
def test_all_that_is_asked_for_is_read_at_the_rate_that_is_allowed(workers: int) -> None:
    turns, time = turns_of(rate=50, endpoint_rate=10, workers=workers)
    sent = results([turns.submit(name, asking(turns, name)) for name in ["a", "b", "c", "d"] * 25])
    assert len(sent) == 100
    assert max(sent) == pytest.approx(25 / 10, abs=0.5)
    assert time.now() >= max(sent)


def test_a_line_that_has_to_wait_does_not_hold_up_the_others() -> None:
    slept = threading.Event()

    def sleep(_: float) -> None:
        slept.wait(timeout=10)

    outside = Outside(monotonic=lambda: 0.0, sleep=sleep)
    turns = Turns(Governor(80, 10, 2), outside, 2)
    slow = [turns.submit("slow", asking(turns, "slow")) for _ in range(20)]
    swift = [turns.submit(f"swift {number}", asking(turns, f"swift {number}")) for number in range(10)]
    assert results(swift) == [0.0] * 10
    assert not all(future.done() for future in slow)
    turns.close()
    slept.set()


def test_no_more_are_under_way_than_there_are_workers() -> None:
    turns, _ = turns_of(workers=3)
    lock, under_way, most = threading.Lock(), 0, 0
    gate = threading.Barrier(3)

    def read() -> None:
        nonlocal under_way, most
        sent = turns.take("a")
        with lock:
            under_way += 1
            most = max(most, under_way)
        gate.wait(timeout=10)
        with lock:
            under_way -= 1
        turns.answered("a", sent)

    for future in [turns.submit("a", read) for _ in range(30)]:
        future.result(timeout=10)
    assert most == 3


def test_a_turn_that_was_not_used_is_given_back() -> None:
    turns, time = turns_of(workers=1)
    assert [turns.submit("a", lambda: 7).result(timeout=10) for _ in range(5)] == [7] * 5
    time.sleep(1)
    assert turns.is_idle("a", 0)


def test_a_second_request_of_the_same_worker_waits_like_any_other() -> None:
    turns, _ = turns_of(rate=10, endpoint_rate=10, workers=1)

    def read() -> list[float]:
        return [asking(turns, "a")() for _ in range(30)]

    times = turns.submit("a", read).result(timeout=10)
    assert times[-1] - times[0] == pytest.approx(2.9, abs=0.3)


def test_a_refusal_slows_those_that_stand_in_line() -> None:
    turns, _ = turns_of(rate=10, endpoint_rate=10, workers=4)
    turns.submit("a", asking(turns, "a", GLOBAL_RATE)).result(timeout=10)
    assert max(results([turns.submit("b", asking(turns, "b")) for _ in range(20)])) > 2.1


def test_what_goes_wrong_reaches_who_asked() -> None:
    turns, _ = turns_of()

    def read() -> None:
        turns.answered("a", turns.take("a"))
        raise LookupError("nothing there")

    with pytest.raises(LookupError):
        turns.submit("a", read).result(timeout=10)


def test_the_end_sends_home_whoever_waits() -> None:
    turns, _ = turns_of(workers=1)
    begun, go_on = threading.Event(), threading.Event()

    def read() -> None:
        sent = turns.take("a")
        begun.set()
        go_on.wait(timeout=10)
        turns.answered("a", sent)

    first, second = turns.submit("a", read), turns.submit("a", read)
    begun.wait(timeout=10)
    blocked: list[BaseException] = []

    def ask_oneself() -> None:
        try:
            turns.take("a")
        except Abandoned as error:
            blocked.append(error)

    asker = threading.Thread(target=ask_oneself)
    asker.start()
    turns.close()
    asker.join(timeout=10)
    go_on.set()
    first.result(timeout=10)
    with pytest.raises(Abandoned):
        second.result(timeout=10)
    with pytest.raises(Abandoned):
        turns.submit("a", read)
    assert len(blocked) == 1


def let_start(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Lets so many threads be started, and refuses more as the system does."""
    start, left = threading.Thread.start, [None] * most

    def limited(thread: threading.Thread) -> None:
        if not left:
            raise RuntimeError("can't start new thread")
        left.pop()
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", limited)


@pytest.mark.parametrize("most", [1, 2, 3])
def test_with_fewer_threads_than_workers_all_is_read_by_those_there_are(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    let_start(monkeypatch, most)
    turns, _ = turns_of(workers=8)
    assert len(results([turns.submit(name, asking(turns, name)) for name in ["a", "b", "c"] * 10])) == 30


def test_without_a_thread_who_asks_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    let_start(monkeypatch, 0)
    turns, _ = turns_of()
    for _ in range(3):
        with pytest.raises(StripeError, match="no more threads"):
            turns.submit("a", asking(turns, "a")).result(timeout=10)
    monkeypatch.undo()
    assert turns.submit("a", asking(turns, "a")).result(timeout=10) == 0  # those that were refused send nothing
