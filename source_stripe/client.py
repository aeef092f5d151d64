"""Talks to Stripe: pages in, objects out. Nothing else knows about HTTP, and JSON enters here."""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import orjson
import requests
import urllib3
from requests.adapters import HTTPAdapter

from source_stripe.errors import Failure, Kind, Problem, StripeError, error_for, is_worth_retrying
from source_stripe.governor import GLOBAL_RATE
from source_stripe.outside import Outside
from source_stripe.resource import CREATED, Params, fields_of
from source_stripe.turns import Turns
from source_stripe.windows import FOREVER, Window

Object = dict[str, Any]

API_VERSION = "2026-10-28.endive"
"""The version in which objects are read and schemas are written, that of PyPI `stripe` 16.1.0."""

PAGE = 100
"""The most objects that Stripe puts on a page."""
TIMEOUTS_SECONDS = (10, 80)
"""To connect, and between two bytes of the answer; the latter as in stripe-python."""
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
        self._base, self._key, self._account, self.live = base, key, account, "_live_" in key
        self.turns, self._outside = turns, outside
        self._lock = threading.Lock()
        self.requests: Counter[str] = Counter()
        """Requests sent, by endpoint."""
        self._counts = [self.requests]
        self._session = outside.session()
        if type(self._session.get_adapter(base)) is HTTPAdapter:  # not one that was handed in
            # Workers, and the threads that ask for themselves.
            self._session.mount(base, HTTPAdapter(pool_connections=1, pool_maxsize=2 * concurrency))
        # Proxies and certificates as the environment has them, looked up once.
        self._settings: dict[str, Any] = dict(self._session.merge_environment_settings(base, {}, True, None, None))
        self._headers = self._session.headers
        self._headers.update(
            {
                "Authorization": f"Bearer {key}",
                "Stripe-Version": API_VERSION,
                "User-Agent": "source-stripe",
            }
        )
        if account:
            self._headers["Stripe-Account"] = account

    def counting(self) -> Client:
        """The same client with a count of its own, which is part of the whole one."""
        part = copy(self)
        part.requests = Counter()
        part._counts = [*self._counts, part.requests]
        return part

    def close(self) -> None:
        self.turns.close()
        self._session.close()

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
            answer, asked_wait = self._try(endpoint, query)
            if not isinstance(answer, Problem):
                return answer
            if attempt == TRIES or not is_worth_retrying(answer):
                raise error_for(answer, endpoint.path, self._account)
            wait = max(asked_wait, self._backoff_seconds(attempt))
            logger.info(
                f"{endpoint.path}: {f'HTTP {answer.status}' if answer.status else 'no answer'} {answer.request_id} "
                f"({answer.code or answer.message}); trying again in {wait:.1f} s ({attempt} of {TRIES - 1})."
            )
            self._outside.sleep(wait)

    def _try(self, endpoint: Endpoint, query: list[tuple[str, str]]) -> tuple[Object | Problem, float]:
        """One request: what it brought, and for how many seconds Stripe asks to wait."""
        sent, refused = self.turns.take(endpoint.template), ""
        with self._lock:
            for counts in self._counts:
                counts[endpoint.template] += 1
        try:
            status, headers, body = self._get(endpoint, query)
            answer = self._read(status, headers, body)
            refused = _limit_named(answer, headers)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            return Problem(0, message=self._scrub(_reason(error))), 0.0
        finally:
            self.turns.answered(endpoint.template, sent, refused)
        return answer, _seconds(headers.get("Retry-After"))

    def _get(self, endpoint: Endpoint, query: list[tuple[str, str]]) -> tuple[int, Mapping[str, str], bytes]:
        """Straight to the adapter: a session adds redirects and cookies, which Stripe has none of, to every request."""
        request = requests.PreparedRequest()
        request.method, request.headers = "GET", self._headers.copy()  # type: ignore[attr-defined]
        request.url = f"{self._base}{endpoint.path}?{urlencode(query)}" if query else self._base + endpoint.path
        adapter = self._session.get_adapter(self._base)
        response = adapter.send(request, **self._settings, timeout=TIMEOUTS_SECONDS)
        with response:
            # In one piece: reading the raw body is much faster than `.content`, which joins small chunks.
            return response.status_code, response.headers, response.raw.read(decode_content=True)

    def _read(self, status: int, headers: Mapping[str, str], body: bytes) -> Object | Problem:
        request_id = headers.get("Request-Id", "")
        try:
            content: Any = orjson.loads(body)
        except ValueError:
            content = None
        if status == 200 and isinstance(content, dict):
            return content
        should_retry = headers.get("Stripe-Should-Retry", "")
        error = content.get("error") if isinstance(content, dict) else None
        if not isinstance(error, dict):
            # Not Stripe's own words, whatever the status: a proxy's page, or half an answer.
            error = {"message": "the body is not what Stripe's API answers with"}
            should_retry = should_retry or "true"
        return Problem(
            status,
            code=str(error.get("code") or ""),
            message=self._scrub(str(error.get("message") or "")),
            param=str(error.get("param") or ""),
            request_id=request_id,
            should_retry=should_retry,
        )

    def _scrub(self, text: str) -> str:
        return text.replace(self._key, "****")

    def _backoff_seconds(self, attempt: int) -> float:
        """As stripe-python waits: doubling from half a second, at most five, less up to a half at random."""
        longest = min(0.5 * 2.0 ** (attempt - 1), LONGEST_WAIT_SECONDS)
        return max(0.5, longest * (1.0 - self._outside.jitter() / 2))


def _limit_named(answer: Object | Problem, headers: Mapping[str, str]) -> str:
    """The limit that a refusal is for. A lock on an object is nobody else's business; older answers name none."""
    if not isinstance(answer, Problem) or not answer.is_rate_limited:
        return ""
    return headers.get("Stripe-Rate-Limited-Reason", GLOBAL_RATE)


def _reason(error: Exception) -> str:
    """A connection's failure in a few words; the exceptions of the HTTP library wrap each other."""
    match error:
        case requests.Timeout() | urllib3.exceptions.TimeoutError():
            return "no answer in time"
        case requests.exceptions.SSLError() | urllib3.exceptions.SSLError():
            return "the certificate of the server was not accepted"
        case requests.exceptions.ProxyError():
            return "the proxy did not answer"
        case urllib3.exceptions.ProtocolError() | requests.exceptions.ChunkedEncodingError():
            return "the connection broke in the middle of an answer"
        case _:
            return "the connection failed"


def _seconds(header: str | None) -> float:
    """A Retry-After in seconds, at most a minute; Stripe documents none, proxies send it."""
    try:
        return min(60.0, max(0.0, float(header or 0)))
    except ValueError:
        return 0.0
