"""One case for each row of the policy: what is done, whose move it is, what the user reads."""

from __future__ import annotations

from itertools import combinations

import pytest
from airbyte_cdk.models import FailureType

from source_stripe.airbyte.errors import not_whole
from source_stripe.stripe.errors import Failure, Kind, Problem
from source_stripe.stripe.policies import POLICIES, error_for, is_worth_retrying, policy_for
from unit_tests.laws import every

NO_ADDRESS = "The API key provided does not allow requests from your IP address"
CASES = [
    (Problem(0, message="no answer in time"), True, Failure.TRANSIENT, Kind.FAILED, "could not be reached"),
    (Problem(200, message="not JSON"), True, Failure.TRANSIENT, Kind.FAILED, "could not be read"),
    (Problem(403, message="<h1>", foreign=True), True, Failure.TRANSIENT, Kind.FAILED, "answered in its place"),
    (Problem(403, "account_invalid"), False, Failure.CONFIG, Kind.REFUSED, "no access to the account acct_1"),
    (Problem(401, message="does not have the required permissions"), False, Failure.CONFIG, Kind.FORBIDDEN, "may not"),
    (Problem(401, message="Invalid API Key provided"), False, Failure.CONFIG, Kind.REFUSED, "does not accept the API"),
    (Problem(401, "api_key_expired"), False, Failure.CONFIG, Kind.REFUSED, "has expired: make another"),
    (Problem(401, message="Expired API Key provided: sk_1"), False, Failure.CONFIG, Kind.REFUSED, "has expired: make"),
    (Problem(401, message=f"{NO_ADDRESS} (1.2.3.4)."), False, Failure.CONFIG, Kind.REFUSED, "may not be used from the"),
    (Problem(403, message=NO_ADDRESS), False, Failure.CONFIG, Kind.REFUSED, "may not be used from the IP address"),
    (Problem(400, "livemode_mismatch", live=True), False, Failure.CONFIG, Kind.REFUSED, "of live mode, and what it"),
    (Problem(401, "more_permissions_required"), False, Failure.CONFIG, Kind.FORBIDDEN, "may not read /v1/x"),
    (Problem(403, message="Enable 'Charges Read'"), False, Failure.CONFIG, Kind.FORBIDDEN, "Enable 'Charges Read'."),
    (Problem(404, message="Unrecognized request URL"), False, Failure.CONFIG, Kind.REFUSED, "does not know /v1/x"),
    (Problem(400, "rate_limit"), True, Failure.TRANSIENT, Kind.FAILED, "rate limit"),
    (Problem(409, "lock_timeout"), True, Failure.TRANSIENT, Kind.FAILED, "busy"),
    (Problem(429), True, Failure.TRANSIENT, Kind.FAILED, "rate limit"),
    (
        Problem(400, message="Your account is not set up to use Issuing"),
        False,
        Failure.CONFIG,
        Kind.REFUSED,
        "Issuing.",
    ),
    (Problem(503), True, Failure.TRANSIENT, Kind.FAILED, "kept failing"),
    (Problem(302), False, Failure.SYSTEM, Kind.FAILED, "unexpectedly"),
]


@pytest.mark.parametrize(("problem", "retried", "failure", "kind", "words"), CASES)
def test_every_answer_has_a_policy(problem: Problem, retried: bool, failure: Failure, kind: Kind, words: str) -> None:
    error = error_for(problem, "/v1/x", "acct_1")
    assert is_worth_retrying(problem) is retried
    assert (error.failure, error.kind) == (failure, kind)
    assert words in str(error)


def test_every_policy_has_a_case() -> None:
    assert {id(policy_for(case[0])) for case in CASES} == {id(row) for row in POLICIES}


@every("status", [0, *range(100, 600)])
def test_every_status_has_a_policy(status: int) -> None:
    assert error_for(Problem(status), "/v1/x").sentence


@pytest.mark.parametrize(("word", "retried"), [("true", True), ("false", False), ("", True)])
def test_stripes_own_word_on_retrying_comes_first(word: str, retried: bool) -> None:
    assert is_worth_retrying(Problem(500, should_retry=word)) is retried
    assert is_worth_retrying(Problem(402, should_retry="true"))


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (Problem(404, "resource_missing", "No such customer: 'cus_1'", "id"), Kind.MISSING),
        (Problem(404, "", "No such customer: 'cus_1'"), Kind.MISSING),
        (Problem(404, "", "Unrecognized request URL"), Kind.REFUSED),
        (Problem(400, "resource_missing", "No such invoice: 'in_1'", "starting_after"), Kind.LOST_PLACE),
        (Problem(400, "", "evt_1 has aged out of our retention policy"), Kind.LOST_PLACE),
        (Problem(500, "", "No such luck"), Kind.FAILED),
    ],
)
def test_what_is_gone_is_told_from_what_was_never_there(problem: Problem, kind: Kind) -> None:
    assert error_for(problem, "/v1/x").kind is kind


