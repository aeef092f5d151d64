"""/v1/events, read once per sync for all who follow it: which objects changed, and when.

An event is a pointer to what changed, not the new row: its payload is rendered in the account's API version of that
day, without expansions and with its lists cut at ten (https://docs.stripe.com/api/events/object).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from threading import Semaphore

from source_stripe.changes.change import ChangeEvent
from source_stripe.changes.interpreter import Interpreter
from source_stripe.changes.source import ChangeBatch, FeedConsumer
from source_stripe.declaration.origins import EVENT, Events, Listing, Params
from source_stripe.limits import MOST_WEIGHT
from source_stripe.listing.shared_list import ListPage, SharedList
from source_stripe.stripe.answers import Object, an_object
from source_stripe.stripe.client import Client
from source_stripe.stripe.query import Endpoint, stamp_of
from source_stripe.waiting import Wait
from source_stripe.windows import Wanted, Window, merge

PATH = "/v1/events"
EVERY = "*"
"""The type that stands for all."""
WHOLE_WEIGHT = 20
"""What an object weighs that is kept whole, to spare reading it again."""
MOST_BATCHES = 2
"""How many batches may wait for a consumer that is slow."""


class EventFeed:
    """Hands each consumer what is told of its objects; read once for all of them."""

    path = PATH

    def __init__(
        self, client: Client, consumers: Sequence[FeedConsumer], longest_seconds: int, budget: Semaphore
    ) -> None:
        """No window handed out is longer than `longest_seconds`, but where little happened."""
        self._client = client
        self._interpreter = Interpreter(self.path, consumers, self._shown)
        wanted: dict[str, list[Wanted]] = {}
        for consumer in consumers:
            windows = wanted.setdefault(consumer.stream, [])
            windows += [Wanted(consumer.window)] if Wanted(consumer.window) not in windows else []
        self._told: dict[Events, list[ChangeEvent]] = {}
        self._weight = 0
        self._closed: list[Window] = []
        self._edges: dict[int, tuple[int, int]] = {}
        """By scan that goes on: the second that it was read to, and where what is not handed out yet ends."""
        self._handed_out = False
        listing = self._listing(self._interpreter.asked)
        self._list = SharedList(
            client, listing, wanted, longest_seconds, budget, self._transform, most_waiting=MOST_BATCHES
        )

    @property
    def malformed(self) -> int:
        """Events that were left out."""
        return self._interpreter.malformed

    def batches(self, stream: str) -> Iterator[ChangeBatch | Wait]:
        """What a consumer is told, and a `Wait` where that is not read yet. Raises StripeError."""
        for batch in self._list.pages(stream):
            yield batch if isinstance(batch, Wait) else self._interpreter.within(batch, stream)

    def leave(self, stream: str) -> None:
        """A consumer wants no more; the others go on without waiting for it."""
        self._list.unsubscribe(stream)

    def progress(self) -> tuple[float, int, float]:
        """The share of the time range that is read, the events that were, and how many are probably left."""
        return self._list.progress()

    def cancel(self) -> None:
        """Nobody wants the rest."""
        self._list.cancel()

    def payload(self, told: ChangeEvent) -> Object:
        """The object as an event shows it, as whole as it can still be had. Raises StripeError."""
        if told.whole or not told.type:
            return told.obj
        event = self._client.get(Endpoint(f"{PATH}/{{id}}", {"id": told.event_id}), (), an_object(EVENT, told.event_id))
        return event["data"]["object"] if event else told.obj

    def _listing(self, asked: Iterable[Events]) -> Listing:
        """The list of the events that are wanted."""
        return Listing(self.path, (_params(asked),))

    def _shown(self, event: Object) -> Object:
        """An event as /v1/events shows it."""
        return event

    def _transform(self, page: ListPage) -> Iterator[ChangeBatch]:
        """What a page tells is kept as long as possible: of an object that changed often one row is enough."""
        for event in page.objects:
            for origin, one in self._interpreter.read(event):
                self._told.setdefault(origin, []).append(one)
                self._weight += WHOLE_WEIGHT if one.whole else 1
        if page.closed:
            self._edges.pop(page.scan, None)
            self._closed.append(page.closed)
        elif page.objects:
            # What happened in one second is told together, and the second in which the page ends may go on.
            edge, end = self._edges.get(page.scan, (page.window.end, page.window.end))
            stamps = [stamp_of(event, "created") for event in page.objects]
            self._edges[page.scan] = min(filter(None, stamps), default=edge), end
        if self._weight >= MOST_WEIGHT or page.last:
            seconds = {edge for edge, _ in self._edges.values()}
            self._closed += [Window(edge + 1, end) for edge, end in self._edges.values()]
            self._edges = {scan: (edge, min(end, edge + 1)) for scan, (edge, end) in self._edges.items()}
            later = {origin: [one for one in told if one.at in seconds] for origin, told in self._told.items()}
            ready = {origin: [one for one in told if one.at not in seconds] for origin, told in self._told.items()}
            whole, self._handed_out = page.last and not self._handed_out, True
            yield ChangeBatch(ready, merge(self._closed), whole)
            self._told, self._weight, self._closed = later, 0, []


def _params(origins: Iterable[Events]) -> Params:
    """A single type may be asked for, with a wildcard; for several the whole feed is read."""
    types = {kind for origin in origins for kind in origin.types}
    only = types - {EVERY} if len(types) == 1 and not any(origin.indirect_events for origin in origins) else ()
    return tuple(("type", kind) for kind in only)
