"""Who may send when: rates and concurrency, for all and for each endpoint. Pure: the clock is passed in.

Stripe allows 100 requests a second live and 25 in a sandbox, 25 for each endpoint and 20 for files, shared with the
merchant's own traffic: https://docs.stripe.com/rate-limits. How many may be under way at once it does not say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from source_stripe.stripe.key import Key

STRIPE_LIVE, STRIPE_TEST, STRIPE_ENDPOINT, STRIPE_FILES = 100, 25, 25, 20
"""Requests per second that Stripe allows."""
FILES = "/v1/file"
"""How the paths begin that the limit for files is for."""
SHARE = 0.8
"""The part of them that is taken unless the user says otherwise."""
BURST_SECONDS = 0.2
"""How much of a second's allowance may be sent at once, where that stays below what Stripe allows in a second."""
SMALLEST_BURST = 2.0
"""Requests that may be sent at once all the same, as a thread may wake late."""
DECREASE = 0.7
"""By what a refusal multiplies the limit it names."""
INCREASE_PER_SECOND = 0.04
"""What comes back of the whole limit in a second without a refusal."""
TINY = 1e-6
"""By how much a share of a third, or a sum of such, may be wrong."""
SLOWEST = 0.5
"""Requests per second that are sent whatever Stripe answers."""

GLOBAL_RATE, ENDPOINT_RATE = "global-rate", "endpoint-rate"
GLOBAL_CONCURRENCY, ENDPOINT_CONCURRENCY, RESOURCE = "global-concurrency", "endpoint-concurrency", "resource-specific"


@dataclass
class Rate:
    """Requests per second, spread evenly but for a small burst; less for a while after a refusal."""

    most: float
    burst: float
    """Requests that may be sent at once after a rest."""
    _rate: float = field(init=False)
    _due: float = 0.0
    _changed: float = 0.0
    _refused: float = -math.inf

    def __post_init__(self) -> None:
        self._rate = self.most

    def now_allowed(self, now: float) -> float:
        """The rate in force, in requests per second."""
        if self._rate < self.most:
            grown = self._rate + self.most * INCREASE_PER_SECOND * max(0.0, now - self._changed)
            self._rate, self._changed = min(self.most, grown), max(now, self._changed)
        return self._rate

    def ready(self, now: float) -> float:
        """When the next request may be sent; `now` or later."""
        return max(now, self._due - self.burst / self.now_allowed(now))

    def has_room(self, now: float, waiting: int) -> bool:
        """Whether one more could be sent at once beside those that wait to be."""
        rate = self.now_allowed(now)
        return max(self._due, now) + waiting / rate - self.burst / rate <= now

    def take(self, now: float) -> None:
        self._due = max(self._due, now) + 1 / self.now_allowed(now)

    def throttle(self, sent: float, now: float) -> None:
        """A request sent at `sent` was one too many. What was sent before the last refusal tells nothing new."""
        if sent < self._refused:
            return
        self._rate = max(SLOWEST, self.now_allowed(now) * DECREASE)
        self._refused = self._changed = now
        self._due = max(self._due, now + (self.burst + 1) / self._rate)


@dataclass
class Concurrency:
    """Requests under way at once; fewer for a while after a refusal."""

    most: int
    in_flight: int = 0
    _limit: float = field(init=False)
    _changed: float = 0.0
    _refused: float = -math.inf

    def __post_init__(self) -> None:
        self._limit = float(self.most)

    def is_full(self, now: float, waiting: int = 0) -> bool:
        """Whether another may not be sent beside those under way, and those that wait to be."""
        if self._limit < self.most:
            grown = self._limit + max(1.0, self.most * INCREASE_PER_SECOND) * max(0.0, now - self._changed)
            self._limit, self._changed = min(float(self.most), grown), max(now, self._changed)
        return self.in_flight + waiting >= max(1, int(self._limit))

    def throttle(self, sent: float, now: float) -> None:
        if sent < self._refused:
            return
        self._limit = max(1.0, min(self._limit, self.in_flight + 1.0) * DECREASE)
        self._refused = self._changed = now


