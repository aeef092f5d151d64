"""What the process takes from outside: the network, the time, chance, the wish that it end. All can be handed in."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import requests

from source_stripe.signals import Stop


def _now() -> float:
    return time.time()


@dataclass(frozen=True)
class Runtime:
    """The real thing by default; a test hands in its own."""

    session: Callable[[], requests.Session] = requests.Session
    clock: Callable[[], float] = _now
    """Unix time in seconds."""
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    """Waits so many seconds."""
    jitter: Callable[[], float] = random.random
    """A number from 0 to 1."""
    stop: Stop = field(default_factory=Stop)


class Cancelled(BaseException):
    """The sync is over before its time, nobody reads any more. Not an Exception, so that nothing takes it for an error
    of the sync."""
