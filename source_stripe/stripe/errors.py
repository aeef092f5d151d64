"""What to do with an answer that is not a page: policy as a table, from status and code to action and sentence.

Stripe's errors: https://docs.stripe.com/error-codes. Retries are decided as stripe-python decides them, with 429 added.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from source_stripe.masking import masked
from source_stripe.stripe.refusal import Refusal, refusal
from source_stripe.wording import foreign

_ON_ACCOUNT = re.compile(r"on account '(acct_[A-Za-z0-9_]+)'")
_OF_V1 = frozenset(
    ("account_not_yet_compatible_with_v2", "v1_account_instead_of_v2_account", "v1_customer_instead_of_v2_account")
)
"""Codes of API v2 for what only API v1 shows: https://docs.stripe.com/api/v2/core/accounts."""
_LOG_ACCOUNT = re.compile(r"//dashboard\.stripe\.com/(acct_[A-Za-z0-9_]+)/")


class Failure(Enum):
    """Whose move it is."""

    CONFIG = "config_error"
    """The user's: another key, account or permission."""
    TRANSIENT = "transient_error"
    """Nobody's: the next sync may succeed."""
    SYSTEM = "system_error"
    """The developers'."""


class Kind(Enum):
    """What an error means for the stream that met it."""

    REFUSED = "refused"
    MISSING = "missing"
    """The object concerned does not exist, or no more."""
    LOST_PLACE = "lost place"
    """The object that marked the place in a list was deleted meanwhile."""
    HIDDEN = "hidden"
    """It belongs to a connected account that the platform does not control, and is not the platform's to see."""
    FORBIDDEN = "forbidden"
    """The key lacks a permission; others may be given to it."""
    TOO_LARGE = "too large"
    """A page of fewer objects may arrive."""
    FAILED = "failed"


class StripeError(Exception):
    """Stripe could not be read; `str()` of it is one sentence for the user."""

    def __init__(
        self,
        sentence: str,
        failure: Failure,
        kind: Kind = Kind.FAILED,
        denied: str = "",
        *,
        status: int = 0,
        account: str = "",
        refusal: Refusal | None = None,
        ends_all: bool = False,
    ) -> None:
        sentence = masked(sentence)
        super().__init__(sentence)
        self.sentence, self.failure, self.kind = sentence, failure, kind
        self.denied = denied
        """What Stripe does not let this account read, whatever the key; empty where it is for another reason."""
        self.status = status
        """That of the answer; 0 where there was none."""
        self.account = account
        """The account that Stripe names in its answer; empty where it names none."""
        self.refusal = refusal
        """What the key lacks, where it lacks a permission."""
        self.ends_all = ends_all
        """Whether nothing at all can be read: the key or the account is not accepted."""

    def as_lost_place(self) -> StripeError:
        """The same for a list that cannot be gone on with from a place."""
        return StripeError(self.sentence, self.failure, Kind.LOST_PLACE, status=self.status, account=self.account)

    def as_denied(self, what: str) -> StripeError:
        """The same for what there is for no account, but for those that use a product."""
        return StripeError(self.sentence, self.failure, Kind.REFUSED, what, status=self.status, account=self.account)


@dataclass(frozen=True)
class Problem:
    """An answer with an error, or no answer at all (status 0)."""

    status: int
    code: str = ""
    message: str = ""
    param: str = ""
    request_id: str = ""
    should_retry: str = ""
    """Stripe's own word on it, the header Stripe-Should-Retry: `true`, `false` or nothing."""
    limit: str = ""
    """The limit that a refusal is for, the header Stripe-Rate-Limited-Reason; empty in older answers."""
    retry_after_seconds: float = 0.0
    """How long the answer asks to wait."""
    log_url: str = ""
    """Where the dashboard shows the request: `https://dashboard.stripe.com/acct_.../test/workbench/logs?object=req_...`."""
    foreign: bool = False
    """Whether it is not in Stripe's own words, which are a JSON object with an error, or not what was asked for."""
    unfinished: bool = False
    """Whether it began and did not arrive as a whole, or did not begin in time."""
    live: bool | None = None
    """Whether the key that asked is of live mode; None where that is not known."""

    def __post_init__(self) -> None:
        """What others wrote may be long, and may repeat the key."""
        for name in ("code", "message", "param", "request_id", "limit", "log_url"):
            object.__setattr__(self, name, foreign(getattr(self, name)))

    @property
    def account(self) -> str:
        """The account that the words or the address of the log name; empty where they name none."""
        named = _ON_ACCOUNT.search(self.message) or _LOG_ACCOUNT.search(self.log_url)
        return named[1] if named else ""

    @property
    def meaning(self) -> str:
        """The code, or what the words say where Stripe sends none."""
        if self.foreign:
            return "foreign"
        if self.status in (401, 403) and "not have access to account" in self.message:
            return "account_invalid"
        if self.code == LACKS:
            return "permission"
        if self.status in (401, 403) and "requests from your IP address" in self.message:
            return "address"
        # Some keys without a permission were answered 401: the words tell them from keys that are wrong.
        if self.status == 401 and "permission" in self.message:
            return "permission"
        if self.status == 401 and (self.code.endswith("key_expired") or self.message.startswith("Expired API Key")):
            return "expired"
        return self.code

    @property
    def is_of_the_account(self) -> bool:
        """Whether the account may lack the product: Issuing answers 400, Connect 403, Treasury 404.

        Stripe names the key where it is the key that lacks a permission, and the parameter where that is wrong.
        """
        of_the_key = self.meaning in ("permission", "address") or (
            "permission" in self.message and "key" in self.message
        )
        of_another = self.foreign or self.meaning in ("account_invalid", "livemode_mismatch")
        return self.status in (400, 403, 404) and not (of_another or self.param or of_the_key)

    @property
    def may_be_its_size(self) -> bool:
        """Whether less of the same might be answered."""
        return self.unfinished or self.status >= 500

    @property
    def is_of_the_bearer(self) -> bool:
        """Whether what the request was signed with is not accepted, or no more."""
        return self.status == 401 and not self.foreign and self.meaning not in ("permission", "address")

    @property
    def is_rate_limited(self) -> bool:
        """Whether it was one request too many; a lock on the object is answered 429 as well."""
        return (self.status == 429 and self.code != "lock_timeout") or (
            self.status == 400 and self.code == "rate_limit"
        )


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
LACKS = "more_permissions_required"
"""The code of an answer to a key that lacks a permission; older answers have none."""

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
