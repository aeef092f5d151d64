"""How long what fails is tried again: a request for some minutes, and nothing any more once all has failed so long."""

from __future__ import annotations

import threading
from collections.abc import Callable

from source_stripe.limits import WORRYING_SECONDS, Limits
from source_stripe.stripe.errors import Problem


class Patience:
    """Shared by all requests of a command. May be used from many threads."""

    def __init__(self, limits: Limits, monotonic: Callable[[], float]) -> None:
        self._limits, self._monotonic = limits, monotonic
        self._end = monotonic() + limits.total_seconds
        self._lock = threading.Lock()
        self._since: float | None = None
        """The time of the first failure after the last answer."""
        self._last: tuple[float, Problem] | None = None
        self._warned = float("-inf")

    def until(self) -> float:
        """When a request that begins now is given up."""
        return min(self._monotonic() + self._limits.patience_seconds, self._end)

    def answered(self) -> None:
        """Stripe has answered something, if only that it refuses."""
        if self._since is not None:
            with self._lock:
                self._since = self._last = None

    def failed(self, problem: Problem) -> float:
        """A request brought no answer; returns since how many seconds none does, if it is time for a word on that."""
        with self._lock:
            now = self._monotonic()
            self._since = now if self._since is None else self._since
            self._last = now, problem
            if now - self._since < WORRYING_SECONDS or now - self._warned < WORRYING_SECONDS:
                return 0.0
            self._warned = now
            return now - self._since

    def lost(self) -> Problem | None:
        """The last failure, if nothing was answered for so long that trying has become useless.

        Once in a while one request is let through all the same, in case Stripe is there again.
        """
        with self._lock:
            if self._since is None or self._last is None:
                return None
            now, (at, problem) = self._monotonic(), self._last
            is_over = now - self._since >= self._limits.patience_seconds or now >= self._end
            if not is_over:
                return None
            if now - at >= self._limits.pause_seconds:
                # For the others the pause begins anew.
                self._last = now, problem
                return None
            return problem