class RateLimiter:
    """One place that decides for a whole process; not locked by itself."""

    def __init__(
        self,
        rate: float,
        endpoint_rate: float,
        concurrency: int,
        files_rate: float | None = None,
        *,
        share: float = 1.0,
    ) -> None:
        """Rates are in requests per second, of which this process has a `share` from 0 to 1, and others the rest;
        `concurrency` is the most requests under way at once."""
        self.rate, self.endpoint_rate = rate, endpoint_rate
        self.files_rate = min(endpoint_rate, STRIPE_FILES if files_rate is None else files_rate)
        self._concurrency, self._share = concurrency, share
        self._all = self._limit(rate, STRIPE_LIVE if rate > STRIPE_TEST else STRIPE_TEST)
        self._endpoints: dict[str, tuple[Rate, Concurrency]] = {}

    @classmethod
    def of(cls, key: Key, call_rate_limit: int | None, concurrency: int, rate_share: float = 1.0) -> RateLimiter:
        """The limits for a key: a share of Stripe's, or what the user asks for, never above Stripe's own."""
        allowed = STRIPE_LIVE if key.live else STRIPE_TEST
        if call_rate_limit is None:
            files = STRIPE_FILES * SHARE
            return cls(allowed * SHARE, STRIPE_ENDPOINT * SHARE, concurrency, files, share=rate_share)
        rate = float(min(call_rate_limit, allowed))
        return cls(rate, min(rate, STRIPE_ENDPOINT), concurrency, share=rate_share)

    def wait_seconds(self, endpoint: str, now: float) -> float:
        """How long a request to `endpoint` must wait; infinity: until one that is under way is answered."""
        (rate, concurrency), (own_rate, own_concurrency) = self._all, self._endpoint(endpoint)
        if concurrency.is_full(now) or own_concurrency.is_full(now):
            return math.inf
        return max(rate.ready(now), own_rate.ready(now)) - now

    def wait_of_all(self, now: float) -> float:
        """How long any request must wait at least, as `wait_seconds`."""
        rate, concurrency = self._all
        return math.inf if concurrency.is_full(now) else rate.ready(now) - now

    def pace(self, endpoint: str, now: float) -> float:
        """Requests per second that may go to `endpoint` at the moment."""
        return min(self._all[0].now_allowed(now), self._endpoint(endpoint)[0].now_allowed(now))

    def has_room(self, endpoint: str, now: float, waiting: int, waiting_there: int) -> bool:
        """Whether one more request could be sent at once, beside those that wait, some of them for `endpoint`."""
        (rate, concurrency), (own_rate, own_concurrency) = self._all, self._endpoint(endpoint)
        if concurrency.is_full(now, waiting) or own_concurrency.is_full(now, waiting_there):
            return False
        return rate.has_room(now, waiting) and own_rate.has_room(now, waiting_there)

    def take(self, endpoint: str, now: float) -> None:
        """A request is sent."""
        for rate, concurrency in (self._all, self._endpoint(endpoint)):
            rate.take(now)
            concurrency.in_flight += 1

    def answered(self, endpoint: str, sent: float, now: float, refused: str = "") -> None:
        """The request of `sent` was answered; `refused` is the limit that Stripe names, if it was one too many.

        Whoever shares that limit slows down: https://docs.stripe.com/rate-limits#rate-limiter-headers.
        """
        (rate, concurrency), (own_rate, own_concurrency) = self._all, self._endpoint(endpoint)
        shared: dict[str, Rate | Concurrency] = {
            GLOBAL_CONCURRENCY: concurrency,
            ENDPOINT_CONCURRENCY: own_concurrency,
            ENDPOINT_RATE: own_rate,
            RESOURCE: own_rate,
        }
        if refused:
            shared.get(refused, rate).throttle(sent, now)
        concurrency.in_flight -= 1
        own_concurrency.in_flight -= 1

    def _endpoint(self, endpoint: str) -> tuple[Rate, Concurrency]:
        # All that has to do with files shares one limit.
        name = FILES if endpoint.startswith(FILES) else endpoint
        known = self._endpoints.get(name)
        if known is None:
            rate, allowed = (self.files_rate, STRIPE_FILES) if name == FILES else (self.endpoint_rate, STRIPE_ENDPOINT)
            known = self._endpoints[name] = self._limit(rate, allowed)
        return known

    def _limit(self, rate: float, allowed: float) -> tuple[Rate, Concurrency]:
        burst = _burst(rate, allowed)
        if self._share == 1:
            return Rate(rate, burst), Concurrency(self._concurrency)
        # Whole requests, as what each of several processes rounds up adds up: all together send no more in a second
        # than one that has it all.
        most = (math.floor((rate + burst) * self._share + TINY) or math.inf) - TINY
        own = min(rate * self._share, most)
        return Rate(own, max(0.0, min(burst * self._share, most - own))), Concurrency(self._concurrency)


def _burst(rate: float, allowed: float) -> float:
    """As many requests at once as leave the busiest second within what is allowed."""
    return max(SMALLEST_BURST, min(rate * BURST_SECONDS, allowed - rate))
