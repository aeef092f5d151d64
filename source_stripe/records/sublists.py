"""The lists under the objects of another: which are asked for, and what they hold."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from typing import NamedTuple

from source_stripe.declaration.takes import Children
from source_stripe.records.flow import Observation, side_by_side
from source_stripe.state.checkpoint import Checkpoint
from source_stripe.stripe.answers import Object
from source_stripe.stripe.client import Client
from source_stripe.stripe.errors import Kind, StripeError
from source_stripe.stripe.objects import is_truncated, values
from source_stripe.stripe.query import Endpoint, Page, Query, stamp_of
from source_stripe.waiting import Wait
from source_stripe.windows import DAY, Window

logger = logging.getLogger("airbyte")


class Sublist(NamedTuple):
    """A list under an object, once it is asked for."""

    take: Children
    seen: Observation
    endpoint: Endpoint
    query: Query
    first: Page

    def items(self, client: Client) -> Iterator[Object]:
        """What it holds; the part that was there, if the parent goes meanwhile."""
        try:
            for page in client.pages(self.endpoint, self.query, self.first):
                yield from page.data
        except StripeError as error:
            if error.kind is not Kind.MISSING:
                raise


class _Wanted(NamedTuple):
    endpoint: Endpoint
    query: Query


class Sublists:
    """Asks for the lists of one stream. May be used from many threads."""

    def __init__(self, client: Client, ahead: int, start: int, end: int) -> None:
        """`ahead` lists are asked for before they are needed; the sync reads what lies between `start` and `end`."""
        self._client, self._ahead, self._start, self._end = client, ahead, start, end

    def under(
        self, take: Children, flow: Iterable[Observation | Checkpoint | Wait], since: Window | None
    ) -> Iterator[tuple[Observation | Checkpoint, Sublist | None] | Wait]:
        """The lists under some objects, only what was created in `since` if that is given. Raises StripeError."""
        wanted = self._wanted(take, flow, since)
        for answered in side_by_side(wanted, lambda pair: self._page(take, pair[1]), self._ahead):
            if isinstance(answered, Wait):
                yield answered
                continue
            (one, asked), page = answered
            yield one, Sublist(take, one, *asked, page) if asked and page and isinstance(one, Observation) else None

    def whole(self, take: Children, one: Observation | Checkpoint) -> Future[Page] | None:
        """The first page of a list of which the object holds only a part."""
        return self._page(take, self._asked(take, one.obj, None)) if isinstance(one, Observation) else None

    def of(self, take: Children, seen: Observation, first: Page) -> Sublist:
        """That list, once its first page is there."""
        return Sublist(take, seen, *self._asked(take, seen.obj, None), first)

    def _wanted(
        self, take: Children, flow: Iterable[Observation | Checkpoint | Wait], since: Window | None
    ) -> Iterator[tuple[Observation | Checkpoint, _Wanted | None] | Wait]:
        asked_from: dict[tuple[str, tuple[tuple[str, str], ...]], int] = {}
        for one in flow:
            if isinstance(one, Wait):
                yield one
                continue
            if isinstance(one, Checkpoint) or not _has_any(take, one.obj):
                yield one, None
                continue
            if not take.each:
                yield one, self._asked(take, one.obj, since)
                continue
            for value in dict.fromkeys(values(self._complete(take, one.obj), take.each)):
                asked = self._asked(take, {**one.obj, "each": value}, since)
                # Another object may have led to the same list, or to a part of it.
                key = (asked.endpoint.path, tuple(asked.endpoint.params(take.params)))
                window = asked.query.window or Window(0, self._end)
                rest = Window(window.start, min(window.end, asked_from.get(key, window.end)))
                if rest.start < rest.end:
                    asked_from[key] = rest.start
                    yield one, asked._replace(query=asked.query._replace(window=rest))

    def _complete(self, take: Children, parent: Object) -> Object:
        """A parent with all of the list that leads to others, of which Stripe embeds only ten. Raises StripeError."""
        held = take.each.partition(".")[0]
        if not take.whole or not is_truncated(parent.get(held)):
            return parent
        asked = self._asked(take.whole, parent, None)
        return parent | {held: [item for page in self._client.pages(*asked) for item in page.data]}

    def _asked(self, take: Children, fields: Object, since: Window | None) -> _Wanted:
        window = self._aligned(take, fields, since) if take.step_seconds > 1 else since
        query = Query(take.params, take.expand, window, take.between, take.paged, page=take.page)
        return _Wanted(Endpoint(take.path, fields), query)

    def _aligned(self, take: Children, fields: Object, since: Window | None) -> Window:
        """A stretch whose ends are what the list takes, at most up to now; nothing is older than its parent but by as
        long as something may be added to the past."""
        born = stamp_of(fields, "created") - take.back_days * DAY
        start = max(self._start, born) if since is None else since.start
        step = take.step_seconds
        return Window(start // step * step, -(-self._end // step) * step)

    def _page(self, take: Children, asked: _Wanted | None) -> Future[Page] | None:
        return self._client.request_queue.submit(take.path, lambda: self._first(*asked)) if asked else None

    def _first(self, endpoint: Endpoint, query: Query) -> Page:
        try:
            return self._client.page(endpoint, query)
        except StripeError as error:
            # The parent is gone meanwhile.
            if error.kind is Kind.MISSING:
                return Page([], has_more=False)
            if error.kind is Kind.HIDDEN:
                logger.warning(f"Left out: {error.sentence}")
                return Page([], has_more=False)
            raise


def _has_any(take: Children, parent: Object) -> bool:
    """Whether there may be something under an object; one that shows that there is nothing is not asked."""
    return take.where(parent) and not (take.unless_null in parent and parent[take.unless_null] is None)
