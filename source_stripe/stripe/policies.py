"""What to do with an answer that is not a page: policy as a table, from status and code to action and sentence.

Stripe's errors: https://docs.stripe.com/error-codes. Retries are decided as stripe-python decides them, with 429 added.
"""

from __future__ import annotations

from dataclasses import dataclass

from source_stripe.stripe.errors import Failure, Kind, Problem, StripeError
from source_stripe.stripe.refusal import refusal


@dataclass(frozen=True)
class Policy:
    """One row: the first whose status and code fit decides."""

    statuses: range
    codes: frozenset[str]
    retry: bool
    failure: Failure
    kind: Kind
    sentence: str
    """Completed with {what} (what was being read), {account}, {mode} and {said} (Stripe's own words)."""
    ends_all: bool = False
    """Whether it is said of the key or the account, whatever is read."""


def _policy(
    statuses: int | range,
    failure: Failure,
    sentence: str,
    *codes: str,
    retry: bool = False,
    kind: Kind = Kind.REFUSED,
    ends_all: bool = False,
) -> Policy:
    which = range(statuses, statuses + 1) if isinstance(statuses, int) else statuses
    return Policy(which, frozenset(codes), retry, failure, kind, sentence, ends_all)


_OF_V1 = frozenset(
    ("account_not_yet_compatible_with_v2", "v1_account_instead_of_v2_account", "v1_customer_instead_of_v2_account")
)
"""Codes of API v2 for what only API v1 shows: https://docs.stripe.com/api/v2/core/accounts."""
CONFIG, TRANSIENT, SYSTEM = Failure
NO_PERMISSION = "The key may not read {what}{said}"
TOO_FAST = "Stripe's rate limit was exceeded while reading {what}{said}"
FOREIGN = "Something between this host and Stripe answered in its place when {what} was asked for{said}"
NO_ACCESS = (
    "The key has no access to the account {account}, or there is no such account in {mode}: see that account_id is "
    "right, that the account is still connected, and that key and account are of one mode{said}"
)
NO_KEY = (
    "Stripe does not accept the API key in client_secret, which was mistyped or revoked: copy it again from "
    "https://dashboard.stripe.com/apikeys, or make another{said}"
)
EXPIRED = "The API key has expired: make another at https://dashboard.stripe.com/apikeys{said}"
ADDRESS = (
    "The API key may not be used from the IP address of this machine: allow the address for the key at "
    "https://dashboard.stripe.com/apikeys, or take another key{said}"
)
OTHER_MODE = "The key is of {mode}, and what it asks about is not: take a key of the other mode{said}"

POLICIES: tuple[Policy, ...] = (
    _policy(0, TRANSIENT, "Stripe could not be reached while reading {what}{said}", retry=True, kind=Kind.FAILED),
    _policy(range(200, 300), TRANSIENT, "The answer for {what} could not be read{said}", retry=True, kind=Kind.FAILED),
    _policy(range(300, 500), TRANSIENT, FOREIGN, "foreign", retry=True, kind=Kind.FAILED),
    _policy(range(400, 404), CONFIG, NO_ACCESS, "account_invalid", ends_all=True),
    _policy(range(400, 404), CONFIG, OTHER_MODE, "livemode_mismatch", ends_all=True),
    _policy(range(401, 404), CONFIG, NO_PERMISSION, "permission", kind=Kind.FORBIDDEN),
    _policy(range(401, 404), CONFIG, ADDRESS, "address", ends_all=True),
    _policy(401, CONFIG, EXPIRED, "expired", ends_all=True),
    _policy(401, CONFIG, NO_KEY, ends_all=True),
    _policy(403, CONFIG, NO_PERMISSION, kind=Kind.FORBIDDEN),
    _policy(404, CONFIG, "Stripe does not know {what}{said}"),
    _policy(400, TRANSIENT, TOO_FAST, "rate_limit", retry=True, kind=Kind.FAILED),
    _policy(409, TRANSIENT, "Stripe was busy with {what}{said}", retry=True, kind=Kind.FAILED),
    _policy(429, TRANSIENT, TOO_FAST, retry=True, kind=Kind.FAILED),
    _policy(range(400, 500), CONFIG, "Stripe refused to read {what}{said}"),
    _policy(range(500, 600), TRANSIENT, "Stripe kept failing while reading {what}{said}", retry=True, kind=Kind.FAILED),
    _policy(range(100, 400), SYSTEM, "Stripe answered unexpectedly for {what}{said}", kind=Kind.FAILED),
)


def policy_for(problem: Problem) -> Policy:
    """The row that decides what becomes of `problem`."""
    return next(
        row for row in POLICIES if problem.status in row.statuses and (not row.codes or problem.meaning in row.codes)
    )


def is_worth_retrying(problem: Problem) -> bool:
    """Stripe's own word first, then the table."""
    match problem.should_retry:
        case "true":
            return True
        case "false":
            return False
        case _:
            return policy_for(problem).retry


def error_for(
    problem: Problem, what: str, account: str = "", endpoint: str = "", kind: Kind | None = None
) -> StripeError:
    """The error to end with, its sentence completed with what Stripe said and the id of the request.

    `endpoint` is the path that was asked, without ids; `kind` is what it means where the problem alone does not tell.
    """
    row = policy_for(problem)
    said = f": {problem.message.strip().rstrip('.')}." if problem.message.strip() else "."
    mode = {True: "live mode", False: "test mode", None: "its mode"}[problem.live]
    sentence = row.sentence.format(what=what, account=account or "of this configuration", mode=mode, said=said)
    if problem.status:
        where = [f"HTTP {problem.status}", problem.request_id and f"request {problem.request_id}", problem.log_url]
        sentence += f" ({', '.join(filter(None, where))})"
    kind = kind or _kind(problem, row.kind, what)
    denied = problem.is_of_the_account and kind in (Kind.REFUSED, Kind.FORBIDDEN)
    return StripeError(
        sentence,
        row.failure,
        kind,
        what if denied else "",
        status=problem.status,
        account=problem.account,
        refusal=None if denied or kind is not Kind.FORBIDDEN else refusal(problem.message, endpoint, problem.live),
        ends_all=row.ends_all and kind is row.kind,
    )


def _kind(problem: Problem, otherwise: Kind, what: str) -> Kind:
    """A 404 says of an object that it is gone only where it says so; else it is the endpoint that is unknown.

    A 403 that speaks of the application, and not of the key, is about what platforms control:
    https://docs.stripe.com/connect/accounts.
    """
    if problem.foreign:
        return otherwise
    if problem.status == 403 and problem.message.startswith("This application does not have the required permissions"):
        return Kind.HIDDEN
    # One that was deleted, or left its platform, is answered so as well.
    if problem.meaning == "account_invalid" and what.startswith(("/v1/accounts/", "/v2/core/accounts/")):
        return Kind.MISSING
    if problem.status not in (400, 404):
        return otherwise
    if problem.code in _OF_V1:
        return Kind.HIDDEN
    # An event older than 30 days cannot mark a place either: https://docs.stripe.com/api/events.
    if "aged out" in problem.message:
        return Kind.LOST_PLACE
    if problem.code not in ("resource_missing", "not_found") and not problem.message.startswith("No such"):
        return otherwise
    return Kind.LOST_PLACE if problem.param == "starting_after" else Kind.MISSING
