"""Who is read next: accounts with news first, and among them some that are new. Not locked by itself."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from itertools import count

NEW_EVERY = 4
"""Of so many that are begun one is new, where there are both."""

Begin = Callable[[], None]


class Turns:
    """The accounts that wait to be read."""

    def __init__(self) -> None:
        self._news: list[tuple[int, int, Begin]] = []
        """Those in which something happened: since when it is owed, which came first, and what begins it."""
        self._first: deque[Begin] = deque()
        """New accounts, and those whose first pass is not over."""
        self._number, self._taken = count(), 0

    def __len__(self) -> int:
        return len(self._news) + len(self._first)

    def add_news(self, owed_since: int, begin: Begin) -> None:
        """Something happened in an account since that second."""
        heapq.heappush(self._news, (owed_since, next(self._number), begin))

    def add_first(self, begin: Begin) -> None:
        """An account is new, or owed more than its news."""
        self._first.append(begin)

    def next(self) -> Begin:
        """Takes out what is begun next. Raises IndexError where nobody waits."""
        self._taken += 1
        if self._first and (not self._news or self._taken % NEW_EVERY == 0):
            return self._first.popleft()
        return heapq.heappop(self._news)[2]
