"""Who may send when: a global rate and a rate for each endpoint. Pure: the clock is passed in.

Stripe allows 100 requests a second live and 25 in a sandbox, and 25 for each endpoint, shared with the merchant's
own traffic: https://docs.stripe.com/rate-limits.
"""

from __future__ import annotations

from dataclasses import dataclass, field

LIVE_PREFIXES = ("sk_live_", "rk_live_")
STRIPE_LIVE, STRIPE_TEST, STRIPE_ENDPOINT = 100, 25, 25
"""Requests per second that Stripe allows."""
SHARE = 0.8
"""The part of them that is taken unless the user says otherwise."""
BURST_SECONDS = 0.2
"""How much of a second's allowance may be sent at once."""


@dataclass
class _Limit:
    rate: float
    due: float = 0.0

    def ready(self, now: float) -> float:
        return max(now, self.due - BURST_SECONDS)

    def take(self, at: float) -> None:
        self.due = max(self.due, at) + 1 / self.rate


@dataclass
class Governor:
    """Spreads requests over time; rates are in requests per second."""

    rate: float
    endpoint_rate: float
    _all: _Limit = field(init=False)
    _endpoints: dict[str, _Limit] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._all = _Limit(self.rate)

    @classmethod
    def of(cls, key: str, call_rate_limit: int | None) -> Governor:
        """The rates for a key: its share of Stripe's limits, or what the user asks for, never above Stripe's own."""
        allowed = STRIPE_LIVE if key.startswith(LIVE_PREFIXES) else STRIPE_TEST
        if call_rate_limit is None:
            return cls(allowed * SHARE, STRIPE_ENDPOINT * SHARE)
        rate = float(min(call_rate_limit, allowed))
        return cls(rate, min(rate, STRIPE_ENDPOINT))

    def reserve(self, endpoint: str, now: float) -> float:
        """Take the next free moment at `endpoint`; returns the seconds to wait for it."""
        limits = (self._all, self._endpoints.setdefault(endpoint, _Limit(self.endpoint_rate)))
        at = max(limit.ready(now) for limit in limits)
        for limit in limits:
            limit.take(at)
        return at - now
