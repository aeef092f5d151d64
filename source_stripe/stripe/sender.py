"""Sends requests when the request queue admits them, and again, for some minutes, where the failure may pass."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterable

from source_stripe.limits import FIRST_PAUSE_SECONDS, READ, TRIES_OF_A_SIZE, Limits
from source_stripe.runtime import Runtime
from source_stripe.stripe.answers import Object
from source_stripe.stripe.errors import Kind, Problem
from source_stripe.stripe.http import Http, Request
from source_stripe.stripe.patience import Patience
from source_stripe.stripe.policies import error_for, is_worth_retrying
from source_stripe.stripe.rate_limiter import GLOBAL_RATE
from source_stripe.stripe.request_queue import RequestQueue

logger = logging.getLogger("airbyte")


class Sender:
    """Shared by all clients of a command. May be used from many threads."""

    def __init__(self, http: Http, request_queue: RequestQueue, runtime: Runtime, limits: Limits = READ) -> None:
        self._http, self._request_queue, self._runtime, self._limits = http, request_queue, runtime, limits
        self._patience = Patience(limits, runtime.monotonic)
        self._lock = threading.Lock()
        self._notices: set[str] = set()

    def send(self, request: Request, counts: Iterable[Counter[str]]) -> Object:
        """The body of a successful answer that is as expected. Raises StripeError; of the kind TOO_LARGE soon, where
        less may be asked for instead."""
        what, attempt, too_large, until = request.what or request.path, 0, 0, self._patience.until()
        if lost := self._patience.lost():
            raise error_for(lost, what, request.account, request.template)
        while True:
            attempt += 1
            answer = self._try(request, counts, until)
            if not isinstance(answer, Problem):
                self._patience.answered()
                return answer
            if request.splittable and answer.may_be_its_size:
                too_large += 1
                if too_large == TRIES_OF_A_SIZE or not is_worth_retrying(answer):
                    self._patience.failed(answer)
                    raise error_for(answer, what, request.account, request.template, Kind.TOO_LARGE)
            if not is_worth_retrying(answer):
                self._patience.answered()
                raise error_for(answer, what, request.account, request.template)
            silent_seconds = self._patience.failed(answer)
            wait = max(answer.retry_after_seconds, self._backoff_seconds(attempt))
            # One who says "come back tomorrow" is not there today.
            if self._runtime.monotonic() + wait > until or self._patience.lost():
                raise error_for(answer, what, request.account, request.template)
            said = f"HTTP {answer.status}" if answer.status else "no answer"
            why = answer.code or answer.message
            line = f"{request.path}: {said} {answer.request_id} ({why}); trying again in {wait:.1f} s."
            if silent_seconds:
                logger.warning(f"Nothing was answered for {silent_seconds:.0f} s. {line}")
            else:
                logger.info(line)
            self._request_queue.rest(wait)

    def _try(self, request: Request, counts: Iterable[Counter[str]], until: float) -> Object | Problem:
        """One request, and what it brought."""
        sent, refused = self._request_queue.take(request.template), ""
        with self._lock:
            for count in counts:
                count[request.template] += 1
        try:
            answer = self._http.get(request, max(1.0, until - sent))
            refused = _limit_named(answer)
        finally:
            self._request_queue.answered(request.template, sent, refused)
        self._say(self._http.notice)
        return answer

    def _say(self, notice: str) -> None:
        """What Stripe wants a developer to know, once."""
        if notice and notice not in self._notices:
            self._notices.add(notice)
            logger.info(f"Stripe says: {notice[:500]}")

    def _backoff_seconds(self, attempt: int) -> float:
        """As stripe-python waits at first: doubling from half a second, less up to a half at random."""
        longest = min(FIRST_PAUSE_SECONDS * 2.0 ** min(attempt - 1, 20), self._limits.pause_seconds)
        return max(FIRST_PAUSE_SECONDS, longest * (1.0 - self._runtime.jitter() / 2))


def _limit_named(answer: Object | Problem) -> str:
    """The limit that a refusal is for. A lock on an object is nobody else's business; older answers name none."""
    if not isinstance(answer, Problem) or not answer.is_rate_limited:
        return ""
    return answer.limit or GLOBAL_RATE
