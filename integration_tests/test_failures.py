"""What Stripe and networks do to a sync: what passes is waited out, what stays is said in a sentence and owed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from airbyte_cdk.models import AirbyteStreamStatus

from integration_tests.oracle import differences, wrong
from integration_tests.sandbox import Request, Response
from integration_tests.vocabulary import CATALOG, DAY, HOUR, KEY, NOW, Account, Sandbox, joined, settled, sync
from integration_tests.warehouse import Warehouse
from source_stripe.catalog import PRODUCTS
from source_stripe.catalog.billing import invoice_line_items, invoices
from source_stripe.catalog.core import charges, customers
from source_stripe.catalog.issuing import cards
from source_stripe.catalog.payment_methods import payment_methods
from source_stripe.catalog.product import Product


def of_one_kind(count: int = 250) -> Sandbox:
    account = Account(NOW)
    account.has("customer", count)
    account.has("charge", 5)
    account.advance(HOUR)
    return Sandbox(account)


@pytest.mark.parametrize("seed", range(4))
def test_passing_faults_change_nothing_of_the_outcome(seed: int) -> None:
    stripe, warehouse = settled(customers=20, seed=seed), Warehouse()
    stripe.faults(0.15, seed=seed)
    first = warehouse.take(sync(stripe, slice_range=120))
    stripe.account.live(DAY, 120, silent=False)
    stripe.account.advance(HOUR)
    second = warehouse.take(sync(stripe, state=first.state))
    assert (first.error, second.error) == ("", "")
    assert wrong(stripe.account, warehouse) == {}


@pytest.mark.parametrize(
    ("status", "words"), [(403, "may not read /v1/charges"), (404, "does not know /v1/charges"), (500, "kept failing")]
)
def test_a_stream_that_is_refused_says_why_and_the_others_finish(status: int, words: str) -> None:
    stripe = of_one_kind()
    stripe.refuses("/v1/charges", status)
    synced = sync(stripe, [charges, customers])
    assert len(synced.errors["charges"]) == 1
    assert words in synced.errors["charges"][0]
    assert synced.error.startswith("Not read whole: charges.")
    assert synced.statuses == {"charges": AirbyteStreamStatus.INCOMPLETE, "customers": AirbyteStreamStatus.COMPLETE}
    assert len(synced.ids(customers)) == 250


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, "Your account is not set up to use {feature}"),
        (403, "Only platforms can use {feature}"),
        (404, "Unrecognized request URL"),
    ],
)
@pytest.mark.parametrize("product", [product for product in PRODUCTS if product.enable], ids=lambda one: one.name)
def test_a_product_that_the_account_does_not_use_is_named_with_where_to_enable_it(
    product: Product, status: int, said: str
) -> None:
    stripe = of_one_kind()
    for stream in product.streams:
        stripe.refuses(stream.first.origin.path, status, message=said.format(feature=product.feature))
    synced = sync(stripe, [*product.streams, charges, customers])
    for stream in product.streams:
        [error] = synced.errors[stream.name]
        assert said.format(feature=product.feature) in error
        assert error.endswith(
            f" If the account does not use {product.feature}, enable it at {product.where} or deselect the stream."
        )
    assert {name for name, status in synced.statuses.items() if status is AirbyteStreamStatus.COMPLETE} == {
        "charges",
        "customers",
    }


def test_who_lacks_a_permission_is_not_told_to_enable_a_product() -> None:
    stripe = of_one_kind()
    stripe.refuses("/v1/issuing/cards", 403, message="The provided key does not have the required permissions.")
    assert "enable" not in sync(stripe, [cards]).errors["cards"][0]


def test_who_may_not_read_events_is_not_told_to_enable_a_product() -> None:
    stripe = of_one_kind()
    first = sync(stripe, [cards])
    stripe.account.advance(HOUR)
    stripe.refuses("/v1/events")
    [error] = sync(stripe, [cards], first.state).errors["cards"]
    assert "/v1/events" in error
    assert "enable" not in error


def test_a_stream_that_was_refused_is_owed_from_where_it_stood() -> None:
    stripe, warehouse = of_one_kind(), Warehouse()
    first = warehouse.take(sync(stripe, [charges, customers]))
    charge = stripe.account.rows("/v1/charges")[0]
    stripe.account.update(charge["id"], description="changed")
    stripe.account.advance(HOUR)
    stripe.refuses("/v1/charges")
    refused = warehouse.take(sync(stripe, [charges, customers], first.state))
    assert refused.position(charges) == first.position(charges)
    stripe.recovers()
    warehouse.take(sync(stripe, [charges, customers], joined(first.state, refused.state)))
    assert differences(stripe.account, warehouse, charges) == []


def test_a_key_that_may_not_read_events_still_has_its_first_sync() -> None:
    stripe = of_one_kind()
    stripe.refuses("/v1/events")
    first = sync(stripe, [customers])
    assert first.error == ""
    stripe.account.advance(HOUR)
    second = sync(stripe, [customers, charges], first.state)
    assert "/v1/events" in second.errors["customers"][0]
    assert second.statuses["charges"] is AirbyteStreamStatus.COMPLETE


def test_a_first_sync_refused_whole_is_owed_whole() -> None:
    stripe, warehouse = settled(customers=10, seed=2), Warehouse()
    for version in ("/v1", "/v2"):
        stripe.refuses(version)
    refused = sync(stripe)
    assert all(not refused.records(resource) for resource in CATALOG)
    stripe.recovers()
    warehouse.take(sync(stripe, state=refused.state))
    assert wrong(stripe.account, warehouse) == {}


def test_a_parent_deleted_while_its_children_are_read_has_none() -> None:
    account = Account(NOW)
    doomed = account.create("customer")
    account.create("payment_method", customer=doomed["id"])
    account.advance(HOUR)
    stripe = Sandbox(account)
    stripe.refuses(f"/v1/customers/{doomed['id']}/", 404, code="resource_missing", message="No such customer")
    synced = sync(stripe, [payment_methods])
    assert synced.error == ""
    assert synced.records(payment_methods) == []


def test_a_list_that_repeats_itself_ends_in_an_error_and_not_never() -> None:
    stripe = of_one_kind()
    answer = stripe.handle

    def repeating(request):  # type: ignore[no-untyped-def]
        again = [(name, value) for name, value in request.query if name != "starting_after"]
        return answer(type(request)(request.method, request.path, again, request.headers))

    stripe.handle = repeating  # type: ignore[method-assign]
    assert "does not end" in sync(stripe, [customers]).errors["customers"][0]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"object": "customer"}', "is not a list"),
        (b"[]", "could not be read"),
        (b"<html>", "could not be read"),
    ],
)
def test_an_answer_that_is_no_list_ends_in_a_sentence(body: bytes, words: str) -> None:
    stripe = of_one_kind()
    answer = stripe.handle

    def foreign(request: Request) -> Response:
        response = answer(request)
        return replace(response, body=body) if request.path == "/v1/customers" else response

    stripe.handle = foreign  # type: ignore[method-assign]
    assert words in sync(stripe, [customers]).errors["customers"][0]


@pytest.mark.parametrize("path", ["/v1/customers", "/v1/invoices", "/v1/events"])
def test_the_key_stands_in_no_message(path: str) -> None:
    stripe = settled(customers=5)
    stripe.refuses(path, 401, message=f"Invalid API Key provided: {KEY}")
    synced = sync(stripe, [customers, invoices, invoice_line_items])
    later = sync(stripe, [customers, invoices], sync(Sandbox(stripe.account)).state)
    assert KEY not in repr((synced, later))


def test_the_version_and_the_account_go_with_every_request() -> None:
    account = Account(NOW)
    connected = account.connect()
    connected.has("customer", 3)
    account.advance(HOUR)
    stripe = Sandbox(account)
    synced = sync(stripe, [customers, payment_methods], account_id=connected.id)
    assert len(synced.ids(customers)) == 3
    assert {request.account for request in stripe.log} == {connected.id}
    assert {request.version for request in stripe.log} == {"2026-10-28.endive"}


def test_an_address_that_the_key_must_not_go_to_ends_the_sync_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_API_BASE", "http://api.stripe.com")
    stripe = of_one_kind()
    assert "STRIPE_API_BASE must be" in sync(stripe, [customers]).error
    assert stripe.count() == 0


def test_what_nobody_foresaw_in_one_stream_leaves_the_others_alone_and_is_named() -> None:
    stripe = of_one_kind()
    answer = stripe.handle

    def strange(request: Request) -> Response:
        response = answer(request)
        body = b'{"object": "list", "data": [5], "has_more": false}' if request.path == "/v1/charges" else response.body
        return replace(response, body=body)

    stripe.handle = strange  # type: ignore[method-assign]
    synced = sync(stripe, [charges, customers])
    assert synced.error.startswith("Not read whole: charges.")
    assert synced.statuses == {"charges": AirbyteStreamStatus.INCOMPLETE, "customers": AirbyteStreamStatus.COMPLETE}


def test_the_rate_stays_below_what_stripe_allows() -> None:
    account = Account(NOW)
    account.has("customer", 120)
    account.advance(HOUR)
    stripe = Sandbox(account)
    sync(stripe, [payment_methods], num_workers=50)
    assert {request.status for request in stripe.log} == {200}


@pytest.mark.parametrize("workers", [1, 8])
def test_a_stream_that_fails_does_not_hold_up_those_that_share_its_pages(workers: int) -> None:
    account = Account(NOW)
    account.has("customer", 3_000, between=(NOW - 900 * DAY, NOW))
    account.advance(HOUR)
    stripe = Sandbox(account)
    refused = account.rows("/v1/customers")[150]["id"]
    stripe.refuses(f"/v1/customers/{refused}/payment_methods")
    synced = sync(stripe, [customers, payment_methods], num_workers=workers)
    assert synced.statuses == {
        "customers": AirbyteStreamStatus.COMPLETE,
        "payment_methods": AirbyteStreamStatus.INCOMPLETE,
    }
    assert len(synced.ids(customers)) == 3_000


def test_a_stream_that_fails_on_the_feed_does_not_hold_up_the_others() -> None:
    stripe = settled(customers=20, seed=3)
    first = sync(stripe)
    for _ in range(4):
        stripe.account.live(DAY, 700, silent=False)
    stripe.account.advance(HOUR)
    stripe.refuses("/v1/invoices")
    later = sync(stripe, state=first.state)
    failed = {name for name, status in later.statuses.items() if status is not AirbyteStreamStatus.COMPLETE}
    reading = {one.name for one in CATALOG if "/v1/invoices" in {part.first.origin.path for part in one.parts}}
    assert failed <= reading
    assert len(later.statuses) == len(CATALOG)
