"""A queue for each endpoint and account; a worker takes the first request that the rate limiter admits."""

from __future__ import annotations

import math
import threading
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from source_stripe.reasons import NO_THREADS
from source_stripe.runtime import Cancelled, Runtime
from source_stripe.stripe.errors import Failure, StripeError
from source_stripe.stripe.rate_limiter import RateLimiter

LONGEST_NAP_SECONDS = 0.1
"""How long a worker sleeps at most before it looks again who may send."""

LONGEST_REST_SECONDS = 1.0
"""How long a worker that waits before it tries again sleeps until it looks whether that is still wanted."""

LATENCY_ANSWERS = 8
"""How many answers tell how long one takes."""
SPARE = 1.5
"""How many more requests are under way than would be needed if each took as long as the others."""

T = TypeVar("T")


class _Task(Generic[T]):
    def __init__(self, read: Callable[[], T]) -> None:
        self.read, self.future = read, Future[T]()

    def run(self, after: Callable[[], None]) -> None:
        try:
            try:
                result = self.read()
            finally:
                after()
        except BaseException as error:
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


Queues = dict[str, deque[_Task[object]]]
"""Of one endpoint, by account; the one that was served last comes last."""


class RequestQueue:
    """Sends requests from worker threads as fast as the rate limiter admits them, no endpoint at another's cost, and
    no account at that of another."""

    def __init__(self, limiter: RateLimiter, runtime: Runtime, workers: int) -> None:
        self._limiter, self._runtime, self._workers = limiter, runtime, workers
        self._queues: dict[str, Queues] = {}
        """By endpoint; the one that was served last comes last."""
        self._queued: Counter[str] = Counter()
        """How many requests wait, by endpoint."""
        self._changed = threading.Condition()
        self._idle = self._started = self._waiting_for_slot = 0
        """Workers without work, workers at all, and who waits until fewer requests are under way."""
        self._most: float = math.inf
        """Workers that the system lets be started."""
        self._resting = 0
        """Workers that wait before they try again; as many others take their place meanwhile."""
        self._watched = self._closed = False
        self._latency = 0.0
        """Seconds an answer takes, of late."""
        self._mine = threading.local()
        """The endpoint that the worker itself was admitted for, until it sends."""

    def begin(self) -> None:
        """Start the first worker, so that whatever is submitted later is read. Raises StripeError where no thread can
        be started."""
        with self._changed:
            if not self._started:
                self._wake()

    def of(self, account: str) -> AccountQueue:
        """The same queue, for requests about an account."""
        return AccountQueue(self, account)

    def submit(self, endpoint: str, read: Callable[[], T], account: str = "") -> Future[T]:
        """Call `read`, whose first request goes to `endpoint` and is about `account`, when that may be sent.

        Raises StripeError where no thread can be started for it.
        """
        task = _Task(read)
        with self._changed:
            if self._closed:
                raise Cancelled
            self._queues.setdefault(endpoint, {}).setdefault(account, deque()).append(task)  # type: ignore[arg-type]
            self._queued[endpoint] += 1
            self._wake()
        return task.future

    def _wake(self) -> None:
        """Wakes or starts one more worker for what is queued."""
        if self._idle:
            self._changed.notify()
        elif self._started < min(self._workers + min(self._resting, self._workers), self._most):
            try:
                threading.Thread(target=self._work, name=f"requests-{self._started + 1}", daemon=True).start()
                self._started += 1
            except RuntimeError:
                # No more are to be had: those that run do the work.
                self._most = max(1, self._started)
                if not self._started:
                    self._queues.clear()
                    self._queued.clear()
                    raise StripeError(NO_THREADS, Failure.SYSTEM) from None

    def rest(self, seconds: float) -> None:
        """Wait before a request is sent again; another worker takes the place of this one. Raises Cancelled."""
        with self._changed:
            self._resting += 1
            if self._queues:
                self._wake()
        try:
            while seconds > 0 and not self._closed:
                self._runtime.sleep(min(seconds, LONGEST_REST_SECONDS))
                seconds -= LONGEST_REST_SECONDS
        finally:
            with self._changed:
                self._resting -= 1
        if self._closed:
            raise Cancelled

    def is_idle(self, endpoint: str, in_flight: int) -> bool:
        """Whether one more request to `endpoint` could be sent at once, and is needed beside the `in_flight` ones to
        keep its pace: where enough are under way a slot is free only because answers do not come evenly."""
        with self._changed:
            now, there = self._runtime.monotonic(), self._queued[endpoint]
            if in_flight >= self._limiter.pace(endpoint, now) * self._latency * SPARE + 2:
                return False
            return self._limiter.has_room(endpoint, now, self._queued.total(), there)

    def take(self, endpoint: str) -> float:
        """Wait until a request to `endpoint` may be sent; returns the time it is sent at, on the monotonic clock."""
        if getattr(self._mine, "endpoint", None) == endpoint:
            self._mine.endpoint = None
            return self._runtime.monotonic()
        while True:
            with self._changed:
                if self._closed:
                    raise Cancelled
                now = self._runtime.monotonic()
                wait = self._limiter.wait_seconds(endpoint, now)
                if wait <= 0:
                    self._limiter.take(endpoint, now)
                    return now
                if math.isinf(wait):
                    self._wait_for_an_answer()
                    continue
            self._runtime.sleep(wait)

    def answered(self, endpoint: str, sent: float, refused: str = "") -> None:
        """The request is over; `refused` is the limit that Stripe names in an answer 429."""
        with self._changed:
            now = self._runtime.monotonic()
            self._latency += (now - sent - self._latency) / LATENCY_ANSWERS
            self._limiter.answered(endpoint, sent, now, refused)
            if self._waiting_for_slot:
                self._changed.notify_all()

    def close(self) -> None:
        """Whoever waits, or asks from now on, gets Cancelled."""
        with self._changed:
            self._closed = True
            left = [task for queues in self._queues.values() for queue in queues.values() for task in queue]
            self._queues.clear()
            self._queued.clear()
            self._changed.notify_all()
        for task in left:
            task.future.set_exception(Cancelled())

    def _work(self) -> None:
        while found := self._next():
            endpoint, task = found
            self._mine.endpoint = endpoint
            task.run(self._give_back)

    def _give_back(self) -> None:
        """The admission of a worker that found it had nothing to ask for."""
        if endpoint := self._mine.endpoint:
            self._mine.endpoint = None
            self.answered(endpoint, self._runtime.monotonic())

    def _next(self) -> tuple[str, _Task[object]] | None:
        """The first request that may be sent; None when nothing more is to come. One of the workers that wait watches
        the clock for all."""
        while True:
            with self._changed:
                if self._closed or self._started > self._workers + self._resting:
                    self._started -= 1
                    self._changed.notify()
                    return None
                now = self._runtime.monotonic()
                wait, endpoint = self._soonest(now)
                if wait <= 0:
                    self._limiter.take(endpoint, now)
                    task = self._pop(endpoint)
                    if self._queues and self._idle:
                        self._changed.notify()
                    return endpoint, task
                if self._queues and math.isinf(wait):
                    self._wait_for_an_answer()
                    continue
                if self._watched or not self._queues:
                    self._idle += 1
                    self._changed.wait()
                    self._idle -= 1
                    continue
                self._watched = True
            self._runtime.sleep(min(wait, LONGEST_NAP_SECONDS))
            with self._changed:
                self._watched = False

    def _pop(self, endpoint: str) -> _Task[object]:
        """The next request to an endpoint; others, and other accounts, come before the one after it."""
        queues = self._queues.pop(endpoint)
        account = next(iter(queues))
        queue = queues.pop(account)
        task = queue.popleft()
        if queue:
            queues[account] = queue
        if queues:
            self._queues[endpoint] = queues
        self._queued[endpoint] -= 1
        return task

    def _wait_for_an_answer(self) -> None:
        self._waiting_for_slot += 1
        self._changed.wait()
        self._waiting_for_slot -= 1

    def _soonest(self, now: float) -> tuple[float, str]:
        """Seconds until a request may be sent, and the endpoint in whose queue it stands."""
        soonest, first = math.inf, ""
        if self._queues and (wait := self._limiter.wait_of_all(now)) > 0:
            return wait, next(iter(self._queues))
        for endpoint in self._queues:
            wait = self._limiter.wait_seconds(endpoint, now)
            if wait <= 0:
                return wait, endpoint
            if wait < soonest:
                soonest, first = wait, endpoint
        return soonest, first


class AccountQueue:
    """The part of a request queue that is for requests about one account."""

    def __init__(self, whole: RequestQueue, account: str) -> None:
        self._whole, self._account = whole, account

    def of(self, account: str) -> AccountQueue:
        return AccountQueue(self._whole, account)

    def begin(self) -> None:
        """As of the whole."""
        self._whole.begin()

    def submit(self, endpoint: str, read: Callable[[], T]) -> Future[T]:
        """As of the whole, in this account's turn."""
        return self._whole.submit(endpoint, read, self._account)

    def is_idle(self, endpoint: str, in_flight: int) -> bool:
        """As of the whole."""
        return self._whole.is_idle(endpoint, in_flight)

    def close(self) -> None:
        """As of the whole."""
        self._whole.close()
