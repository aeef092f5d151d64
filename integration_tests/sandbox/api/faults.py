"""What goes wrong on purpose: refusals, broken connections, limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from random import Random

from integration_tests.sandbox.world import errors
from integration_tests.sandbox.world.errors import StripeError


def below(path: str, prefix: str) -> bool:
    """Whether an address is `prefix` or lies below it: `/v1/accounts` does not lie below `/v1/account`."""
    stem = prefix.rstrip("/")
    return path == stem or path.startswith(stem + "/")


class Fault(Enum):
    """How an answer's way back is disturbed."""

    reset = "the connection is reset before anything is sent"
    timeout = "nothing is sent in time"
    truncated = "the connection ends in the middle of the body"
    html = "something in between answers 200 with a page of its own"
    blocked = "something in between answers 403 with a page of its own"
    login = "something in between leads to a page of its own"
    empty = "the body of a success is empty"
    nothing = "the body of a success is an object without anything in it"
    error = "the body of a success is an error"
    another = "the body of a success is another object than was asked for"
    several = "the body of a success is no object"
    gateway = "something in between answers 502 with a page of its own"
    garbled = "the body of a success says that it is compressed, and is not"


FOREIGN: Mapping[Fault, tuple[int, str, bytes]] = {
    Fault.html: (200, "text/html", b"<html><body>Bad gateway</body></html>"),
    Fault.blocked: (403, "text/html", b"<html><body>Your permission is missing: ask your administrator</body></html>"),
    Fault.login: (302, "text/html", b"<html><body>Log in to the network first</body></html>"),
    Fault.empty: (200, "application/json", b""),
    Fault.nothing: (200, "application/json", b"{}"),
    Fault.error: (200, "application/json", b'{"error": {"type": "api_error", "message": "Try again later"}}'),
    Fault.another: (200, "application/json", b'{"id": "in_foreign", "object": "invoice"}'),
    Fault.several: (200, "application/json", b'[{"id": "in_foreign", "object": "invoice"}]'),
    Fault.gateway: (502, "text/html", b"<html><body>Bad gateway</body></html>"),
    Fault.garbled: (200, "application/json", b"not what gzip makes"),
}
"""Answers that are not Stripe's: their status, type and body."""


class BrokenConnectionError(Exception):
    """There is no answer at all."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Refusal:
    """The error every request below an address gets, `times` over (None: always)."""

    path_prefix: str
    status: int
    code: str | None
    message: str | None
    headers: dict[str, str]
    times: int | None
    accounts: frozenset[str] = frozenset()
    """Those whose requests get it; all where none is named."""

    @property
    def error(self) -> StripeError:
        family = "api_error" if self.status >= 500 else "invalid_request_error"
        message = self.message or f"The sandbox refuses {self.path_prefix}."
        return StripeError(self.status, message, code=self.code, type=family, headers=self.headers)


_REASONS = ("global-rate", "endpoint-rate", "global-concurrency", "endpoint-concurrency", "resource-specific")


MOST_ON_A_PAGE = 100


@dataclass(slots=True)
class Faults:
    """What goes wrong from now on."""

    refusals: list[Refusal] = field(default_factory=list)
    fail_after: int | None = None
    list_bytes: int | None = None
    """After so many bytes the body of a list ends."""
    most_on_a_page: int = MOST_ON_A_PAGE
    """Larger pages are answered with an error of the server."""
    _rate: float = 0.0
    _rng: Random = field(default_factory=Random)

    def at_random(self, rate: float, seed: int) -> None:
        self._rate, self._rng = rate, Random(seed)

    def next(self, path: str, account: str) -> Fault | None:
        """What happens to the next request: raises what takes the place of its answer, gives what disturbs it."""
        if self.fail_after is not None:
            if self.fail_after <= 0:
                raise BrokenConnectionError(Fault.reset)
            self.fail_after -= 1
        for index, refusal in enumerate(self.refusals):
            if refusal.accounts and account not in refusal.accounts:
                continue
            if below(path, refusal.path_prefix) and refusal.times != 0:
                if refusal.times is not None:
                    self.refusals[index] = replace(refusal, times=refusal.times - 1)
                raise refusal.error
        if self._rate and self._rng.random() < self._rate:
            return self._some()
        return None

    def check_page(self, limit: int) -> None:
        """Raises what takes the place of a page of so many objects."""
        if limit > self.most_on_a_page:
            raise errors.server_error(500)

    def cut(self, body: bytes) -> bytes:
        """What arrives of the body of a list."""
        return body[: self.list_bytes]

    def _some(self) -> Fault:
        match self._rng.randrange(10):
            case 0 | 1:
                raise errors.server_error(self._rng.choice((500, 502, 503)))
            case 2 | 3:
                raise errors.rate_limited(self._rng.choice(_REASONS))
            case 4:
                raise errors.lock_timeout(self._rng.choice((409, 429)))
            case 5:
                return Fault.truncated
            case 6:
                raise BrokenConnectionError(Fault.reset)
            case 7:
                raise BrokenConnectionError(Fault.timeout)
            case _:
                return self._rng.choice(tuple(FOREIGN))


class Limiter:
    """Buckets of requests, one for all and one for each endpoint, filled by the clock, each a second's worth."""

    def __init__(self, per_second: float | None, per_endpoint: float | None, clock: Callable[[], float]) -> None:
        self._rates = (per_second, per_endpoint)
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, endpoint: str) -> None:
        """Takes a request out of the buckets, or raises the refusal."""
        per_second, per_endpoint = self._rates
        for name, rate, reason in (("", per_second, "global-rate"), (endpoint, per_endpoint, "endpoint-rate")):
            if rate is None:
                continue
            now = self._clock()
            left, since = self._buckets.get(name, (rate, now))
            left = min(rate, left + (now - since) * rate)
            if left < 1:
                self._buckets[name] = (left, now)
                raise errors.rate_limited(reason)
            self._buckets[name] = (left - 1, now)
