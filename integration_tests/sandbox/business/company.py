"""The company: its calendar, its chance, its prices and its books, in the account that it has at Stripe."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count
from random import Random

from integration_tests.sandbox.account.account import Account
from integration_tests.sandbox.business.books import Books
from integration_tests.sandbox.world.facts import DAY_SECONDS, Json


class Company(Account):
    """An account whose owner has a calendar: everything happens at its time, and chance is seeded."""

    def __init__(self, now: int, seed: int) -> None:
        super().__init__(now, seed)
        self.chance = Random(seed)
        self.books = Books()
        self.prices: dict[tuple[str, str], Json] = {}
        """By plan and interval."""
        self._calendar: list[tuple[int, int, Callable[[], None]]] = []
        self._order = count()

    def later(self, at: int, does: Callable[[], None]) -> None:
        """Something to be done at that time."""
        heapq.heappush(self._calendar, (at, next(self._order), does))

    def happens(self, probability: float) -> bool:
        return self.chance.random() < probability

    def within(self, first_day: float, last_day: float) -> int:
        """A moment some days from now."""
        return self.now + int(self.chance.uniform(first_day, last_day) * DAY_SECONDS)

    def goes_on(self, until: int) -> None:
        """Does what the calendar says, up to that second."""
        while self._calendar and self._calendar[0][0] <= until:
            at, _, does = heapq.heappop(self._calendar)
            self.now = max(self.now, at)
            does()
        self.now = until
