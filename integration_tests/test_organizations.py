"""An organization's key reads one of its accounts, which a context names."""

from __future__ import annotations

import logging

import pytest
from airbyte_cdk.models import AirbyteStreamStatus, Status

from integration_tests.sandbox import Account, Granted, Sandbox
from integration_tests.vocabulary import HOUR, NOW, Time, joined, sync
from source_stripe.catalog.core import charges, customers
from source_stripe.catalog.platform import webhook_endpoints
from source_stripe.runtime import Runtime
from source_stripe.source import SourceStripe

KEY = "sk_org_test_51Mq4WzCt7RvYbEx"


@pytest.fixture
def stripe() -> Sandbox:
    account = Account(NOW)
    other = account.connect()
    for _ in range(3):
        other.create("customer")
    account.create("customer")
    account.advance(HOUR)
    return Sandbox(account, {KEY: ()})


@pytest.mark.parametrize("through", ["", "its platform"])
def test_a_sync_reads_the_account_that_is_named(stripe: Sandbox, through: str) -> None:
    (other,) = stripe.account.connected.values()
    context = f"{stripe.account.id}/{other.id}" if through else other.id
    synced = sync(stripe, [customers, charges], client_secret=KEY, account_id=context)
    assert synced.error == ""
    assert len(synced.records(customers)) == 3
    assert {line.context for line in stripe.log} == {context}
    # A state is of the account, whichever way leads there.
    other.create("customer")
    stripe.account.advance(HOUR)
    later = sync(stripe, [customers, charges], joined(synced.state), client_secret=KEY, account_id=other.id)
    assert (later.error, len(later.records(customers))) == ("", 1)
    refused = sync(stripe, [customers], joined(synced.state), client_secret=KEY, account_id=stripe.account.id)
    assert "Rows of two accounts" in refused.errors["customers"][0]


def test_another_kind_of_key_names_the_account_as_ever(stripe: Sandbox) -> None:
    (other,) = stripe.account.connected.values()
    assert len(sync(stripe, [customers], account_id=other.id).records(customers)) == 3
    assert {(line.account, line.context) for line in stripe.log} == {(other.id, None)}


@pytest.mark.parametrize("config", [{}, {"account_id": ""}])
def test_without_an_account_it_is_asked_for_before_anything_is_sent(stripe: Sandbox, config: dict[str, str]) -> None:
    time = Time()
    runtime = Runtime(stripe.session, lambda: float(NOW), time.now, time.sleep, lambda: 0.0)
    status = SourceStripe(runtime).check(logging.getLogger("airbyte"), {"client_secret": KEY, **config})
    assert status.status is Status.FAILED
    assert "name it in account_id (acct_...)" in str(status.message)
    assert stripe.count() == 0


def test_what_it_was_not_given_is_named(stripe: Sandbox) -> None:
    stripe.keys[KEY] = Granted.everything("rak_webhook_read")
    synced = sync(stripe, [customers, webhook_endpoints], client_secret=KEY, account_id=stripe.account.id)
    assert synced.statuses["customers"] is AirbyteStreamStatus.COMPLETE
    assert "(rak_webhook_read)" in synced.errors["webhook_endpoints"][0]
