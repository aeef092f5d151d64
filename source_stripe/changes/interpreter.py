"""What the streams of a sync want to be told, and what an event tells them; whatever source it comes from."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from source_stripe.changes.change import Asked, ChangeEvent, key_fields, told
from source_stripe.changes.source import ChangeBatch, FeedConsumer
from source_stripe.declaration.origins import EVENT, Events
from source_stripe.stripe.answers import Object
from source_stripe.windows import Window, merge

MALFORMED = (KeyError, TypeError, AttributeError, ValueError)

logger = logging.getLogger("airbyte")


class Interpreter:
    """Reads events for all consumers at once. Not locked by itself."""

    def __init__(
        self, source: str, consumers: Sequence[FeedConsumer], shown: Callable[[Object], Object] = lambda event: event
    ) -> None:
        """`source` is where the events are from, in words; `shown` makes of one of another form one of API v1."""
        self._source, self._shown = source, shown
        self.asked: dict[Events, Asked] = {}
        windows: dict[str, list[Window]] = {}
        for consumer in consumers:
            one = self.asked.setdefault(consumer.origin, Asked(consumer.origin, key_fields(consumer.origin)))
            one.before |= {consumer.before} - {""}
            one.whole |= consumer.whole
            windows.setdefault(consumer.stream, []).append(consumer.window)
        self._by_tag: dict[str, list[Asked]] = {}
        """By the tag of the objects that tell something."""
        for origin, one in self.asked.items():
            for tag in {origin.object, *(tag for tag, _ in origin.indirect_events)}:
                self._by_tag.setdefault(tag, []).append(one)
        self._windows = {stream: merge(wanted) for stream, wanted in windows.items()}
        self.all = merge(window for wanted in self._windows.values() for window in wanted)
        """What any of them wants."""
        self.malformed = 0
        """Events that were left out."""

    def read(self, event: Object) -> list[tuple[Events, ChangeEvent]]:
        """What an event tells; nothing, and counted, where it is not as Stripe documents it."""
        given = event
        try:
            event = self._shown(given)
            obj = event["data"]["object"]
            if not isinstance(event["id"], str) or type(event["created"]) is not int:
                raise TypeError(event)
            asked = (*self._by_tag.get(obj.get("object"), ()), *self._by_tag.get(EVENT, ()))
            return [(one.origin, news) for one in asked if (news := told(event, one))]
        except MALFORMED:
            self._leave_out(given)
            return []

    def within(self, batch: ChangeBatch, stream: str) -> ChangeBatch:
        """What lies in the windows of one consumer."""
        windows = self._windows.get(stream, ())
        if windows == self.all:
            return batch

        def inside(second: int) -> bool:
            return any(window.start <= second < window.end for window in windows)

        told = {origin: [one for one in told if inside(one.at)] for origin, told in batch.told.items()}
        closed = [Window(max(a.start, b.start), min(a.end, b.end)) for a in batch.closed for b in windows]
        return batch._replace(told=told, closed=merge(closed))

    def _leave_out(self, event: Object) -> None:
        """One event is no reason to read none; the first is told of."""
        self.malformed += 1
        if self.malformed == 1:
            logger.warning(
                f"{self._source} holds an event that is not as Stripe documents it, which is left out: "
                f"{str(event.get('id'))[:40]!r}, {str(event.get('type'))[:60]!r}. More of them are only counted."
            )
