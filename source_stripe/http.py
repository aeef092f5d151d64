"""One request over HTTP and the answer to it, as JSON or as what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

import orjson
import requests
import urllib3
from requests.adapters import HTTPAdapter

from source_stripe.errors import Problem

Object = dict[str, Any]

API_VERSION = "2026-10-28.endive"
"""The version in which objects are read and schemas are written, that of PyPI `stripe` 16.1.0."""

TIMEOUTS_SECONDS = (10, 80)
"""To connect, and between two bytes of the answer; the latter as in stripe-python."""


class Http:
    """Sends requests with one key for one account. May be used from many threads."""

    def __init__(self, base: str, key: str, account: str, session: requests.Session, concurrency: int) -> None:
        """`account` is the connected account that is asked about; empty for the key's own."""
        self._base, self._key, self._session = base, key, session
        self.date: int | None = None
        """The time at Stripe in Unix seconds when it last answered, as its header `Date` says."""
        if type(session.get_adapter(base)) is HTTPAdapter:  # not one that was handed in
            # Workers, and the threads that ask for themselves.
            session.mount(base, HTTPAdapter(pool_connections=1, pool_maxsize=2 * concurrency))
        # Proxies and certificates as the environment has them, looked up once.
        self._settings: dict[str, Any] = dict(session.merge_environment_settings(base, {}, True, None, None))
        self._headers = session.headers
        self._headers.update(
            {
                "Authorization": f"Bearer {key}",
                "Stripe-Version": API_VERSION,
                "User-Agent": "source-stripe",
            }
        )
        if account:
            self._headers["Stripe-Account"] = account

    def close(self) -> None:
        self._session.close()

    def get(self, path: str, query: list[tuple[str, str]]) -> Object | Problem:
        """The body of a successful answer, or why there is none."""
        try:
            status, headers, body = self._answer(path, query)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            return Problem(0, message=self._scrub(_reason(error)))
        self.date = _unix_seconds(headers.get("Date"))
        return self._read(status, headers, body)

    def _answer(self, path: str, query: list[tuple[str, str]]) -> tuple[int, Mapping[str, str], bytes]:
        """Straight to the adapter: a session adds redirects and cookies, which Stripe has none of, to every request."""
        request = requests.PreparedRequest()
        request.method, request.headers = "GET", self._headers.copy()  # type: ignore[attr-defined]
        request.url = f"{self._base}{path}?{urlencode(query)}" if query else self._base + path
        adapter = self._session.get_adapter(self._base)
        response = adapter.send(request, **self._settings, timeout=TIMEOUTS_SECONDS)
        with response:
            # In one piece: reading the raw body is much faster than `.content`, which joins small chunks.
            return response.status_code, response.headers, response.raw.read(decode_content=True)

    def _read(self, status: int, headers: Mapping[str, str], body: bytes) -> Object | Problem:
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
            request_id=headers.get("Request-Id", ""),
            should_retry=should_retry,
            log_url=str(error.get("request_log_url") or ""),
            limit=headers.get("Stripe-Rate-Limited-Reason", ""),
            retry_after_seconds=_seconds(headers.get("Retry-After")),
        )

    def _scrub(self, text: str) -> str:
        return text.replace(self._key, "****")


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


def _unix_seconds(date: str | None) -> int | None:
    """The header `Date`, `Wed, 21 Oct 2026 07:28:00 GMT`; None where there is none, or nonsense."""
    try:
        return int(parsedate_to_datetime(date).timestamp()) if date else None
    except (ValueError, OverflowError):
        return None


def _seconds(header: str | None) -> float:
    """A Retry-After in seconds, at most a minute; Stripe documents none, proxies send it."""
    try:
        return min(60.0, max(0.0, float(header or 0)))
    except ValueError:
        return 0.0
