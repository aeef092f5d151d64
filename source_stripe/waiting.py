"""What a reading yields where it cannot go on yet, so that it holds no thread while it waits."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Wait:
    """Stands between what is read: whoever reads passes it on, and who runs the reading resumes it when it is over."""

    __slots__ = ("when_over",)

    def __init__(self, when_over: Callable[[Callable[[], None]], None]) -> None:
        """`when_over` has a function called once the wait is over, from whatever thread; at once, if it is already."""
        self.when_over = when_over

    def sit_out(self) -> None:
        """Hold the thread until it is over."""
        over = threading.Event()
        self.when_over(over.set)
        over.wait()


def until(*answers: Future[Any]) -> Wait:
    """Over once one of some answers is there, or is not to be had."""

    def when_over(call: Callable[[], None]) -> None:
        calls = deque([call])

        def first(_: Future[Any]) -> None:
            try:
                one = calls.popleft()
            except IndexError:
                return
            one()

        for answer in answers:
            answer.add_done_callback(first)

    return Wait(when_over)


def patient(items: Iterable[T | Wait]) -> Iterator[T]:
    """What is read, for those who can hold their thread."""
    for item in items:
        if isinstance(item, Wait):
            item.sit_out()
        else:
            yield item
