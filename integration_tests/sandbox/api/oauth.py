"""A Stripe App that reads accounts by OAuth: https://docs.stripe.com/stripe-apps/api-authentication/oauth."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass, field
from random import Random
from string import ascii_letters, digits
from urllib.parse import urlencode

import orjson

from integration_tests.sandbox.api.keys import Ended, Granted
from integration_tests.sandbox.api.messages import Request, Response
from integration_tests.sandbox.world.facts import DAY_SECONDS, Json

AUTHORIZE, TOKEN = "/oauth/v2/authorize", "/v1/oauth/token"
ADDRESSES = (AUTHORIZE, TOKEN)
CODE_SECONDS, ACCESS_SECONDS, REFRESH_SECONDS = 300, 3_600, 365 * DAY_SECONDS


class _RefusedError(Exception):
    """As RFC 6749 has it: the error, and what a person should know."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.status = error, status


@dataclass
class StripeApp:
    """An app that its developer registered, and that the account's owner installs by giving consent."""

    account: str
    """Who gives consent."""
    permissions: Granted = field(default_factory=Granted.everything)
    """Those of its manifest."""
    client_id: str = "ca_SandboxAppOfTheDeveloper00000001"
    secret: str = "sk_test_AppDeveloper00SecretKeyThatSignsTheExchange"
    """The developer's own secret key, in the mode of the account."""
    redirect_uri: str = "https://platform.example/callback"
    consents: bool = True
    """Whether the owner agrees."""
    exchanges: list[str] = field(default_factory=list)
    """The grant type of every exchange that succeeded."""
    answers_lost: int = 0
    """So many of the next exchanges are done, and their answer never arrives."""
    _codes: dict[str, int] = field(default_factory=dict)
    _refresh: dict[str, int] = field(default_factory=dict)
    _access: dict[str, int] = field(default_factory=dict)
    """Token -> the Unix second at which it expires."""
    _rng: Random = field(default_factory=lambda: Random(29))

    def uninstall(self) -> None:
        """The owner takes the app away: nothing that it holds is good any more."""
        self._codes, self._refresh, self._access = {}, {}, {}

    def installed(self, now: int) -> Json:
        """What the first exchange answers with, without the way there."""
        return self._tokens(now)

    def key(self, token: str, now: int) -> Granted | Ended | None:
        """What an access token may read; None if it is none of this app's."""
        if token not in self._access:
            return None
        return self.permissions if now < self._access[token] else Ended()

    def handle(self, request: Request, now: int) -> Response:
        """The answer to a request to one of `ADDRESSES`."""
        try:
            if request.path == AUTHORIZE:
                return Response(302, {"Location": self._consent(dict(request.query), now)}, b"")
            return _json(200, self._exchange(request, now))
        except _RefusedError as refused:
            return _json(refused.status, {"error": refused.error, "error_description": str(refused)})

    def _consent(self, asked: dict[str, str], now: int) -> str:
        """Where the owner's browser is sent once they have decided."""
        if asked.get("client_id") != self.client_id:
            raise _RefusedError("invalid_request", f"No application matches the client_id {asked.get('client_id')}")
        back = asked.get("redirect_uri", self.redirect_uri)
        if back != self.redirect_uri:
            raise _RefusedError("invalid_redirect_uri", "The redirect_uri is none of those in the app's manifest")
        state = {"state": asked["state"]} if "state" in asked else {}
        if not self.consents:
            return f"{back}?{urlencode(state | {'error': 'access_denied'})}"
        code = self._new("ac_", 32)
        self._codes[code] = now + CODE_SECONDS
        answer = {"code": code, "account_id": self.account, "user_id": "usr_sandbox"}
        return f"{back}?{urlencode(state | answer)}"

    def _exchange(self, request: Request, now: int) -> Json:
        # Stripe reads the parameters of a POST from its address too.
        form = dict(request.query) | dict(request.form)
        if request.method != "POST":
            raise _RefusedError("invalid_request", "Exchanges are made by POST", 405)
        if _secret(request) != self.secret:
            raise _RefusedError("invalid_client", "Invalid API Key provided", 401)
        match form.get("grant_type"):
            case "authorization_code":
                given, known, what = form.get("code", ""), self._codes, "Authorization code"
            case "refresh_token":
                given, known, what = form.get("refresh_token", ""), self._refresh, "Refresh token"
            case other:
                raise _RefusedError("unsupported_grant_type", f"Unsupported grant type: {other}")
        # Whatever is exchanged is good for one exchange.
        expires = known.pop(given, None)
        if expires is None:
            raise _RefusedError("invalid_grant", f"{what} does not exist: {given}")
        if now >= expires:
            raise _RefusedError("invalid_grant", f"{what} expired: {given}")
        self.exchanges.append(form["grant_type"])
        tokens = self._tokens(now)
        if form["grant_type"] == "refresh_token":
            # The refreshed answer calls it otherwise.
            tokens["account_id"] = tokens.pop("stripe_user_id")
        return tokens

    def _tokens(self, now: int) -> Json:
        """There is no `expires_in` in it: that an access token lives for an hour is only said in the documentation."""
        access, refresh = self._new("sk_test_", 90), self._new("rt_", 48)
        self._access[access], self._refresh[refresh] = now + ACCESS_SECONDS, now + REFRESH_SECONDS
        return {
            "access_token": access,
            "livemode": False,
            "refresh_token": refresh,
            "scope": "stripe_apps",
            "stripe_publishable_key": self._new("pk_test_", 90),
            "stripe_user_id": self.account,
            "token_type": "bearer",
        }

    def _new(self, prefix: str, letters: int) -> str:
        return prefix + "".join(self._rng.choices(ascii_letters + digits, k=letters))


def _secret(request: Request) -> str:
    scheme, _, given = (request.header("Authorization") or "").partition(" ")
    if scheme.lower() == "basic":
        return b64decode(given).decode().partition(":")[0]
    return given


def _json(status: int, body: Json) -> Response:
    return Response(status, {"Content-Type": "application/json"}, orjson.dumps(body, option=orjson.OPT_INDENT_2))
