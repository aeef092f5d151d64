"""Answers that are not what was asked for, and the errors that they lead to: https://docs.stripe.com/error-codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from source_stripe.masking import masked
from source_stripe.stripe.refusal import Refusal
from source_stripe.wording import foreign

LACKS = "more_permissions_required"
"""The code of an answer to a key that lacks a permission; older answers have none."""
_ON_ACCOUNT = re.compile(r"on account '(acct_[A-Za-z0-9_]+)'")
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
