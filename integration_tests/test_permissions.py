"""A restricted key costs the streams that it is not for, and no others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteStreamStatus, Status

from integration_tests.oracle import differences
from integration_tests.vocabulary import DAY, HOUR, KEY, NOW, Account, Sandbox, Synced, Time, joined, sync
from integration_tests.warehouse import Warehouse
from source_stripe.catalog import CATALOG
from source_stripe.catalog.billing import customer_tax_ids, discounts, invoice_line_items, invoices, subscription_items
from source_stripe.catalog.core import charges, customers
from source_stripe.catalog.payment_methods import customer_cards, sources
from source_stripe.declaration.resource import Resource
from source_stripe.runtime import Runtime
from source_stripe.source import SourceStripe

RESTRICTED = "rk_test_restricted"
COMPLETE, INCOMPLETE = AirbyteStreamStatus.COMPLETE, AirbyteStreamStatus.INCOMPLETE
TOGETHER = [customers, customer_tax_ids, customer_cards, sources]


def restricted(*denied: str, wording: str = "B") -> Sandbox:
    """A sandbox with a key that may not read some paths, or see some types of objects inside others."""
    account = Account.populated(now=NOW, customers=30, seed=3)
    account.advance(2 * HOUR)
    return Sandbox(account, {RESTRICTED: denied}, wording=wording)


def read(stripe: Sandbox, streams: list[Resource], state: Any = None) -> Synced:
    return sync(stripe, streams, state, client_secret=RESTRICTED)


# Catches: the page as a whole fails; the error of the list instead of that of the field; all fields given up for one.
@pytest.mark.parametrize("wording", ["A", "B"])
@pytest.mark.parametrize(
    ("denied", "streams", "lost"),
    [
        ("tax_id", TOGETHER, {"customer_tax_ids"}),
        ("/v1/customers/{customer}/sources", TOGETHER, {"customer_cards", "sources"}),
        ("discount", [subscription_items, invoice_line_items, discounts], {"discounts"}),
        ("discount", [invoices, invoice_line_items, charges], {"invoices"}),
    ],
)
def test_only_the_stream_that_needs_what_is_refused_fails_and_names_the_permission(
    denied: str, streams: list[Resource], lost: set[str], wording: str
) -> None:
    stripe, warehouse = restricted(denied, wording=wording), Warehouse()
    first = warehouse.take(read(stripe, streams))
    assert {name for name, status in first.statuses.items() if status is not COMPLETE} == lost
    assert set(first.errors) == lost
    for name in lost:
        [error] = first.errors[name]
        assert f"{denied.rpartition('/')[2].rstrip('s')}" in error
        assert "_read'" in error
    for stream in streams:
        if stream.name not in lost:
            assert differences(stripe.account, warehouse, stream) == []


# Catches: rereads that ask with all expansions or not at all.
@pytest.mark.parametrize("created", [0, 1, 5])
def test_in_later_syncs_too_only_the_stream_that_needs_it_fails(created: int) -> None:
    streams = [invoices, invoice_line_items, charges]
    stripe, warehouse = restricted("discount"), Warehouse()
    first = warehouse.take(sync(stripe, streams))
    assert first.error == ""
    customer = stripe.account.rows("/v1/customers")[0]["id"]
    for invoice in stripe.account.rows("/v1/invoices")[:5]:
        stripe.account.update(invoice["id"], metadata={"changed": "1"})
    for _ in range(created):
        stripe.account.create("invoice", customer=customer, lines=12)
    stripe.account.advance(HOUR)
    second = warehouse.take(read(stripe, streams, first.state))
    assert {name for name, status in second.statuses.items() if status is not COMPLETE} == {"invoices"}
    assert "discounts of /v1/invoices" in second.errors["invoices"][0]
    assert differences(stripe.account, warehouse, invoice_line_items) == []
    # Once the permission is given nothing is missing.
    warehouse.take(sync(stripe, streams, joined(first.state, second.state)))
    assert differences(stripe.account, warehouse, invoices) == []


def test_a_list_that_is_refused_itself_is_what_the_sentence_blames() -> None:
    stripe = restricted("/v1/customers")
    synced = read(stripe, [*TOGETHER, charges])
    assert synced.statuses["charges"] is COMPLETE
    for stream in TOGETHER:
        assert "may not read /v1/customers:" in synced.errors[stream.name][0]


# Catches: what is refused found out anew for every page.
def test_what_is_refused_is_found_out_once() -> None:
    account = Account(NOW)
    account.has("customer", 2_000, between=(NOW - 900 * DAY, NOW))
    account.advance(HOUR)
    stripe = Sandbox(account, {RESTRICTED: ("tax_id",)})
    assert read(stripe, TOGETHER).statuses["customers"] is COMPLETE
    assert sum(answer.status == 403 for answer in stripe.log) <= 8
    assert stripe.count("/v1/customers") < 60


# Events. Catches: the question left out; a word for keys that need none, or at a cost for all.


def check(stripe: Sandbox, key: str) -> Status:
    time = Time()
    runtime = Runtime(stripe.session, lambda: float(stripe.account.now), time.now, time.sleep, lambda: 0.0)
    return SourceStripe(runtime).check(logging.getLogger("airbyte"), {"client_secret": key}).status


def test_a_key_without_the_permission_for_events_is_told_so_at_check(said: Callable[[], list[str]]) -> None:
    assert check(restricted("/v1/events"), RESTRICTED) is Status.SUCCEEDED
    [line] = said()
    told = [resource for resource in CATALOG if any(not route.origin.thin for route in resource.routes)]
    following = sum(bool(resource.cursor) for resource in told if resource.first.origin.path != "/v1/events")
    assert f"Later syncs of {following} streams will fail" in line
    assert "event_read" in line


@pytest.mark.parametrize("incremental", [True, False])
def test_and_at_the_first_sync_once(incremental: bool, said: Callable[[], list[str]]) -> None:
    stripe = restricted("/v1/events")
    first = sync(stripe, [customers, charges], client_secret=RESTRICTED, incremental=incremental)
    assert first.error == ""
    assert [line for line in said() if "2 streams" in line] == said()
    assert len(said()) == incremental


@pytest.mark.parametrize("key", [KEY, RESTRICTED])
def test_a_key_that_may_read_events_hears_nothing(key: str, said: Callable[[], list[str]]) -> None:
    stripe = restricted()
    assert check(stripe, key) is Status.SUCCEEDED
    stripe.log.clear()
    sync(stripe, [customers], client_secret=key)
    assert said() == []
    if key == KEY:
        assert stripe.count("/v1/events") == 0
