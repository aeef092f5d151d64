"""Requests wait for their turn, nobody waits for nothing, and the end of a sync sends everyone home."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from time import sleep as pause

import pytest

from integration_tests.vocabulary import Time
from source_stripe.runtime import Cancelled, Runtime
from source_stripe.stripe.errors import StripeError
from source_stripe.stripe.rate_limiter import GLOBAL_RATE, RateLimiter
from source_stripe.stripe.request_queue import LONGEST_NAP_SECONDS, RequestQueue

pytestmark = pytest.mark.usefixtures("_threads_in_any_order")


def turns_of(rate: float = 1000, endpoint_rate: float = 1000, workers: int = 4) -> tuple[RequestQueue, Time]:
    time = Time()
    runtime = Runtime(monotonic=time.now, sleep=time.sleep)
    return RequestQueue(RateLimiter(rate, endpoint_rate, workers), runtime, workers), time


def asking(request_queue: RequestQueue, endpoint: str, refused: str = "") -> Callable[[], float]:
    """A request that is answered at once; gives the time it was sent at."""

    def read() -> float:
        sent = request_queue.take(endpoint)
        request_queue.answered(endpoint, sent, refused)
        return sent

    return read


def results(futures: list[Future[float]]) -> list[float]:
    return [future.result(timeout=10) for future in futures]


@pytest.mark.parametrize("workers", [1, 2, 32])
def test_all_that_is_asked_for_is_read_at_the_rate_that_is_allowed(workers: int) -> None:
    request_queue, time = turns_of(rate=50, endpoint_rate=10, workers=workers)
    sent = results([request_queue.submit(name, asking(request_queue, name)) for name in ["a", "b", "c", "d"] * 25])
    assert len(sent) == 100
    assert max(sent) == pytest.approx(25 / 10, abs=0.5)
    assert time.now() >= max(sent)


def test_an_account_of_which_little_is_asked_does_not_wait_for_one_of_which_much_is() -> None:
    request_queue, _ = turns_of(rate=10, endpoint_rate=10, workers=1)
    all_are_asked = threading.Event()

    def first() -> float:
        all_are_asked.wait(timeout=10)
        return 0.0

    request_queue.submit("a", first)
    many = [request_queue.of("many").submit("a", asking(request_queue, "a")) for _ in range(60)]
    few = [request_queue.of("few").submit("a", asking(request_queue, "a")) for _ in range(3)]
    others = [request_queue.of("other").submit("a", asking(request_queue, "a")) for _ in range(3)]
    all_are_asked.set()
    sent = results([*many, *few, *others])
    # Three accounts take turns.
    assert max(sent[60:]) <= sorted(sent)[9]


def test_a_line_that_has_to_wait_does_not_hold_up_the_others() -> None:
    slept = threading.Event()

    def sleep(_: float) -> None:
        slept.wait(timeout=10)

    runtime = Runtime(monotonic=lambda: 0.0, sleep=sleep)
    request_queue = RequestQueue(RateLimiter(80, 10, 2), runtime, 2)
    slow = [request_queue.submit("slow", asking(request_queue, "slow")) for _ in range(20)]
    swift = [request_queue.submit(f"swift {number}", asking(request_queue, f"swift {number}")) for number in range(10)]
    assert results(swift) == [0.0] * 10
    assert not all(future.done() for future in slow)
    request_queue.close()
    slept.set()


def test_no_more_are_under_way_than_there_are_workers() -> None:
    request_queue, _ = turns_of(workers=3)
    lock, under_way, most = threading.Lock(), 0, 0
    gate = threading.Barrier(3)

    def read() -> None:
        nonlocal under_way, most
        sent = request_queue.take("a")
        with lock:
            under_way += 1
            most = max(most, under_way)
        gate.wait(timeout=10)
        with lock:
            under_way -= 1
        request_queue.answered("a", sent)

    for future in [request_queue.submit("a", read) for _ in range(30)]:
        future.result(timeout=10)
    assert most == 3


def test_a_turn_that_was_not_used_is_given_back() -> None:
    request_queue, time = turns_of(workers=1)
    assert [request_queue.submit("a", lambda: 7).result(timeout=10) for _ in range(5)] == [7] * 5
    time.sleep(1)
    assert request_queue.is_idle("a", 0)


def test_a_second_request_of_the_same_worker_waits_like_any_other() -> None:
    request_queue, _ = turns_of(rate=10, endpoint_rate=10, workers=1)

    def read() -> list[float]:
        return [asking(request_queue, "a")() for _ in range(30)]

    times = request_queue.submit("a", read).result(timeout=10)
    assert times[-1] - times[0] == pytest.approx(2.9, abs=0.3)


def test_a_refusal_slows_those_that_stand_in_line() -> None:
    request_queue, _ = turns_of(rate=10, endpoint_rate=10, workers=4)
    request_queue.submit("a", asking(request_queue, "a", GLOBAL_RATE)).result(timeout=10)
    assert max(results([request_queue.submit("b", asking(request_queue, "b")) for _ in range(20)])) > 2.1


def test_what_goes_wrong_reaches_who_asked() -> None:
    request_queue, _ = turns_of()

    def read() -> None:
        request_queue.answered("a", request_queue.take("a"))
        raise LookupError("nothing there")

    with pytest.raises(LookupError):
        request_queue.submit("a", read).result(timeout=10)


def test_the_end_sends_home_whoever_waits() -> None:
    request_queue, _ = turns_of(workers=1)
    begun, go_on = threading.Event(), threading.Event()

    def read() -> None:
        sent = request_queue.take("a")
        begun.set()
        go_on.wait(timeout=10)
        request_queue.answered("a", sent)

    first, second = request_queue.submit("a", read), request_queue.submit("a", read)
    begun.wait(timeout=10)
    blocked: list[BaseException] = []

    def ask_oneself() -> None:
        try:
            request_queue.take("a")
        except Cancelled as error:
            blocked.append(error)

    asker = threading.Thread(target=ask_oneself)
    asker.start()
    request_queue.close()
    asker.join(timeout=10)
    go_on.set()
    first.result(timeout=10)
    with pytest.raises(Cancelled):
        second.result(timeout=10)
    with pytest.raises(Cancelled):
        request_queue.submit("a", read)
    assert len(blocked) == 1


class Watched(Time):
    """A clock that counts how often it is looked at, and for how long somebody waits by it."""

    def __init__(self) -> None:
        super().__init__()
        self.looks, self.waits = 0, list[float]()
        self.waiting = self.most_waiting = 0

    def now(self) -> float:
        self.looks += 1
        return super().now()

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.waiting += 1
        self.most_waiting = max(self.most_waiting, self.waiting)
        # Long enough for another to come.
        pause(0.001)
        super().sleep(seconds)
        self.waiting -= 1

    def comes_to_rest(self) -> bool:
        """Whether nobody looks any more, within two seconds of this world."""
        seen = [-1, -2, -3]
        for _ in range(50):
            seen = [*seen[1:], self.looks]
            if len(set(seen)) == 1:
                return True
            pause(0.04)
        return False


# Catches: a worker, or one that asks itself, that looks again at once instead of waiting for an answer.
@pytest.mark.parametrize("asks_itself", [False, True])
def test_who_waits_for_an_answer_looks_at_no_clock_meanwhile(asks_itself: bool) -> None:
    time, gate, under_way = Watched(), threading.Event(), threading.Event()
    request_queue = RequestQueue(RateLimiter(1000, 1000, 1), Runtime(monotonic=time.now, sleep=time.sleep), 4)

    def read() -> float:
        sent = request_queue.take("a")
        under_way.set()
        assert gate.wait(timeout=10)
        request_queue.answered("a", sent)
        return sent

    futures = [request_queue.submit("a", read)]
    assert under_way.wait(timeout=10)
    if asks_itself:
        threads = [threading.Thread(target=asking(request_queue, "a"), daemon=True) for _ in range(3)]
        for thread in threads:
            thread.start()
    else:
        futures += [request_queue.submit("a", asking(request_queue, "a")) for _ in range(3)]
    assert time.comes_to_rest()
    assert time.waits == []
    gate.set()
    assert len(results(futures)) == len(futures)
    if asks_itself:
        for thread in threads:
            thread.join(timeout=10)
            assert not thread.is_alive()


# Catches: no wait at all, one of each worker instead of one for all, and one that is longer than a nap.
def test_who_waits_for_the_rate_waits_until_it_allows_one_more_and_one_for_all() -> None:
    time = Watched()
    request_queue = RequestQueue(RateLimiter(2, 2, 8), Runtime(monotonic=time.now, sleep=time.sleep), 8)
    sent = results([request_queue.submit("a", asking(request_queue, "a")) for _ in range(20)])
    assert sum(time.waits) == pytest.approx(max(sent), abs=0.2)
    assert all(0 < wait <= LONGEST_NAP_SECONDS for wait in time.waits)
    assert time.most_waiting == 1


# Catches: a worker without work that asks for more again and again.
def test_who_has_nothing_to_do_looks_at_no_clock() -> None:
    time = Watched()
    request_queue = RequestQueue(RateLimiter(1000, 1000, 4), Runtime(monotonic=time.now, sleep=time.sleep), 4)
    results([request_queue.submit("a", asking(request_queue, "a")) for _ in range(8)])
    assert time.comes_to_rest()
    assert len(results([request_queue.submit("a", asking(request_queue, "a"))])) == 1


# Catches: a beginning without a worker.
def test_a_worker_that_was_begun_reads_where_no_more_threads_are_to_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    request_queue, _ = turns_of()
    let_start(monkeypatch, 1)
    request_queue.begin()
    request_queue.begin()
    let_start(monkeypatch, 0)
    assert request_queue.submit("a", asking(request_queue, "a")).result(timeout=10) == 0


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
    request_queue, _ = turns_of(workers=8)
    assert (
        len(results([request_queue.submit(name, asking(request_queue, name)) for name in ["a", "b", "c"] * 10])) == 30
    )


def test_without_a_thread_who_asks_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    let_start(monkeypatch, 0)
    request_queue, _ = turns_of()
    for _ in range(3):
        with pytest.raises(StripeError, match="no more threads"):
            request_queue.submit("a", asking(request_queue, "a")).result(timeout=10)
    monkeypatch.undo()
    assert (
        request_queue.submit("a", asking(request_queue, "a")).result(timeout=10) == 0
    )  # those that were refused send nothing
