"""Talks to Stripe: pages and objects, requests that are sent again, and places in lists that are lost."""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote

from source_stripe.errors import Failure, Kind, Problem, StripeError, error_for, is_worth_retrying
from source_stripe.governor import GLOBAL_RATE
from source_stripe.http import Http, Object
from source_stripe.outside import Outside
from source_stripe.resource import CREATED, Params, fields_of
from source_stripe.turns import Turns
from source_stripe.windows import FOREVER, Window

PAGE = 100
"""The most objects that Stripe puts on a page."""
TRIES = 7
LONGEST_WAIT_SECONDS = 5.0
PLACES = 200
"""How many ids of a list are kept to find the place again when the object that marked it is deleted."""

logger = logging.getLogger("airbyte")


class Page(NamedTuple):
    data: list[Object]
    has_more: bool

    @property
    def ids(self) -> list[str]:
        return [str(thing.get("id") or "") for thing in self.data]


class Query(NamedTuple):
    """What is asked of a list."""

    params: Params = ()
    expand: Sequence[str] = ()
    """Fields of the objects."""
    window: Window | None = None
    between: tuple[str, str] = CREATED
    """The parameters that take the window."""
    paged: bool = True
    """Whether the list takes `limit` and a place to go on from."""


EVERYTHING = Query()


@dataclass(frozen=True)
class Endpoint:
    """A path with the ids it takes: `/v1/invoices/{id}/lines` of an invoice."""

    template: str
    fields: Mapping[str, Any] | None = None

    @property
    def path(self) -> str:
        """The path, its ids quoted: a merchant may call a coupon `50%/off`."""
        values = {name: quote(str(value), safe="") for name, value in (self.fields or {}).items()}
        return self.template.format_map(values)

    def params(self, params: Params) -> list[tuple[str, str]]:
        """The query, its values filled in; those whose field is null are left out."""
        fields = self.fields or {}
        return [
            (name, value.format_map(fields))
            for name, value in params
            if not ("{" in value and all(fields[field] is None for field in fields_of(value)))
        ]


