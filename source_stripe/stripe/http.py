"""One request over HTTP and the answer to it, as JSON or as what went wrong."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

import requests
import urllib3
from requests.adapters import HTTPAdapter

from source_stripe import json_text
from source_stripe.declaration.origins import is_v2
from source_stripe.limits import FOREIGN_WORDS, READ, Limits
from source_stripe.reasons import reason
from source_stripe.runtime import Runtime
from source_stripe.stripe import deadline
from source_stripe.stripe.answers import Expected, Object, anything
from source_stripe.stripe.base_url import is_loopback
from source_stripe.stripe.errors import Problem
from source_stripe.stripe.key import Key

API_VERSION = "2026-10-28.endive"
"""The version in which objects are read and schemas are written, that of PyPI `stripe` 16.1.0."""

ENCODINGS = ("gzip", "deflate")
"""How an answer may be compressed: these grow by a thousand times at most, so that a piece of one is safe to unpack."""
STRIPE_BEGAN = 1_293_840_000
"""The year 2011 in Unix seconds, that in which Stripe opened: no answer of its is older."""
PIECE = 1 << 14
"""Bytes of a compressed body that are unpacked at once."""

_MARKUP = re.compile(r"(?is)<(style|script)\b.*?</\1>|<[^>]*>|\s+")


class Request(NamedTuple):
    """What is asked of Stripe."""

    path: str
    query: Sequence[tuple[str, str]] = ()
    expected: Expected = anything
    account: str = ""
    """The account, or the context, that is asked about; empty for the key's own."""
    template: str = ""
    """The path without ids, by which limits are counted."""
    what: str = ""
    """What is asked for, in words, where the path does not say it."""
    splittable: bool = False
    """Whether less of it may be asked for at a time."""
    form: Sequence[tuple[str, str]] = ()
    """What is posted; empty for what is read."""