def test_the_id_of_the_request_stands_in_the_sentence() -> None:
    assert error_for(Problem(500, request_id="req_1"), "/v1/x").sentence.endswith("(HTTP 500, request req_1)")


NO_PERMISSION = "The provided key 'rk_live_1' does not have the required permissions for this endpoint."


@pytest.mark.parametrize(
    ("problem", "denied"),
    [
        (Problem(400, message="Your account is not set up to use Issuing."), True),
        (
            Problem(403, "platform_account_required", "Only Stripe Connect platforms can work with other accounts."),
            True,
        ),
        (Problem(404, message="Unrecognized request URL (GET: /v1/treasury/transactions)."), True),
        (Problem(403, message=NO_PERMISSION), False),
        (Problem(403, "account_invalid", "The provided key does not have access to account 'acct_1'."), False),
        (Problem(400, "parameter_unknown", "Received unknown parameter: status", "status"), False),
        (Problem(404, "resource_missing", "No such card: 'ic_1'", "id"), False),
        (Problem(401, message="Invalid API Key provided"), False),
        (Problem(429), False),
        (Problem(500), False),
    ],
)
def test_what_an_account_is_denied_is_told_from_what_a_key_is(problem: Problem, denied: bool) -> None:
    assert error_for(problem, "/v1/x").denied == ("/v1/x" if denied else "")


@pytest.mark.parametrize(
    ("problem", "all"),
    [
        (Problem(401, message="Invalid API Key provided"), True),
        (Problem(401, "api_key_expired"), True),
        (Problem(403, "account_invalid"), True),
        (Problem(403, "more_permissions_required"), False),
        (Problem(400, message="Your account is not set up to use Issuing."), False),
        (Problem(500), False),
    ],
)
def test_what_ends_all_is_told_from_what_ends_one_stream(problem: Problem, all: bool) -> None:
    assert error_for(problem, "/v1/charges").ends_all is all
    assert not error_for(Problem(403, "account_invalid"), "/v1/accounts/acct_1/persons").ends_all


KEY_LACKS = "The provided key 'rk_live_***abcd' does not have the required permissions for this endpoint"


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    ("message", "permissions", "rows"),
    [
        (
            f"{KEY_LACKS} on account 'acct_1'. Having the 'rak_accounts_kyc_basic_read' permission would allow this "
            "request to continue.",
            ("rak_accounts_kyc_basic_read",),
            (),
        ),
        (
            f"{KEY_LACKS}. Having the 'rak_billing_cadence_read', 'rak_subscription_read' permissions would allow this "
            "request to continue.",
            ("rak_billing_cadence_read", "rak_subscription_read"),
            (),
        ),
        (
            f"Permission denied. {KEY_LACKS} on account 'acct_1'. Enabling \"Prices Read\" ('plan_read') permissions "
            "on this key would allow this request to continue. You can edit permissions at "
            "https://dashboard.stripe.com/acct_1/apikeys/mk_1/edit.",
            ("rak_plan_read",),
            ("Prices",),
        ),
        (
            f"{KEY_LACKS}. Enabling \"Invoices Read\", \"Credit notes Read\" ('invoice_read', 'credit_note_read') "
            "permissions on this key would allow this request to continue.",
            ("rak_invoice_read", "rak_credit_note_read"),
            ("Invoices", "Credit notes"),
        ),
        (f"{KEY_LACKS} on account 'acct_1'.", (), ()),
        (f'{KEY_LACKS}. Having the "rak_charge_read" permission would do.', ("rak_charge_read",), ()),
    ],
)
def test_the_permissions_that_stripe_names_are_found_in_every_wording(
    status: int, message: str, permissions: tuple[str, ...], rows: tuple[str, ...]
) -> None:
    error = error_for(Problem(status, message=message), "/v1/prices", endpoint="/v1/prices")
    assert error.kind is Kind.FORBIDDEN
    assert error.refusal is not None
    assert (error.refusal.permissions, error.refusal.rows) == (permissions, rows)
    assert error.refusal.row("rak_plan_read") == ("Prices" if rows == ("Prices",) else "")


@every(
    "failures",
    [
        subset
        for number in (1, 2, 3)
        for subset in combinations([Failure.CONFIG, Failure.SYSTEM, Failure.TRANSIENT], number)
    ],
)
def test_a_sync_with_several_failures_is_the_users_move_first_and_nobodys_last(failures: tuple[Failure, ...]) -> None:
    error = not_whole(["charges", "refunds"], {*failures})
    assert error.failure_type is FailureType(failures[0].value)
    assert "charges, refunds" in (error.message or "")
