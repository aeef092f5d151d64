"""Exchanges a refresh token of a Stripe App for the next tokens.

Access tokens live for an hour, refresh tokens for a year, and are replaced at every exchange:
https://docs.stripe.com/stripe-apps/api-authentication/oauth
"""

from __future__ import annotations

from dataclasses import dataclass, field

from source_stripe.credentials import TOKEN_PATH
from source_stripe.limits import FIRST_PAUSE_SECONDS, Limits
from source_stripe.runtime import Runtime
from source_stripe.stripe.answers import Object
from source_stripe.stripe.errors import Failure, Problem, StripeError
from source_stripe.stripe.http import Http, Request
from source_stripe.stripe.key import Key
from source_stripe.stripe.policies import error_for, is_worth_retrying

ACCESS_SECONDS = 3_600
"""How long an access token lives, where the answer does not say so, which Stripe's does not."""
USED = (
    "Stripe does not accept the refresh token in credentials, which was used before, has expired, or belongs to an app "
    "that was removed: authorize the app again, and see that the platform stores the configuration that this source "
    "sends it"
)
LOST = (
    "The refresh token in credentials was exchanged, and the answer with the next one was lost on the way: authorize "
    "the app again"
)
OTHER_APP = (
    "Stripe does not accept the client_secret in credentials: it takes the secret key of the account that the app was "
    "developed in, and of the same mode, live or test"
)


@dataclass(frozen=True)
class Tokens:
    """What an exchange brings."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    """None where the one that was used stays good."""
    expires: float
    """When the access token does, in Unix seconds."""


def exchange(base: str, secret: str, refresh_token: str, runtime: Runtime, limits: Limits) -> Tokens:
    """The next tokens. `secret` is the key of the app's developer. Raises StripeError.

    It is tried again where nothing was answered, too: the token may still be good.
    """
    http = Http(base, Key(secret), runtime, 1, limits)
    form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)]
    request, until, pause = Request(TOKEN_PATH, (), _tokens, form=form), limits.patience_seconds, FIRST_PAUSE_SECONDS
    until += runtime.monotonic()
    silent = False
    try:
        while True:
            answer = http.get(request, max(1.0, until - runtime.monotonic()))
            if not isinstance(answer, Problem):
                return _taken(answer, runtime.clock())
            if not is_worth_retrying(answer) or runtime.monotonic() + pause > until:
                raise _error(answer, lost=silent)
            silent = silent or answer.status == 0
            runtime.sleep(pause)
            pause = min(2 * pause, limits.pause_seconds)
    finally:
        http.close()


def _tokens(body: Object) -> str:
    return "" if isinstance(body.get("access_token"), str) and body["access_token"] else "no access token is in it"


def _taken(body: Object, now: float) -> Tokens:
    seconds, refresh = body.get("expires_in"), body.get("refresh_token")
    lives = seconds if isinstance(seconds, int | float) and seconds > 0 else ACCESS_SECONDS
    return Tokens(body["access_token"], refresh if isinstance(refresh, str) and refresh else None, now + lives)


def _error(problem: Problem, *, lost: bool) -> StripeError:
    said = f": {problem.message.strip().rstrip('.')}." if problem.message.strip() else "."
    where = f" (HTTP {problem.status})"
    if problem.code == "invalid_grant":
        sentence = LOST if lost else USED
    elif problem.code == "invalid_client" or problem.status == 401:
        sentence = OTHER_APP
    else:
        error = error_for(problem, "a new access token")
        error.ends_all = error.failure is Failure.CONFIG
        return error
    return StripeError(f"{sentence}{said}{where}", Failure.CONFIG, status=problem.status, ends_all=True)
