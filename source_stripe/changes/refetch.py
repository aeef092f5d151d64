"""What is read again because it changed: once per sync, also where several streams need it."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import Generic, NamedTuple, TypeVar

from source_stripe.declaration.origins import Events, Listing
from source_stripe.stripe.answers import Expected, Object, an_object
from source_stripe.stripe.client import Client
from source_stripe.stripe.errors import Kind, StripeError
from source_stripe.stripe.query import Endpoint, Page, Query, asking, within
from source_stripe.windows import Window

MOST_OBJECTS, MOST_PAGES = 1_000, 32
"""How many are kept for a stream that comes later to the same."""

T = TypeVar("T")

logger = logging.getLogger("airbyte")


class Fetched(NamedTuple):
    """An object as it is now; None when it is gone."""

    obj: Object | None
    hidden: bool = False
    """Whether it is not to be seen, wherever it is."""


class SingleFlight(Generic[T]):
    """Answers by what was asked, the last few."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._answers: OrderedDict[Hashable, Future[T]] = OrderedDict()

    def ask(self, key: Hashable, ask: Callable[[], Future[T]]) -> Future[T]:
        with self._lock:
            answer = self._answers.pop(key, None) or ask()
            self._answers[key] = answer
            if len(self._answers) > self._most:
                self._answers.popitem(last=False)
            return answer


class Refetcher:
    """Reads changed objects as they are now. What it answers is younger than every event that the sync follows."""

    def __init__(self, origins: Iterable[Events]) -> None:
        """`origins` are those of all streams of the sync: what they expand of the same object is asked for at once."""
        self._expand: dict[str, tuple[str, ...]] = {}
        for origin in origins:
            known = self._expand.get(origin.retrieve, ())
            self._expand[origin.retrieve] = tuple(dict.fromkeys((*known, *origin.expand)))
        self._objects: SingleFlight[Fetched] = SingleFlight(MOST_OBJECTS)
        self._pages: SingleFlight[Page] = SingleFlight(MOST_PAGES)

    def extra_expansions(self, origin: Events) -> frozenset[str]:
        """Fields of an object that only other streams asked for."""
        return frozenset(self._expand[origin.retrieve]) - frozenset(origin.expand)

    def object(self, client: Client, origin: Events, key_fields: Mapping[str, object]) -> Future[Fetched]:
        """One object."""
        endpoint, expand = Endpoint(origin.retrieve, key_fields), self._expand[origin.retrieve]
        # What is asked for by its own id has that id.
        expected = an_object(origin.object, str(key_fields["id"]) if origin.retrieve.endswith("/{id}") else "")
        return self._objects.ask(
            (client.account, endpoint.path),
            lambda: client.request_queue.submit(origin.retrieve, lambda: fetch(client, endpoint, expand, expected)),
        )

    def page(
        self, client: Client, origin: Events, listing: Listing, window: Window, places: tuple[str, ...]
    ) -> Future[Page]:
        """What was created in a window of a list with one filter: its first page, or the one after the last of some
        ids."""
        endpoint = Endpoint(listing.path)
        query = asking(listing, listing.filters[0], window, self._expand[origin.retrieve])
        return self._pages.ask(
            (client.account, listing.path, query, places[-1:]),
            lambda: client.request_queue.submit(listing.path, lambda: _after(client, endpoint, query, places)),
        )

    def pages(self, client: Client, origin: Events, listing: Listing, window: Window) -> Iterator[list[Object]]:
        """What was created in a window, page by page, under each filter of the list. Raises StripeError."""
        expand, endpoint = self._expand[origin.retrieve], Endpoint(listing.path)
        if listing.single:
            obj = client.single(endpoint, expand, listing.single)
            yield within(Page([obj] if obj else [], has_more=False), listing, window)[0]
            return
        asked = window if listing.takes_times else None
        for params in listing.filters:
            query = asking(listing, params, asked, expand)

            def read(places: Sequence[str], query: Query = query) -> Page:
                key = (client.account, listing.path, query, places[-1] if places else "")
                known = list(places)
                return self._pages.ask(
                    key, lambda: client.request_queue.submit(listing.path, lambda: client.page(endpoint, query, known))
                ).result()

            for page in client.pages(endpoint, query, time_field=listing.time_field, read=read):
                objects, has_more = within(page, listing, window)
                yield objects
                if not has_more:
                    break


def _after(client: Client, endpoint: Endpoint, query: Query, places: tuple[str, ...]) -> Page:
    try:
        return client.page(endpoint, query, places)
    except StripeError as error:
        if error.kind is not Kind.LOST_PLACE:
            raise
        return client.page(endpoint, query)


def fetch(client: Client, endpoint: Endpoint, expand: tuple[str, ...], expected: Expected) -> Fetched:
    """One object as it is now. Raises StripeError."""
    try:
        return Fetched(client.get(endpoint, expand, expected))
    except StripeError as error:
        if error.kind is not Kind.HIDDEN:
            raise
        logger.warning(f"Left out: {error.sentence}")
        return Fetched(None, hidden=True)
