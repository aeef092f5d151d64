"""How the accounts of a sync have fared: who is done, who refuses, what of which stream is missing, and why."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable

from source_stripe.records.tally import Tally
from source_stripe.stripe.errors import Failure, Kind, StripeError
from source_stripe.sync.progress import PAUSE_SECONDS

MOST_NAMED = 5
"""Accounts that a sentence names."""
MOST_WARNINGS = 20
"""Accounts of which each has a warning of its own; those beyond are counted at the end."""

NOBODY = (
    "Stripe does not let any account read it, as a product is not enabled or for reasons of its own: it was asked of"
)

logger = logging.getLogger("airbyte")


class Report:
    """May be used from many threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds that only grow."""
        self._clock, self._lock = clock, threading.Lock()
        self._said = clock()
        self._notes: set[str] = set()
        self._missing: dict[str, dict[str, StripeError]] = {}
        """By stream and account, why; under no account what is so for all of them."""
        self._read: Counter[str] = Counter()
        """By stream, in how many accounts it was read."""
        self._lacking: Counter[str] = Counter()
        """By stream, how many accounts were not asked for it, as they are known to lack it."""
        self._busy_lacking: Counter[str] = Counter()
        """Of these, those in which other streams were read."""
        self.tallies: dict[str, Tally] = {}
        self.requests: Counter[str] = Counter()
        """By stream."""
        self.found = self.idle = self.quiet = self.done = self.new = self.gone = 0
        """Accounts: all, those in which nothing happened, those of which only what no event tells of was read, those
        that were read, those that are new, and those that have left."""
        self.malformed = 0
        self._refused: dict[str, str] = {}
        self._slowest = ("", 0.0, 0)

    def note(self, sentence: str) -> None:
        """Something about a state, which may be so for many accounts."""
        with self._lock:
            if sentence in self._notes:
                return
            self._notes.add(sentence)
        logger.warning(sentence)

    def refused(self, account: str, streams: list[str], error: StripeError) -> None:
        """Nothing of an account can be read."""
        with self._lock:
            self._refused[account] = error.sentence
            many = len(self._refused) > MOST_WARNINGS
            for stream in streams:
                self._missing.setdefault(stream, {})[account] = error
        if not many:
            logger.warning(f"{account or 'The connected accounts'}: not read. {error.sentence}")

    def failed(self, account: str, stream: str, error: StripeError) -> None:
        """A stream of an account is not read whole."""
        with self._lock:
            self._missing.setdefault(stream, {})[account] = error
        logger.info(f"{account}: {stream} is not read whole. {error.sentence}")

    def read(self, account: str, streams: dict[str, tuple[Tally, int]], seconds: float) -> None:
        """An account was read: what was done of each stream, and with how many requests."""
        requests = sum(count for _, count in streams.values())
        with self._lock:
            self.done += 1
            if seconds > self._slowest[1]:
                self._slowest = account, seconds, requests
            for stream, (tally, count) in streams.items():
                self._read[stream] += 1
                self.requests[stream] += count
                known = self.tallies.setdefault(stream, Tally())
                known.add(tally)

    def lack(self, streams: Iterable[str], *, is_idle: bool = True) -> None:
        """An account was not asked for these, as it is known to lack them; with `is_idle` for nothing else either."""
        with self._lock:
            self._lacking.update(streams := [*streams])
            if not is_idle:
                self._busy_lacking.update(streams)

    def missing(self, stream: str, others: int = 0) -> StripeError | None:
        """Why a stream is not read whole; None where it is, or where nothing is owed.

        A product that an account has not enabled holds nothing there, as long as others have it; `others` were read
        elsewhere.
        """
        found = self._missing.get(stream, {})
        absent = {account for account, error in found.items() if error.denied and account}
        met = self._read[stream] + self.idle + self._busy_lacking[stream] + others
        lacking = len(absent) + self._lacking[stream]
        if self._lacking[stream] and met <= lacking and not found:
            return StripeError(f"{NOBODY} {self._lacking[stream]} accounts.", Failure.CONFIG, Kind.REFUSED, stream)
        if absent and met > lacking:
            logger.warning(f"{stream}: {_named(sorted(absent))} cannot have it. {found[min(absent)].sentence}")
            found = {account: error for account, error in found.items() if account not in absent}
        if not found:
            return None
        if "" in found:
            return found[""]
        first = min(found)
        of = f" of {self.found}" if self.found >= len(found) else ""
        order = (Failure.CONFIG, Failure.SYSTEM, Failure.TRANSIENT)
        failure = min((error.failure for error in found.values()), key=order.index)
        return StripeError(
            f"{len(found)}{of} accounts were not read whole: {_named(sorted(found))}. {found[first].sentence}",
            failure,
            Kind.FAILED,
            found[first].denied,
        )

    def has_failed(self, stream: str = "") -> bool:
        """Whether anything is missing, of one stream or of any, but what an account cannot have."""
        with self._lock:
            chosen = [self._missing.get(stream, {})] if stream else [*self._missing.values()]
            return any(not error.denied for found in chosen for error in found.values())

    def progress(self, running: int, waiting: int) -> None:
        """A line now and then."""
        with self._lock:
            if self._clock() - self._said < PAUSE_SECONDS:
                return
            self._said = self._clock()
        logger.info(f"Accounts: {self._counts()}; {running} are being read, {waiting} wait.{self._end()}")

    def summary(self) -> None:
        """What there is to say at the end."""
        logger.info(f"Accounts: {self._counts()}.{self._end()}")
        for stream, tally in self.tallies.items():
            accounts, requests = self._read[stream], self.requests[stream]
            logger.info(f"{stream}, in {accounts} accounts: {tally}; requests {requests}")
        if len(self._refused) > MOST_WARNINGS:
            logger.warning(f"Not read: {_named(sorted(self._refused))}.")

    def _counts(self) -> str:
        known = {"with nothing new": self.idle, "new": self.new, "gone": self.gone, "refused": len(self._refused)}
        parts = [f"{count} {name}" for name, count in known.items() if count]
        return ", ".join([f"{self.done + self.idle} of {self.found} done", *parts])

    def _end(self) -> str:
        account, seconds, requests = self._slowest
        slowest = f" The slowest was {account}: {seconds:.0f} s, {requests} requests." if seconds >= 1 else ""
        refused = f" Refused: {_named(sorted(self._refused))}." if self._refused else ""
        return slowest + refused


def _named(accounts: list[str]) -> str:
    named = ", ".join(accounts[:MOST_NAMED])
    more = len(accounts) - MOST_NAMED
    return f"{named} and {more} more" if more > 0 else named
