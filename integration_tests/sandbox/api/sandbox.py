"""The API before an account: who asks, whether they may, how often, and what then goes wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from random import Random

import orjson
import requests

from integration_tests.sandbox.account import linked, listing
from integration_tests.sandbox.account.account import Account
from integration_tests.sandbox.api.admission import Door, Key, key_of
from integration_tests.sandbox.api.faults import FOREIGN, BrokenConnectionError, Fault, Faults, Limiter, Refusal, below
from integration_tests.sandbox.api.keys import Ended, Granted
from integration_tests.sandbox.api.messages import Request, Response
from integration_tests.sandbox.api.oauth import ADDRESSES, StripeApp
from integration_tests.sandbox.api.transport import SandboxAdapter
from integration_tests.sandbox.objects.registry import RESOURCES
from integration_tests.sandbox.world import errors
from integration_tests.sandbox.world.errors import StripeError
from integration_tests.sandbox.world.facts import UNIQUE, Json
from integration_tests.sandbox.world.versions import downgraded

FULL_KEY = "sk_test_sandbox"
ORGANIZATION_KEY = "sk_org_test_sandbox"
# Whom Stripe does not know it tells neither of these.
_OF_THE_KNOWN = ("Request-Id", "Stripe-Version")
_VERSION = re.compile(r"\d{4}-\d\d-\d\d(\.[a-z]+)?")


@dataclass(frozen=True, slots=True)
class Answered:
    """A line of the log."""

    method: str
    path: str
    query: dict[str, str | list[str]]
    account: str | None
    """The one that a header names, whichever header."""
    status: int
    endpoint: str
    version: str | None
    used: tuple[str, ...] = ()
    """The permissions that a restricted key needed for it."""
    context: str | None = None
    """The header Stripe-Context."""


class Sandbox:
    """Stripe as one account's keys see it.

    `keys` maps a key to what it was given, or to the path prefixes it may not read, and to types of objects that it may
    not see inside others; `FULL_KEY` may read all. `members` are the other accounts of its organization, whose key
    `ORGANIZATION_KEY` takes the account from the context of each request
    (https://docs.stripe.com/keys/organization-api-keys). `wording` and `forbidden` are how Stripe says what a key may
    not, and with which status; `app` is an app that reads by OAuth. Stripe shows a platform its own events only; with
    `platform_sees_all_events` also those of its connected accounts. `clock` is what rates are measured on, by default
    the account's own. A status of 0 in the log is a connection that broke.
    """

    def __init__(
        self,
        account: Account,
        keys: Mapping[str, frozenset[str] | set[str] | tuple[str, ...] | Granted | Ended] | None = None,
        *,
        requests_per_second: float | None = None,
        endpoint_requests_per_second: float | None = None,
        latency_seconds: float = 0.0,
        wording: str = "B",
        forbidden: int = 403,
        app: StripeApp | None = None,
        members: Iterable[Account] = (),
        platform_sees_all_events: bool = False,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.account = account
        self.members = {one.id: one for one in (account, *members)}
        account.sees_all_events = platform_sees_all_events
        self.keys: dict[str, Key] = {FULL_KEY: (), ORGANIZATION_KEY: ()}
        for key, may in (keys or {}).items():
            self.keys[key] = may if isinstance(may, Granted | Ended) else tuple(may)
        self.latency_seconds, self.app = latency_seconds, app
        self._door = Door(account, wording, forbidden, self.members)
        self.log: list[Answered] = []
        self._faults = Faults()
        ticks = clock or (lambda: float(account.now))
        self._limiter = Limiter(requests_per_second, endpoint_requests_per_second, ticks)
        self._ids = Random(11)

    def handle(self, request: Request) -> Response:
        """The answer to a request. Broken connections are answers too: see `Response.fault`."""
        with self.account.lock:
            if self.app and request.path in ADDRESSES:
                return self._by_oauth(self.app, request)
            at, at_v2 = listing.route(request.path), linked.route(request.path)
            known = at or at_v2
            endpoint = request.path if known is None else known.name
            request_id = f"req_{self._ids.getrandbits(56):014x}"
            date = formatdate(self.account.now, usegmt=True)
            headers = {"Request-Id": request_id, "Content-Type": "application/json", "Date": date}
            fault: Fault | None = None
            used: list[str] = []
            try:
                version = headers["Stripe-Version"] = self._version(request)
                fault = self._faults.next(request.path, _account_named(request) or self.account.id)
                self._limiter.take(f"{request.method} {endpoint}")
                answer = downgraded(self._answer(request, at, used), version)
                status, body = 200, printed(answer)
                if answer.get("object") == "list":
                    body = self._faults.cut(body)
            except StripeError as error:
                status, headers = error.status, headers | error.headers
                if error.body["error"].get("code") == "lock_timeout":
                    del headers["Request-Id"]
                if status == 401 and "permission" not in str(error):
                    headers = {name: value for name, value in headers.items() if name not in _OF_THE_KNOWN}
                    headers["Www-Authenticate"] = 'Bearer realm="Stripe"'
                error = errors.of_v2(error) if request.path.startswith("/v2/") else error
                body = errors.printed(error, self._log_url(request, headers.get("Request-Id")))
            except BrokenConnectionError as broken:
                status, body, fault = 0, b"", broken.fault
            if fault is not None and fault in FOREIGN:
                status, headers["Content-Type"], body = FOREIGN[fault]
                if fault is Fault.garbled:
                    headers["Content-Encoding"] = "gzip"
            self._note(request, endpoint, status, tuple(used))
            return Response(status, headers, body, fault)

    def _by_oauth(self, app: StripeApp, request: Request) -> Response:
        response = app.handle(request, self.account.now)
        if app.answers_lost and response.status == 200:
            app.answers_lost -= 1
            response = Response(0, {}, b"", Fault.timeout)
        self._note(request, request.path, response.status)
        return response

    def session(self) -> requests.Session:
        """A session of `requests` whose every request is answered here, without a network."""
        session = requests.Session()
        session.mount("https://", SandboxAdapter(self.handle))
        session.mount("http://", SandboxAdapter(self.handle))
        return session

    def count(self, path_prefix: str = "") -> int:
        """How many requests were made to an address or to what lies below it."""
        return sum(below(answered.path, path_prefix) for answered in self.log)

    def counts(self) -> dict[str, int]:
        """How many requests were made to each endpoint."""
        return dict(Counter(answered.endpoint for answered in self.log))

    def refuses(
        self,
        path_prefix: str,
        status: int = 403,
        *,
        code: str | None = None,
        message: str | None = None,
        headers: Mapping[str, str] | None = None,
        times: int | None = None,
        accounts: Iterable[str] = (),
    ) -> None:
        """Every request to such an address gets that error, `times` over or until `recovers`; of some `accounts` only
        those on their behalf."""
        refusal = Refusal(path_prefix, status, code, message, dict(headers or {}), times, frozenset(accounts))
        self._faults.refusals.append(refusal)

    def not_enabled(self, path_prefix: str, accounts: Iterable[str] = ()) -> None:
        """The account, or with `accounts` each of these, has not been set up for the product of these addresses, until
        `recovers`."""
        if path_prefix.startswith("/v2/"):
            self.refuses(
                path_prefix,
                400,
                code="accounts_v2_access_blocked",
                message="Accounts v2 is not enabled for your platform.",
                accounts=accounts,
            )
            return
        product = path_prefix.removeprefix("/v1/").partition("/")[0]
        message = (
            f"Your account is not set up to use {product.replace('_', ' ').title()}. Please visit "
            f"https://dashboard.stripe.com/{product.replace('_', '-')}/overview to get started."
        )
        self.refuses(path_prefix, 400, message=message, accounts=accounts)

    def fails_after(self, requests: int) -> None:
        """After so many more requests every connection breaks, until `recovers`."""
        self._faults.fail_after = requests

    def cuts_lists(self, after_bytes: int) -> None:
        """The body of every list ends after so many bytes, at every try, until `recovers`."""
        self._faults.list_bytes = after_bytes

    def fails_large_pages(self, most: int) -> None:
        """Pages of more than `most` objects are answered with 500, until `recovers`."""
        self._faults.most_on_a_page = most

    def faults(self, rate: float, seed: int = 1) -> None:
        """From here on that share of requests goes wrong, in every way Stripe and networks know."""
        self._faults.at_random(rate, seed)

    def recovers(self) -> None:
        """Nothing goes wrong any more."""
        self._faults = Faults()

    def _answer(self, request: Request, at: listing.Route | None, used: list[str]) -> Json:
        admitted = self._door.admit(request, self._keys(request), at or linked.route(request.path))
        used += admitted.used
        account = admitted.account
        if at_v2 := linked.route(request.path):
            if request.method != "GET":
                raise errors.unrecognized(request.method, request.path)
            if at_v2.id is not None:
                return linked.retrieved(account, at_v2, request.query)
            return linked.page(account, at_v2, request.path, request.query)
        if request.method == "GET" and request.path in UNIQUE:
            keeper = self._platform_of(account) if UNIQUE[request.path] == "account" else account
            return listing.single(keeper, request.path, account.id, request.query)
        if at is None or request.method != "GET":
            raise errors.unrecognized(request.method, request.path)
        if below(request.path, "/v1/test_helpers") and "_live_" in key_of(request):
            raise errors.invalid("This endpoint is only available in testmode.", "")
        if (concerned := at.account) is not None:
            account = self._keeper(request, account, concerned, at)
        if at.id is not None:
            return listing.retrieved(account, at, request.query)
        page = listing.page(account, at.endpoint, request.path, at.owner, request.query)
        if "limit" in at.endpoint.params:
            self._faults.check_page(int(dict(request.query).get("limit", 10)))
        return page

    def _keeper(self, request: Request, account: Account, concerned: str, at: listing.Route) -> Account:
        """The account that knows what is asked about `concerned`: a platform about its connected ones."""
        keeper = self._platform_of(account) if concerned == account.id else account
        known = keeper.store.get("account", concerned)
        if known is None:
            raise errors.no_access(key_of(request), concerned)
        rows = [RESOURCES[kind] for kind in at.endpoint.objects if kind in RESOURCES]
        if concerned != keeper.id and not all(row.may_be_read("account", known.body) for row in rows):
            raise errors.not_controlled(concerned)
        return keeper

    def _platform_of(self, account: Account) -> Account:
        """The account that another is connected to, which keeps what lies under it; itself if it is none's."""
        return next((one for one in self.members.values() if account.id in one.connected), account)

    def _version(self, request: Request) -> str:
        """The version an answer is rendered at: the account's own unless the request pins one."""
        pinned = request.header("Stripe-Version")
        if pinned is None and request.path.startswith("/v2/"):
            raise errors.invalid("API v2 must be told a version.", "Stripe-Version")
        version = pinned or self.account.api_version
        if not _VERSION.fullmatch(version):
            raise errors.invalid(f"Invalid Stripe API version: {version}", "Stripe-Version")
        return version

    def _keys(self, request: Request) -> Mapping[str, Key]:
        """Every key there is, and the access token of a request, if it is one of the app's."""
        token = key_of(request)
        known = self.app.key(token, self.account.now) if self.app else None
        return self.keys if known is None else {**self.keys, token: known}

    def _log_url(self, request: Request, request_id: str | None) -> str | None:
        """Where the dashboard shows a request; nowhere if nobody knows whose it is."""
        account = _account_named(request) or self.account.id
        known = account == self.account.id or self.account.store.get("account", account) is not None
        whose = account if known else self.account.id
        return request_id and f"https://dashboard.stripe.com/{whose}/test/workbench/logs?object={request_id}"

    def _note(self, request: Request, endpoint: str, status: int, used: tuple[str, ...] = ()) -> None:
        query: dict[str, str | list[str]] = {}
        for name, value in request.query:
            held = query.get(name)
            query[name] = value if held is None else [*(held if isinstance(held, list) else [held]), value]
        account, version = _account_named(request), request.header("Stripe-Version")
        context = request.header("Stripe-Context")
        line = Answered(request.method, request.path, query, account, status, endpoint, version, used, context)
        self.log.append(line)


def printed(body: Json) -> bytes:
    """As Stripe prints a success: indented by two spaces, without a newline at the end."""
    return orjson.dumps(body, option=orjson.OPT_INDENT_2)


def _account_named(request: Request) -> str | None:
    context = request.header("Stripe-Context")
    return request.header("Stripe-Account") or (context.rpartition("/")[2] if context else None)
