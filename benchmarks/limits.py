"""Stripe's rate limits: one for the account, one for each endpoint (https://docs.stripe.com/rate-limits). Pure."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Bucket:
    """Holds a second's worth of requests and fills up at `rate` per second."""

    rate: float
    held: float = field(init=False)
    at: float = 0.0

    def __post_init__(self) -> None:
        self.held = self.rate

    def fill(self, now: float) -> bool:
        """Whether a request may be taken."""
        self.held = min(self.rate, self.held + (now - self.at) * self.rate)
        self.at = now
        return self.held >= 1


@dataclass
class Limits:
    """In requests per second; 0 limits nothing."""

    account: float = 0.0
    endpoint: float = 0.0
    _buckets: dict[str, Bucket] = field(default_factory=dict)

    def refusal(self, endpoint: str, now: float) -> str:
        """The limit that a request exceeds, in Stripe's words; empty, and the request counted, where it is none."""
        limits = (("", self.account, "global-rate"), (endpoint, self.endpoint, "endpoint-rate"))
        buckets = []
        for name, rate, reason in limits:
            if not rate:
                continue
            bucket = self._buckets.setdefault(name, Bucket(rate, at=now))
            if not bucket.fill(now):
                return reason
            buckets.append(bucket)
        for bucket in buckets:
            bucket.held -= 1
        return ""
