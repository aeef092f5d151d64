"""Where changes come from. The event feed is one source; whatever else tells of changes can be another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from source_stripe.changes.change import ChangeEvent
from source_stripe.declaration.origins import Events
from source_stripe.stripe.answers import Object
from source_stripe.waiting import Wait
from source_stripe.windows import Window


class FeedConsumer(NamedTuple):
    """Who wants the changes of a window."""

    stream: str
    origin: Events
    window: Window
    before: str = ""
    """A field whose earlier content is wanted too."""
    whole: bool = False
    """Whether every event's object is wanted as it stands in the event."""


class ChangeBatch(NamedTuple):
    """What some events tell of the objects of each origin: all of the feed, unless that is too much to keep."""

    told: Mapping[Events, Sequence[ChangeEvent]]
    closed: tuple[Window, ...]
    """Windows of which nothing more is to come."""
    whole: bool
    """Whether there is no other batch."""
    window: None = None
    """Every consumer gets it, and takes what lies in its own windows."""


class ChangeSource(Protocol):
    """Tells the streams of a sync what has changed in the windows that they want. Used from their threads."""

    @property
    def malformed(self) -> int:
        """Events that were left out, as they are not as Stripe documents them."""

    def batches(self, stream: str) -> Iterator[ChangeBatch | Wait]:
        """What a stream is told, window after window, and a `Wait` where nothing is told yet. Raises StripeError."""

    def payload(self, event: ChangeEvent) -> Object:
        """The object as an event shows it, as whole as it can still be had. Raises StripeError."""

    def leave(self, stream: str) -> None:
        """A stream wants no more; the others go on without waiting for it."""

    def progress(self) -> tuple[float, int, float]:
        """The share of the time range that is read, the events that were, and how many are probably left."""

    def cancel(self) -> None:
        """Nobody wants the rest."""
