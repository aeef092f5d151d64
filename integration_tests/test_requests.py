"""Requests are money: each page once, children without waste, and no more than there is to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest

from integration_tests.oracle import differences, wrong
from integration_tests.story import Story
from integration_tests.vocabulary import CATALOG, DAY, HOUR, NOW, Account, Sandbox, Synced, Time, asked, settled, sync
from integration_tests.warehouse import Warehouse
from source_stripe.catalog.billing import (
    customer_balance_transactions,
    invoice_line_items,
    invoices,
    subscription_items,
    subscriptions,
)
from source_stripe.catalog.checkout import checkout_sessions, checkout_sessions_line_items
from source_stripe.catalog.core import charges, customers, events, setup_attempts
from source_stripe.catalog.payment_methods import bank_accounts, payment_methods
from source_stripe.catalog.products import prices
from source_stripe.declaration.origins import Listing
from source_stripe.declaration.resource import Resource
from source_stripe.declaration.takes import Embedded
from source_stripe.stripe.objects import get_path, is_truncated
from unit_tests.laws import every, name_of


def rested(account: Account) -> Sandbox:
    account.advance(2 * HOUR)
    return Sandbox(account)


def twice(stripe: Sandbox) -> list[tuple[str, str]]:
    """What was asked for more than once, word for word."""
    # Of a subscription with more items than it shows two streams need all: its items, and the usage of their meters.
    asked = [answered for answered in stripe.log if answered.path != "/v1/subscription_items"]
    requests = Counter((one.account, one.path, str(sorted(one.query.items()))) for one in asked)
    return [(path, query) for (_, path, query), times in requests.items() if times > 1]


@pytest.mark.parametrize("workers", [1, 32])
def test_nothing_is_asked_for_twice_in_a_first_sync(workers: int) -> None:
    stripe = settled(customers=60, seed=3)
    assert sync(stripe, num_workers=workers).error == ""
    assert twice(stripe) == []


def test_nothing_is_asked_for_twice_in_a_later_sync() -> None:
    stripe = settled(customers=40, seed=4)
    first = sync(stripe)
    stripe.account.live(2 * DAY, 200, silent=False)
    stripe.account.advance(HOUR)
    stripe.log.clear()
    sync(stripe, state=first.state)
    # The list under a customer is a stream's own; a parent that changed is read once for all of them.
    assert twice(stripe) == []


def test_invoices_and_their_lines_cost_the_pages_and_one_request_for_each_list_beyond_ten() -> None:
    account = Account(NOW)
    for number in range(250):
        account.create("invoice", lines=12 if number % 50 == 0 else 3)
        account.advance(HOUR)
    stripe = rested(account)
    synced = sync(stripe, [invoices, invoice_line_items], num_workers=1)
    long = sum(len(list(account.rows(f"/v1/invoices/{key}/lines"))) > 10 for key in synced.ids(invoices))
    lists, pages = stripe.count("/v1/invoices"), 3
    assert lists <= pages + long + 2
    assert len(synced.records(invoice_line_items)) == 5 * 12 + 245 * 3


@pytest.mark.parametrize(
    "streams",
    [
        [checkout_sessions, checkout_sessions_line_items],
        [customers, bank_accounts],
        [subscriptions, subscription_items],
        [customers, bank_accounts, payment_methods, customer_balance_transactions],
    ],
    ids=lambda streams: streams[-1].name,
)
def test_a_stream_is_the_same_alone_and_beside_others_that_share_its_pages(streams: list[Resource]) -> None:
    stripe = settled(customers=40, seed=6)
    alone = {resource.name: sync(stripe, [resource]) for resource in streams}
    together = sync(stripe, streams)
    stripe.account.live(DAY, 150, silent=False)
    stripe.account.advance(HOUR)
    for resource in streams:
        assert rows(alone[resource.name], resource) == rows(together, resource)
    later = sync(stripe, streams, together.state)
    for resource in streams:
        assert rows(sync(stripe, [resource], alone[resource.name].state), resource) == rows(later, resource)


def warehouse_of(synced: Synced) -> Warehouse:
    warehouse = Warehouse()
    warehouse.take(synced)
    return warehouse


def rows(synced: Synced, resource: Resource) -> dict[str, object]:
    return {record["id"]: record for record in synced.records(resource)}


@pytest.fixture(scope="module")
def small() -> Account:
    account = Account.populated(NOW, 8, 6, 3.0)
    account.advance(2 * HOUR)
    return account


@every("resource", CATALOG, name_of)
def test_an_account_that_fits_on_a_page_costs_one_request_for_each_list(small: Account, resource: Resource) -> None:
    stripe = Sandbox(small)
    sync(stripe, [resource])
    listing = resource.first.origin
    lists = [answered for answered in stripe.log if answered.path == listing.path]
    full = sum(len(stripe.account.rows(listing.path, **dict(params))) > 100 for params in listing.filters)
    assert len(lists) == len(listing.filters) or full


@pytest.mark.parametrize("resource", [customers, prices, events], ids=lambda r: r.name)
@pytest.mark.parametrize("workers", [1, 32])
def test_whatever_the_number_of_workers_the_output_is_the_same(resource: Resource, workers: int) -> None:
    account = Account(NOW - 25 * DAY)
    for seed in range(25):
        account.has("customer", 80, between=(account.now - 300 * DAY, account.now))
        account.has("price", 30)
        account.advance(DAY + seed)
    stripe = rested(account)
    synced = sync(stripe, [resource], num_workers=workers)
    keys = [record["id"] for record in synced.records(resource)]
    assert len(keys) == len(set(keys)) > 100
    assert differences(stripe.account, warehouse_of(synced), resource) == []


def test_ten_events_of_a_parent_read_its_children_once() -> None:
    story = Story(customer_balance_transactions)
    customer = story.account.create("customer")
    story.sync()
    for number in range(10):
        story.account.update(customer["id"], description=f"changed {number}")
        story.account.advance(60)
    story.account.create("customer_balance_transaction", customer=customer["id"])
    story.stripe.log.clear()
    assert len(story.sync().records(customer_balance_transactions)) == 1
    assert story.stripe.count("/v1/customers") == 1


def test_the_feed_is_read_once_for_all_who_follow_it() -> None:
    stripe = settled(customers=30, seed=8)
    first = sync(stripe)
    stripe.account.live(3 * DAY, 360, silent=False)
    stripe.account.advance(HOUR)
    stripe.log.clear()
    sync(stripe, state=first.state)
    since = min(asked_from(stripe))
    told = [event for event in stripe.account.rows("/v1/events") if event["created"] >= since]
    assert len(told) > 300
    # Each connected account has a feed of its own.
    asked = [one for one in stripe.log if one.path == "/v1/events" and one.account is None]
    assert len(asked) <= len(told) / 100 * 1.5 + 3


def asked_from(stripe: Sandbox) -> Iterable[int]:
    for answered in stripe.log:
        if answered.path == "/v1/events" and answered.account is None:
            yield int(str(answered.query["created[gte]"]))


def test_a_parent_that_shows_it_has_no_children_is_not_asked() -> None:
    account = Account(NOW)
    account.has("setup_intent", 30)
    stripe = rested(account)
    synced = sync(stripe, [setup_attempts])
    parents = {record["setup_intent_id"] for record in synced.records(setup_attempts)}
    intents = account.rows("/v1/setup_intents")
    assert {intent["id"] for intent in intents if intent["latest_attempt"]} >= parents
    assert (
        stripe.count("/v1/setup_attempts") == sum(bool(intent["latest_attempt"]) for intent in intents) < len(intents)
    )


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_children_cut_in_the_middle_of_a_page_of_parents_go_on_there(share: float) -> None:
    account = Account(NOW)
    for _ in range(90):
        customer = account.create("customer")
        for _ in range(3):
            account.create("payment_method", customer=customer["id"])
        account.advance(HOUR)
    stripe, warehouse = rested(account), Warehouse()
    stripe.fails_after(requests=int(1 + 90 * share))
    first = warehouse.take(sync(stripe, [payment_methods], num_workers=2, slice_range=3650))
    stripe.recovers()
    stripe.log.clear()
    second = warehouse.take(sync(stripe, [payment_methods], first.state, num_workers=2))
    again = sum(answered.path.endswith("/payment_methods") for answered in stripe.log)
    assert again <= 90 * (1 - share) + 40
    assert len(first.records(payment_methods)) + len(second.records(payment_methods)) <= 270 + 120
    assert differences(account, warehouse, payment_methods) == []


@pytest.mark.parametrize("workers", [1, 4, 32])
def test_stripes_limits_are_kept_by_whoever_asks_for_all_of_them(workers: int) -> None:
    time = Time()
    account = Account.populated(NOW, 9, 60, 3.0)
    account.advance(2 * HOUR)
    stripe = Sandbox(account, requests_per_second=25, endpoint_requests_per_second=25, clock=time.now)
    synced = sync(stripe, num_workers=workers, call_rate_limit=25, time=time)
    assert synced.error == ""
    refused = sum(answered.status == 429 for answered in stripe.log)
    assert refused <= len(stripe.log) / 100
    assert wrong(stripe.account, warehouse_of(synced)) == {}


EMBEDDED = [one for one in CATALOG if all(isinstance(part.first.take, Embedded) for part in one.parts)]


@pytest.mark.parametrize("resource", EMBEDDED, ids=lambda one: one.name)
def test_what_stripe_embeds_costs_the_pages_of_the_parents_and_one_request_where_it_is_cut(
    resource: Resource,
) -> None:
    stripe = settled(customers=50, seed=13)
    synced = sync(stripe, [resource])
    cut, most = 0, 0
    for origin, takes in _by_list(resource).items():
        parents = [
            parent
            for params in origin.filters
            for parent in stripe.account.rows(origin.path, expand=list(origin.expand), **dict(params))
        ]
        cut += sum(is_truncated(get_path(parent, take.field)) for take in takes for parent in parents)
        # The first sync of a stream may cut a list into a few windows.
        most += len(origin.filters) * (2 + 2 * len(parents) // 100)
    lists = {origin.path for origin in _by_list(resource)}
    pages = sum(answered.path in lists for answered in stripe.log)
    assert cut <= sum(asked(stripe).values()) - pages <= cut * 3
    assert pages <= most
    assert synced.records(resource)


def _by_list(resource: Resource) -> dict[Listing, list[Embedded]]:
    """The lists whose pages a stream reads, and what it takes out of their objects."""
    takes: dict[Listing, list[Embedded]] = {}
    for part in resource.parts:
        origin = part.first.origin
        known = next((one for one in takes if one.path == origin.path), origin)
        held = takes.pop(known, [])
        assert isinstance(part.first.take, Embedded)
        takes[replace(origin, expand=tuple({*known.expand, *origin.expand}))] = [*held, part.first.take]
    return takes


def test_line_items_of_ten_thousand_sessions_cost_a_hundred_requests() -> None:
    account = Account(NOW - 500 * DAY)
    account.has("checkout.session", 10_000, between=(NOW - 900 * DAY, NOW - 500 * DAY), line_items=3)
    account.advance(500 * DAY)
    stripe = rested(account)
    assert len(sync(stripe, [checkout_sessions_line_items]).records(checkout_sessions_line_items)) == 30_000
    assert asked(stripe)["/v1/checkout/sessions"] <= 110
    assert asked(stripe).keys() == {"/v1/checkout/sessions"}


def test_charges_beyond_a_page_cost_hardly_more_requests_than_pages() -> None:
    account = Account(NOW - 1000 * DAY)
    account.has("charge", 3_000, between=(NOW - 2000 * DAY, NOW - 1000 * DAY))
    account.advance(1000 * DAY)
    stripe = rested(account)
    synced = sync(stripe, [charges], num_workers=8)
    assert len(synced.ids(charges)) == 3_000
    assert stripe.count("/v1/charges") <= 30 * 1.25
