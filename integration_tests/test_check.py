"""`check` says yes to whatever can read something, and no in one sentence."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import pytest
from airbyte_cdk.models import AirbyteConnectionStatus, Status

from integration_tests.sandbox import Account, Sandbox
from integration_tests.vocabulary import KEY, NOW, Time
from source_stripe.catalog import CATALOG
from source_stripe.runtime import Runtime
from source_stripe.source import SourceStripe

RESTRICTED = "rk_test_restricted"
NO_ACCOUNT = "rk_test_no_account"
NOTHING = "rk_test_nothing"


@pytest.fixture
def stripe() -> Sandbox:
    account = Account(NOW)
    account.connect()
    keys = {
        NO_ACCOUNT: ("/v1/account",),
        RESTRICTED: ("/v1/account", "/v1/events", "/v1/balance_transactions", "/v1/charges", "/v1/customers"),
        NOTHING: ("/v1", "/v2"),
    }
    return Sandbox(account, keys)


def check(stripe: Sandbox, config: Mapping[str, object]) -> AirbyteConnectionStatus:
    time = Time()
    runtime = Runtime(stripe.session, lambda: float(NOW), time.now, time.sleep, lambda: 0.0)
    return SourceStripe(runtime).check(logging.getLogger("airbyte"), config)


@pytest.mark.parametrize("key", [KEY, NO_ACCOUNT, RESTRICTED])
@pytest.mark.parametrize("account", ["none", "own", "connected"])
def test_a_key_that_can_read_something_passes(stripe: Sandbox, key: str, account: str) -> None:
    ids = {"none": "", "own": stripe.account.id, "connected": next(iter(stripe.account.connected))}
    assert check(stripe, {"client_secret": key, "account_id": ids[account]}).status is Status.SUCCEEDED


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"client_secret": "sk_test_wrong"}, "Stripe does not accept the API key in client_secret"),
        ({"client_secret": KEY, "account_id": "acct_nobody"}, "no access to the account acct_nobody"),
        ({"client_secret": NO_ACCOUNT, "account_id": "acct_nobody"}, "no access to the account acct_nobody"),
        ({"client_secret": NOTHING}, "may read none of the streams"),
        ({}, "client_secret is missing"),
        ({"client_secret": KEY, "start_date": "soon"}, "start_date must be a date"),
        ({"client_secret": KEY, "start_date": "2099-01-01"}, "is in the future"),
    ],
)
def test_what_can_read_nothing_is_told_why_in_a_sentence(
    stripe: Sandbox, config: Mapping[str, object], words: str
) -> None:
    status = check(stripe, config)
    assert status.status is Status.FAILED
    assert words in str(status.message)
    assert "\n" not in str(status.message)
    assert str(config.get("client_secret", "?")) not in str(status.message)


def test_an_address_that_a_key_must_not_go_to_is_refused(stripe: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_API_BASE", "http://api.stripe.com")
    assert "STRIPE_API_BASE must be" in str(check(stripe, {"client_secret": KEY}).message)
    assert stripe.count() == 0


def test_stripe_out_of_reach_is_told_from_a_wrong_key(stripe: Sandbox) -> None:
    stripe.fails_after(0)
    status = check(stripe, {"client_secret": KEY})
    assert status.status is Status.FAILED
    assert "could not be reached" in str(status.message)


def test_a_product_that_the_account_does_not_use_does_not_stop_a_key_that_may_read_others(stripe: Sandbox) -> None:
    stripe.keys[RESTRICTED] = tuple(
        {one.first.origin.path for one in CATALOG} - {"/v1/issuing/cards", "/v1/webhook_endpoints"}
    )
    stripe.not_enabled("/v1/issuing")
    assert check(stripe, {"client_secret": RESTRICTED}).status is Status.SUCCEEDED
