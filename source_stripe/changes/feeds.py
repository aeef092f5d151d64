"""Two sources of changes as one: each stream is told by that of its version of the API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from source_stripe.changes.change import ChangeEvent
from source_stripe.changes.source import ChangeBatch, ChangeSource, FeedConsumer
from source_stripe.stripe.answers import Object
from source_stripe.waiting import Wait


def is_thin(kind: str) -> bool:
    """Whether a type of event is one of API v2."""
    return kind.startswith("v2.")


class Feeds:
    """Streams of API v1 are told by `events`, those of API v2 by `thin`."""

    def __init__(self, events: ChangeSource, thin: ChangeSource, consumers: Sequence[FeedConsumer]) -> None:
        self._events, self._thin = events, thin
        self._of_v2 = {one.stream for one in consumers if one.origin.thin}

    @property
    def malformed(self) -> int:
        """Events that were left out, as they are not as Stripe documents them."""
        return self._events.malformed + self._thin.malformed

    def batches(self, stream: str) -> Iterator[ChangeBatch | Wait]:
        """What a stream is told, window after window. Raises StripeError."""
        return self._of(stream).batches(stream)

    def payload(self, event: ChangeEvent) -> Object:
        """The object as an event shows it, as whole as it can still be had. Raises StripeError."""
        return (self._thin if is_thin(event.type) else self._events).payload(event)

    def leave(self, stream: str) -> None:
        """A stream wants no more; the others go on without waiting for it."""
        self._of(stream).leave(stream)

    def progress(self) -> tuple[float, int, float]:
        """The share of the time range that is read, the events that were, and how many are probably left."""
        if not self._of_v2:
            return self._events.progress()
        (share, seen, left), (thin_share, thin_seen, thin_left) = self._events.progress(), self._thin.progress()
        return min(share, thin_share), seen + thin_seen, left + thin_left

    def cancel(self) -> None:
        """Nobody wants the rest."""
        self._events.cancel()
        self._thin.cancel()

    def _of(self, stream: str) -> ChangeSource:
        return self._thin if stream in self._of_v2 else self._events
