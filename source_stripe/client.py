"""Talks to Stripe: pages in, objects out. Nothing else knows about HTTP, and JSON enters here."""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson
import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from source_stripe.errors import Failure, Kind, Problem, StripeError, error_for, is_worth_retrying
from source_stripe.governor import Governor
from source_stripe.outside import Outside
from source_stripe.resource import Params
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
        return [(name, value.format_map(self.fields or {})) for name, value in params]


class _Bearer(AuthBase):
    """The key as a header. As `auth`, so that no .netrc replaces it."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request


class Client:
    """Reads one account with one key. May be used from many threads."""

    def __init__(
        self, base: str, key: str, account: str, governor: Governor, outside: Outside, concurrency: int
    ) -> None:
        self._base, self._key, self._account = base, key, account
        self._governor, self._outside = governor, outside
        self._lock, self._slots = threading.Lock(), threading.BoundedSemaphore(concurrency)
        self.requests: Counter[str] = Counter()
        """Requests sent, by endpoint."""
        self._counts = [self.requests]
        self._session = outside.session()
        if type(self._session.get_adapter(base)) is HTTPAdapter:  # not one that was handed in
            self._session.mount(base, HTTPAdapter(pool_connections=1, pool_maxsize=concurrency))
        self._session.auth = _Bearer(key)
        self._session.headers.update({"Stripe-Version": API_VERSION, "User-Agent": "source-stripe"})
        if account:
            self._session.headers["Stripe-Account"] = account

    def counting(self) -> Client:
        """The same client with a count of its own, which is part of the whole one."""
        part = copy(self)
        part.requests = Counter()
        part._counts = [*self._counts, part.requests]
        return part

    def close(self) -> None:
        self._session.close()

    def pages(
        self,
        endpoint: Endpoint,
        params: Params = (),
        expand: tuple[str, ...] = (),
        window: Window | None = None,
        first: Page | None = None,
    ) -> Iterator[Page]:
        """Every page of a list, newest first; `first` is the first one where it is at hand already.

        Raises StripeError.
        """
        query = endpoint.params(params) + [("expand[]", f"data.{field}") for field in expand]
        if window:
            query += [("created[gte]", str(window.start))]
            query += [("created[lt]", str(window.end))] if window.end < FOREVER else []
        page = first or self._page(endpoint, query)
        places: deque[str] = deque(maxlen=PLACES)
        while True:
            yield page
            if not page.has_more:
                return
            ids = [str(thing.get("id") or "") for thing in page.data]
            if not ids or not ids[-1] or ids[-1] in places:
                raise StripeError(f"The list {endpoint.path} does not end: a page repeats itself.", Failure.SYSTEM)
            places.extend(ids)
            page = self._page_after(endpoint, query, places)

    def page(
        self, endpoint: Endpoint, params: Params = (), expand: tuple[str, ...] = (), window: Window | None = None
    ) -> Page:
        """The first page of a list. Raises StripeError."""
        return next(self.pages(endpoint, params, expand, window))

    def get(self, endpoint: Endpoint, expand: tuple[str, ...] = ()) -> Object | None:
        """One object as it is now; None when it is deleted. Raises StripeError."""
        try:
            thing = self._send(endpoint, [("expand[]", field) for field in expand])
        except StripeError as error:
            if error.kind is Kind.MISSING:
                return None
            raise
        return None if thing.get("deleted") is True else thing

    def _page_after(self, endpoint: Endpoint, query: list[tuple[str, str]], places: deque[str]) -> Page:
        """The page after the last of `places` that still exists.

        Stripe refuses a deleted object as the place to go on from; going on from one further up repeats nothing,
        as what lay between them is gone.
        """
        for place in reversed(places):
            try:
                return self._page(endpoint, [*query, ("starting_after", place)])
            except StripeError as error:
                if error.kind is not Kind.LOST_PLACE:
                    raise
                logger.info(f"{place} was deleted while {endpoint.path} was read; going on from the one before it.")
        raise StripeError(
            f"The last {len(places)} objects read from {endpoint.path} were deleted meanwhile; "
            "the next sync starts this stretch again.",
            Failure.TRANSIENT,
        )

    def _page(self, endpoint: Endpoint, query: list[tuple[str, str]]) -> Page:
        body = self._send(endpoint, [("limit", str(PAGE)), *query])
        data, has_more = body.get("data"), body.get("has_more")
        if not isinstance(data, list) or not isinstance(has_more, bool):
            raise StripeError(f"Stripe's answer for {endpoint.path} is not a list.", Failure.SYSTEM)
        if has_more and not data:
            raise StripeError(f"The list {endpoint.path} does not end: a page is empty.", Failure.SYSTEM)
        return Page(data, has_more)

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
        with self._lock:
            wait = self._governor.reserve(endpoint.template, self._outside.monotonic())
            for counts in self._counts:
                counts[endpoint.template] += 1
        if wait > 0:
            self._outside.sleep(wait)
        try:
            with self._slots:
                response = self._session.get(
                    self._base + endpoint.path,
                    params=query,
                    timeout=TIMEOUTS_SECONDS,
                    stream=True,
                    allow_redirects=False,
                )
                with response:
                    # In one piece: reading the raw body is much faster than `.content`, which joins small chunks.
                    body: bytes = response.raw.read(decode_content=True)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            return Problem(0, message=self._scrub(_reason(error))), 0.0
        return self._read(response, body), _seconds(response.headers.get("Retry-After"))

    def _read(self, response: requests.Response, body: bytes) -> Object | Problem:
        request_id = response.headers.get("Request-Id", "")
        try:
            content: Any = orjson.loads(body)
        except ValueError:
            content = None
        if response.status_code == 200 and isinstance(content, dict):
            return content
        should_retry = response.headers.get("Stripe-Should-Retry", "")
        error = content.get("error") if isinstance(content, dict) else None
        if not isinstance(error, dict):
            # Not Stripe's own words, whatever the status: a proxy's page, or half an answer.
            error = {"message": "the body is not what Stripe's API answers with"}
            should_retry = should_retry or "true"
        return Problem(
            response.status_code,
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
