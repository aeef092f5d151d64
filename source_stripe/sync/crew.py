"""A few threads for many readings: one that waits for what another thread brings holds none of them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partial
from typing import NamedTuple

from source_stripe.limits import TURN_SECONDS
from source_stripe.waiting import Wait

Steps = Iterator[Wait | None]
"""A reading that is done once it is exhausted. It yields a `Wait` where it cannot go on yet, and None wherever another
may have its turn."""


class _Job(NamedTuple):
    steps: Steps
    done: Future[None]


class Crew:
    """Runs readings side by side, each in one thread at a time. May be used from many threads."""

    def __init__(self, most: int, monotonic: Callable[[], float]) -> None:
        """At most `most` threads, as few as are needed; `monotonic` gives seconds that only grow."""
        self._most, self._monotonic = most, monotonic
        self._ready: deque[_Job] = deque()
        self._changed = threading.Condition()
        self._started = self._idle = self._left = 0
        """Threads at all, those without a reading, and the readings that are not done."""
        self._closed = False

    def begin(self, steps: Steps) -> Future[None]:
        """Run a reading; what it ends with is in the future. Raises RuntimeError where no thread at all can be started,
        and after `close`."""
        job = _Job(steps, Future())
        with self._changed:
            if self._closed:
                raise RuntimeError("cannot begin a reading after the end")
            self._left += 1
            self._ready.append(job)
            try:
                self._wake()
            except RuntimeError:
                self._left -= 1
                self._ready.clear()
                raise
        return job.done

    def close(self) -> None:
        """Nothing more is begun. What is under way ends by what it does next, as whatever it asks for is closed too."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _wake(self) -> None:
        """Wakes or starts one more thread for what is ready. Raises RuntimeError where there is none, and none to be
        had."""
        self._changed.notify()
        if len(self._ready) > self._idle and self._started < self._most:
            try:
                threading.Thread(target=self._run, name=f"readings-{self._started + 1}", daemon=True).start()
                self._started += 1
            except RuntimeError:
                # Those that run do the work.
                self._most = self._started or self._most
                if not self._started:
                    raise

    def _run(self) -> None:
        while job := self._next():
            self._go_on(job)

    def _next(self) -> _Job | None:
        with self._changed:
            while not self._ready:
                if self._closed and not self._left:
                    return None
                self._idle += 1
                self._changed.wait()
                self._idle -= 1
            return self._ready.popleft()

    def _go_on(self, job: _Job) -> None:
        """Until it has to wait, has had its turn, or is done."""
        began = self._monotonic()
        try:
            for wait in job.steps:
                if wait:
                    wait.when_over(partial(self._resume, job))
                    return
                if self._ready and self._monotonic() - began >= TURN_SECONDS:
                    self._resume(job)
                    return
        except BaseException as error:
            job.done.set_exception(error)
        else:
            job.done.set_result(None)
        with self._changed:
            self._left -= 1
            if self._closed:
                self._changed.notify_all()

    def _resume(self, job: _Job) -> None:
        with self._changed:
            self._ready.append(job)
            self._wake()