class Client:
    """Reads one account with one key. May be used from many threads."""

    def __init__(self, base: str, key: str, account: str, turns: Turns, outside: Outside, concurrency: int) -> None:
        self.account = account
        """The connected account that is asked about; empty for the key's own."""
        self.live = True if "_live_" in key else False if "_test_" in key else None
        """Whether the key is of live mode; None where its name does not say."""
        self.turns, self._outside = turns, outside
        self.http = Http(base, key, account, outside.session(), concurrency)
        self._lock = threading.Lock()
        self.requests: Counter[str] = Counter()
        """Requests sent, by endpoint."""
        self._counts = [self.requests]
        self._singles: dict[tuple[str, tuple[str, ...]], Object | None] = {}

    def counting(self) -> Client:
        """The same client with a count of its own, which is part of the whole one."""
        part = copy(self)
        part.requests = Counter()
        part._counts = [*self._counts, part.requests]
        return part

    def close(self) -> None:
        self.turns.close()
        self.http.close()

    def pages(self, endpoint: Endpoint, query: Query = EVERYTHING, first: Page | None = None) -> Iterator[Page]:
        """Every page of a list, newest first; `first` is the first one where it is at hand. Raises StripeError."""
        places: deque[str] = deque(maxlen=PLACES)
        while True:
            page = first or self.page(endpoint, query, places)
            first = None
            yield page
            if not page.has_more:
                return
            places.extend(page.ids)

    def page(self, endpoint: Endpoint, query: Query = EVERYTHING, places: Sequence[str] = ()) -> Page:
        """A page of a list: the one after the last of `places`, ids that were read, or the first. Raises StripeError.

        Stripe refuses a deleted object as the place to go on from; going on from one further up repeats nothing,
        as what lay between them is gone.
        """
        asked = [("limit", str(PAGE))] if query.paged else []
        asked += endpoint.params(query.params) + [("expand[]", f"data.{field}") for field in query.expand]
        if query.window:
            since, until = query.between
            asked += [(since, str(query.window.start))]
            asked += [(until, str(query.window.end))] if query.window.end < FOREVER else []
        if not places:
            return self._page(endpoint, asked)
        for place in reversed(places):
            try:
                page = self._page(endpoint, [*asked, ("starting_after", place)])
            except StripeError as error:
                if error.kind is not Kind.LOST_PLACE:
                    raise
                logger.info(f"{place} was deleted while {endpoint.path} was read; going on from the one before it.")
                continue
            if page.has_more and page.data[-1]["id"] in places:
                raise StripeError(f"The list {endpoint.path} does not end: a page repeats itself.", Failure.SYSTEM)
            return page
        raise StripeError(
            f"The last {len(places)} objects read from {endpoint.path} were deleted meanwhile; "
            "the next sync starts this stretch again.",
            Failure.TRANSIENT,
            Kind.LOST_PLACE,
        )

    def get(self, endpoint: Endpoint, expand: Sequence[str] = ()) -> Object | None:
        """One object as it is now; None when it is deleted. Raises StripeError."""
        try:
            thing = self._send(endpoint, [("expand[]", field) for field in expand])
        except StripeError as error:
            if error.kind is Kind.MISSING:
                return None
            raise
        return None if thing.get("deleted") is True else thing

    def single(self, endpoint: Endpoint, expand: Sequence[str] = ()) -> Object | None:
        """As `get`, of what an account has but one of: read once for all who need it. Raises StripeError."""
        key = endpoint.path, tuple(expand)
        if key not in self._singles:
            self._singles[key] = self.get(endpoint, expand)
        return self._singles[key]

    def _page(self, endpoint: Endpoint, query: list[tuple[str, str]]) -> Page:
        body = self._send(endpoint, query)
        data, has_more = body.get("data"), body.get("has_more")
        if not isinstance(data, list) or not isinstance(has_more, bool):
            raise StripeError(f"Stripe's answer for {endpoint.path} is not a list.", Failure.SYSTEM)
        page = Page(data, has_more)
        if has_more and not (data and data[-1].get("id")):
            raise StripeError(f"The list {endpoint.path} does not end: nothing to go on from.", Failure.SYSTEM)
        return page

    def _send(self, endpoint: Endpoint, query: list[tuple[str, str]]) -> Object:
        """The body of a successful answer; tries again what is worth it. Raises StripeError."""
        attempt = 0
        while True:
            attempt += 1
            answer = self._try(endpoint, query)
            if not isinstance(answer, Problem):
                return answer
            if attempt == TRIES or not is_worth_retrying(answer):
                raise error_for(answer, endpoint.path, self.account)
            wait = max(answer.retry_after_seconds, self._backoff_seconds(attempt))
            logger.info(
                f"{endpoint.path}: {f'HTTP {answer.status}' if answer.status else 'no answer'} {answer.request_id} "
                f"({answer.code or answer.message}); trying again in {wait:.1f} s ({attempt} of {TRIES - 1})."
            )
            self._outside.sleep(wait)

    def _try(self, endpoint: Endpoint, query: list[tuple[str, str]]) -> Object | Problem:
        """One request, and what it brought."""
        sent, refused = self.turns.take(endpoint.template), ""
        with self._lock:
            for counts in self._counts:
                counts[endpoint.template] += 1
        try:
            answer = self.http.get(endpoint.path, query)
            refused = _limit_named(answer)
        finally:
            self.turns.answered(endpoint.template, sent, refused)
        return answer

    def _backoff_seconds(self, attempt: int) -> float:
        """As stripe-python waits: doubling from half a second, at most five, less up to a half at random."""
        longest = min(0.5 * 2.0 ** (attempt - 1), LONGEST_WAIT_SECONDS)
        return max(0.5, longest * (1.0 - self._outside.jitter() / 2))


def _limit_named(answer: Object | Problem) -> str:
    """The limit that a refusal is for. A lock on an object is nobody else's business; older answers name none."""
    if not isinstance(answer, Problem) or not answer.is_rate_limited:
        return ""
    return answer.limit or GLOBAL_RATE
