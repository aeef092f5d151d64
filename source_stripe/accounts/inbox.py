"""What others have to tell the one who decides, who holds no thread while nothing comes."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from source_stripe.waiting import Wait

Call = Callable[[], None]


class Inbox:
    """Calls that are made in turn by whoever takes them out. `put` may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: deque[Call] = deque()
        self._resume: Call | None = None
        """Called once something comes, while it is waited for."""

    def put(self, call: Call) -> None:
        """Have a call made."""
        with self._lock:
            self._calls.append(call)
            resume, self._resume = self._resume, None
        if resume:
            resume()

    def answer(self) -> None:
        """Make the calls that have come."""
        while self._calls:
            self._calls.popleft()()

    def news(self) -> Wait:
        """Over once there is one."""
        return Wait(self._when_news)

    def _when_news(self, resume: Call) -> None:
        with self._lock:
            is_over = bool(self._calls)
            if not is_over:
                self._resume = resume
        if is_over:
            resume()
