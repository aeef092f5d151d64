"""What a session is given: streams, an output, a source of changes, and what it has in common with others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Semaphore
from typing import Any, NamedTuple, Protocol

from source_stripe.changes.source import ChangeSource, FeedConsumer
from source_stripe.declaration.resource import Resource
from source_stripe.stripe.answers import Object
from source_stripe.stripe.arrival import Arrival
from source_stripe.stripe.client import Client
from source_stripe.sync.progress import Progress

OpenSource = Callable[[Client, Sequence[FeedConsumer], int, Semaphore], ChangeSource]
"""Makes a source for some consumers: of a client to ask with, the most seconds of a window, and room for pages."""


class Output(Protocol):
    """Where what a sync reads goes. May be used from many threads."""

    def records(self, stream: str, records: Sequence[Object], /) -> int:
        """Some records of a stream, at least one; waits for room. Gives their bytes."""

    def state(self, stream: str, state: Mapping[str, Any], /) -> None:
        """The state that all that a stream has emitted so far leads to."""

    def estimate(self, stream: str, rows: int, /) -> None:
        """How many rows a stream will probably have in this sync."""


class Selected(NamedTuple):
    """A stream to read."""

    resource: Resource
    incremental: bool = False
    state: Mapping[str, object] | None = None
    absent_until: int | None = None
    """The second at which the account was known to lack it; None where it may have it."""


@dataclass(frozen=True)
class Joined:
    """What the sessions of several accounts have in common, and what they read them through."""

    client: Client
    """For the account that is read."""
    platform: Client
    """For what its platform has of it."""
    arrival: Arrival
    budget: Semaphore
    """For pages that wait for those who want them."""
    progress: Progress
    note: Callable[[str], None]
    """Takes what a user should know of a state."""