class Http:
    """Sends requests with one key. May be used from many threads."""

    def __init__(self, base: str, key: Key, runtime: Runtime, concurrency: int, limits: Limits = READ) -> None:
        """`concurrency` is how many requests may be under way at once."""
        self._base, self._key, self._session = base, key, runtime.session()
        self._clock, self._monotonic, self._limits = runtime.clock, runtime.monotonic, limits
        self.date: int | None = None
        """The time at Stripe in Unix seconds when it last answered, by its header `Date`; None where that says none."""
        self.notice = ""
        """What Stripe last wanted a developer to know, the header `Stripe-Notice`."""
        self.stands_in = is_loopback(base)
        """Whether it is not Stripe that answers, but something on this machine that stands for it."""
        if type(self._session.get_adapter(base)) is HTTPAdapter:  # not one that was handed in
            # Workers, and the threads that ask for themselves.
            adapter = deadline.TimedAdapter(pool_connections=1, pool_maxsize=2 * concurrency)
            self._session.mount(base, adapter)
        # Proxies and certificates as the environment has them, looked up once.
        self._settings: dict[str, Any] = dict(self._session.merge_environment_settings(base, {}, True, None, None))
        if self.stands_in:
            self._settings["proxies"] = {}
        self._headers = self._session.headers
        self._headers.update(
            {
                "Accept-Encoding": ", ".join(ENCODINGS),
                "Stripe-Version": API_VERSION,
                "User-Agent": "source-stripe",
            }
        )

    def close(self) -> None:
        self._session.close()

    def get(self, request: Request, seconds: float = math.inf) -> Object | Problem:
        """The body of a successful answer that is as expected, or why there is none within so many seconds.

        Raises StripeError where there is nothing to sign the request with.
        """
        bearer = self._key.bearer()
        answer = self._get(request, bearer, seconds)
        if isinstance(answer, Problem) and answer.is_of_the_bearer and self._key.renew(bearer):
            answer = self._get(request, self._key.bearer(), seconds)
        return answer

    def _get(self, request: Request, bearer: str, seconds: float) -> Object | Problem:
        try:
            status, headers, body = self._answer(request, bearer, min(seconds, self._limits.answer_seconds))
        except _TooLargeError as error:
            return Problem(200, message=str(error), should_retry="false", unfinished=True)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            return Problem(0, message=reason(error), unfinished=_had_begun(error))
        date = _unix_seconds(headers.get("Date"))
        self.date = date if date is not None and date >= STRIPE_BEGAN else None
        self.notice = self._scrub(headers.get("Stripe-Notice") or "")
        return self._read(status, headers, body, request)

    def _answer(self, request: Request, bearer: str, seconds: float) -> tuple[int, Mapping[str, str], bytes]:
        """Straight to the adapter: a session adds redirects and cookies, which Stripe has none of, to every request."""
        prepared = requests.PreparedRequest()
        prepared.method, prepared.headers = "GET", self._headers.copy()  # type: ignore[attr-defined]
        if request.form:
            prepared.method = "POST"
            prepared.prepare_body(list(request.form), None)
        prepared.headers["Authorization"] = f"Bearer {bearer}"
        if request.account:
            prepared.headers[self._account_header(request)] = request.account
        prepared.url = self._base + request.path + (f"?{urlencode(request.query)}" if request.query else "")
        adapter = self._session.get_adapter(self._base)
        limits = self._limits
        timeouts = min(limits.connect_seconds, seconds), min(limits.silence_seconds, seconds)
        with deadline.within(seconds, self._monotonic):
            response = adapter.send(prepared, **self._settings, timeout=timeouts)
            with response:
                encoding = response.headers.get("Content-Encoding", "").strip().lower()
                return response.status_code, response.headers, self._body(response.raw, encoding)

    def _account_header(self, request: Request) -> str:
        """A context may be a path, is all that an organization's key takes, and is what API v2 knows from the
        beginning: https://docs.stripe.com/context."""
        by_context = self._key.header == "Stripe-Context" or "/" in request.account or is_v2(request.path)
        return "Stripe-Context" if by_context else "Stripe-Account"

    def _body(self, raw: urllib3.HTTPResponse, encoding: str) -> bytes:
        """What the body holds once it is decompressed. In one piece where it is not compressed, as small chunks are
        much slower. Raises _TooLargeError, and what `urllib3` raises."""
        most, pieces, size = self._limits.answer_bytes, list[bytes](), 0
        if encoding not in (*ENCODINGS, "", "identity"):
            raise urllib3.exceptions.DecodeError(encoding)
        packed = encoding in ENCODINGS
        amount = PIECE if packed else most + 1
        # Told not to unpack, it does not copy either.
        while piece := raw.read(amount, decode_content=packed):
            pieces.append(piece)
            size += len(piece)
            if size > most:
                raise _TooLargeError(most)
            deadline.check()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _read(self, status: int, headers: Mapping[str, str], body: bytes, request: Request) -> Object | Problem:
        try:
            content: Any = json_text.loads(body)
        except ValueError:
            content = None
        wrong = ""
        if status == 200 and isinstance(content, dict):
            wrong = request.expected(content)
            if not wrong:
                return content
        error = content.get("error") if isinstance(content, dict) else None
        if request.form and isinstance(error, str) and status in range(400, 500):  # as OAuth has it
            error = {"code": error, "message": content.get("error_description")}
        now = _unix_seconds(headers.get("Date")) or self._clock()
        if status == 200 or not isinstance(error, dict):
            # Not Stripe's own words, whatever the status: a proxy's page, or half an answer.
            words = wrong or self._first_words(body)
            return Problem(
                status,
                message=self._scrub(words),
                request_id=self._scrub(headers.get("Request-Id", "")),
                retry_after_seconds=_seconds(headers.get("Retry-After"), now),
                foreign=True,
                # A page of something in between begins otherwise.
                unfinished=status == 200 and content is None and body[:1] == b"{",
            )
        return Problem(
            status,
            code=str(error.get("code") or ""),
            message=self._scrub(str(error.get("message") or "")),
            param=str(error.get("param") or ""),
            request_id=self._scrub(headers.get("Request-Id", "")),
            should_retry=headers.get("Stripe-Should-Retry", ""),
            log_url=self._scrub(str(error.get("request_log_url") or "")),
            limit=headers.get("Stripe-Rate-Limited-Reason", ""),
            live=self._key.live,
            retry_after_seconds=_seconds(headers.get("Retry-After"), now),
        )

    def _first_words(self, body: bytes) -> str:
        """How an answer that is not Stripe's begins, without markup."""
        text = self._scrub(body[: 64 * FOREIGN_WORDS].decode("utf-8", "replace"))
        text = " ".join(_MARKUP.sub(" ", text).split())
        words = text if len(text) <= FOREIGN_WORDS else f"{text[:FOREIGN_WORDS].rstrip()} ..."
        return f"it is not what Stripe's API answers with, but begins with {words!r}" if words else "it is empty"

    def _scrub(self, text: str) -> str:
        return text.replace(self._key.secret, "****")


def _had_begun(error: Exception) -> bool:
    """Whether a request without an answer had reached someone, who was too slow or stopped in the middle."""
    begun = (requests.ReadTimeout, TimeoutError, urllib3.exceptions.ReadTimeoutError, urllib3.exceptions.ProtocolError)
    return isinstance(error, begun)


def _unix_seconds(date: str | None) -> int | None:
    """The header `Date`, `Wed, 21 Oct 2026 07:28:00 GMT`; None where there is none, or nonsense."""
    try:
        return int(parsedate_to_datetime(date).timestamp()) if date else None
    except (ValueError, OverflowError):
        return None


def _seconds(header: str | None, now: float) -> float:
    """A Retry-After in seconds; Stripe documents none, proxies send it, as a number or as a date."""
    try:
        seconds = float(header or 0)
    except ValueError:
        at = _unix_seconds(header)
        return 0.0 if at is None else max(0.0, at - now)
    return max(0.0, seconds) if math.isfinite(seconds) else math.inf


class _TooLargeError(Exception):
    def __init__(self, most: int) -> None:
        super().__init__(f"it is larger than {most >> 20} MB")
