"""Asks Stripe for pages and objects, and finds places in lists again that are lost."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from copy import copy

from source_stripe.declaration.origins import Params
from source_stripe.limits import READ, Limits
from source_stripe.runtime import Runtime
from source_stripe.stripe import links
from source_stripe.stripe.answers import Expected, Object, a_linked_list, a_list, an_object
from source_stripe.stripe.errors import Failure, Kind, StripeError
from source_stripe.stripe.expansions import Expansions
from source_stripe.stripe.http import Http, Request
from source_stripe.stripe.key import Key
from source_stripe.stripe.page_sizes import PageSizes
from source_stripe.stripe.query import EVERYTHING, Endpoint, Page, Query
from source_stripe.stripe.request_queue import AccountQueue, RequestQueue
from source_stripe.stripe.sender import Sender
from source_stripe.stripe.walk import Walk
from source_stripe.windows import FOREVER, Window

logger = logging.getLogger("airbyte")


AN_OBJECT = an_object()


class Client:
    """Reads one account with one key. May be used from many threads."""

    def __init__(
        self,
        base: str,
        key: Key,
        account: str,
        request_queue: RequestQueue,
        runtime: Runtime,
        concurrency: int,
        limits: Limits = READ,
    ) -> None:
        self.key, self.account = key, account
        """The account is the connected one that is asked about; empty for the key's own."""
        self.request_queue: RequestQueue | AccountQueue = request_queue
        self.http = Http(base, key, runtime, concurrency, limits)
        self._sender = Sender(self.http, request_queue, runtime, limits)
        self.requests: Counter[str] = Counter()
        """Requests sent, by endpoint."""
        self._counts = [self.requests]
        self._expansions, self._page_sizes = Expansions(), PageSizes()
        self._singles: dict[tuple[str, tuple[str, ...]], Object | None] = {}
        self._at_hand: dict[tuple[str, Params, Window | None], Page] = {}

    def of(self, account: str) -> Client:
        """A client for another account that the same key reads, or a context; what is sent shares the queue and its
        limits. Nothing that was read of one is taken for the other."""
        other = copy(self)
        other.account, other._expansions, other._singles, other._at_hand = account, Expansions(), {}, {}
        other.request_queue = self.request_queue.of(account)
        return other

    def has_read(self, path: str, obj: Object) -> None:
        """An object that `single` is going to be asked for, without expansions, is at hand."""
        self._singles[path, ()] = obj

    def has_read_page(self, path: str, query: Query, page: Page) -> None:
        """The first page of a list that `page` is going to be asked for is at hand; it is given once."""
        self._at_hand[path, query.params, query.window] = page

    def counting(self) -> Client:
        """The same client with a count of its own, which is part of the whole one."""
        part = copy(self)
        part.requests = Counter()
        part._counts = [*self._counts, part.requests]
        return part

    def close(self) -> None:
        self.request_queue.close()
        self.http.close()

    def pages(
        self,
        endpoint: Endpoint,
        query: Query = EVERYTHING,
        first: Page | None = None,
        *,
        time_field: str = "",
        read: Callable[[Sequence[str]], Page] | None = None,
    ) -> Iterator[Page]:
        """Every page of a list, newest first. Raises StripeError.

        `first` is the first page where it is at hand; `time_field` the field in whose order the list is, where its
        objects have one; `read` gives the page after some places where it is not to be asked for at once.
        """
        walk, read = Walk(endpoint.path, time_field), read or (lambda places: self.page(endpoint, query, places))
        while True:
            page = first or read(walk.places)
            first = None
            yield page
            if not page.has_more:
                return
            walk.take(page.data, page.ids, has_more=page.has_more)

    def page(self, endpoint: Endpoint, query: Query = EVERYTHING, places: Sequence[str] = ()) -> Page:
        """A page of a list: the one after the last of `places`, ids that were read, or the first. Raises StripeError.

        Stripe refuses a deleted object as the place to go on from; going on from one further up repeats nothing,
        as what lay between them is gone.
        """
        template, path = endpoint.template, endpoint.path
        page = self._expansions.ask(
            template, path, query.expand, lambda fields, what: self._page(endpoint, query, fields, places, what)
        )
        if not query.shared and (refusal := self.refusal(template, query.expand)):
            raise refusal
        return page

    def refusal(self, template: str, fields: Sequence[str]) -> StripeError | None:
        """Why a field that was asked for is not shown in what an endpoint answers; None where all are."""
        return self._expansions.refusal(template, fields)

    def _page(self, endpoint: Endpoint, query: Query, expand: Sequence[str], places: Sequence[str], what: str) -> Page:
        if self._at_hand and not places:
            first = self._at_hand.pop((endpoint.path, query.params, query.window), None)
            if first is not None:
                return first
        asked = endpoint.params(query.params) + endpoint.expansions(expand, "data.")
        if query.window:
            since, until = query.between
            asked += [(since, endpoint.moment(query.window.start))]
            asked += [(until, endpoint.moment(query.window.end))] if query.window.end < FOREVER else []
        most = 1 if query.newest else query.page
        if endpoint.v2:
            # How many are on a page is part of the places in such a list, so that it cannot change on the way.
            asked = [("limit", str(most)), *asked] if query.paged else asked
            return self._linked_page(endpoint, asked, places[-1] if places else "", what)
        if not query.paged:
            page = self._ask(endpoint, asked, what)
            if page.has_more:
                raise StripeError(
                    f"The list {endpoint.path} goes on, it says, but takes no place to go on from. Please report it.",
                    Failure.SYSTEM,
                )
            return page
        page, size = self._piece(endpoint, asked, places, what, most)
        # Whoever reads the list need not know in how many pieces a page has come.
        while page.has_more and size < most:
            piece, more = self._piece(endpoint, asked, [*places, *page.ids], what, most - size)
            page, size = Page(page.data + piece.data, piece.has_more), size + more
        return page

    def _piece(
        self, endpoint: Endpoint, asked: list[tuple[str, str]], places: Sequence[str], what: str, most: int
    ) -> tuple[Page, int]:
        """As much of a page as arrives, at most so many objects; and how many were asked for."""
        sizes, template = self._page_sizes, endpoint.template
        while True:
            size = min(most, sizes.of(template))
            try:
                page = self._after(endpoint, [("limit", str(size)), *asked], places, what, splittable=size > 1)
            except StripeError as error:
                if error.kind is not Kind.TOO_LARGE:
                    raise
                sizes.failed(template, size)
            else:
                sizes.arrived(template, size)
                return page, size

    def _after(
        self, endpoint: Endpoint, asked: list[tuple[str, str]], places: Sequence[str], what: str, *, splittable: bool
    ) -> Page:
        if not places:
            return self._ask(endpoint, asked, what, splittable=splittable)
        for place in reversed(places):
            try:
                return self._ask(endpoint, [*asked, ("starting_after", place)], what, splittable=splittable)
            except StripeError as error:
                if error.kind is not Kind.LOST_PLACE:
                    raise
                logger.info(f"{place} was deleted while {endpoint.path} was read; going on from the one before it.")
                continue
        raise StripeError(
            f"The last {len(places)} objects read from {endpoint.path} were deleted meanwhile; "
            "the next sync starts this stretch again.",
            Failure.TRANSIENT,
            Kind.LOST_PLACE,
        )

    def _linked_page(self, endpoint: Endpoint, asked: list[tuple[str, str]], place: str, what: str) -> Page:
        """A page of a list of API v2: the one at a place, or the first. An empty one may be followed by others."""
        for _ in range(links.MOST_EMPTY_PAGES):
            try:
                body = self._send(endpoint, links.query_of(place) if place else asked, a_linked_list, what)
            except StripeError as error:
                # How long a place holds is not documented: one that is refused is given up.
                if place and error.status in (400, 404):
                    raise error.as_lost_place() from None
                # A list that is under nothing is missing where the account does not use the product.
                if error.kind is Kind.MISSING and not endpoint.fields:
                    raise error.as_denied(what or endpoint.path) from None
                raise
            page = links.page_of(body, endpoint.path)
            if page.data or not page.has_more:
                return page
            place = page.next
        raise links.endless(endpoint.path)

    def get(self, endpoint: Endpoint, expand: Sequence[str] = (), expected: Expected = AN_OBJECT) -> Object | None:
        """One object as it is now, if it is as `expected`; None when it is deleted. Raises StripeError.

        What the key may not see of `expand` is left out; `refusal` tells of it.
        """
        try:
            obj = self._expansions.ask(
                endpoint.template,
                endpoint.path,
                expand,
                lambda fields, what: self._send(endpoint, endpoint.expansions(fields), expected, what),
            )
        except StripeError as error:
            if error.kind is Kind.MISSING:
                return None
            raise
        return None if obj.get("deleted") is True else obj

    def single(self, endpoint: Endpoint, expand: Sequence[str] = (), tag: str = "") -> Object | None:
        """As `get`, of what an account has but one of: read once for all who need it. Raises StripeError."""
        key = endpoint.path, tuple(expand)
        if key not in self._singles:
            self._singles[key] = self.get(endpoint, expand, an_object(tag))
        return self._singles[key]

    def _ask(self, endpoint: Endpoint, query: list[tuple[str, str]], what: str, *, splittable: bool = False) -> Page:
        body = self._send(endpoint, query, a_list, what, splittable=splittable)
        page = Page(body["data"], body["has_more"])
        if page.has_more and not page.data:
            logger.warning(
                f"The list {endpoint.path} says that it goes on, after a page with nothing on it; it ends there."
            )
            return Page([], has_more=False)
        if page.has_more and not any(page.ids):
            raise StripeError(f"The list {endpoint.path} does not end: nothing to go on from.", Failure.SYSTEM)
        return page

    def _send(
        self,
        endpoint: Endpoint,
        query: list[tuple[str, str]],
        expected: Expected,
        what: str = "",
        *,
        splittable: bool = False,
    ) -> Object:
        request = Request(endpoint.path, query, expected, self.account, endpoint.template, what, splittable)
        return self._sender.send(request, self._counts)
