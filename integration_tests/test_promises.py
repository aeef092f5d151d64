"""What no other connector keeps: late events, what no event tells, repairs, every version, other accounts."""

from __future__ import annotations

import logging
import re

import pytest

from integration_tests.story import Story, deleted
from integration_tests.vocabulary import DAY, HOUR, NOW, Account, Hurried, Sandbox, asked, settled, sync
from source_stripe.catalog import CATALOG
from source_stripe.catalog.billing import invoice_line_items, invoices, subscription_items
from source_stripe.catalog.checkout import checkout_sessions
from source_stripe.catalog.core import balance_transactions, charges, customers, events, file_links, payment_intents
from source_stripe.catalog.payment_methods import bank_accounts, payment_methods
from source_stripe.catalog.products import coupons, shipping_rates
from source_stripe.declaration.resource import Accrue, Resource
from source_stripe.declaration.takes import Children

MINUTE = 60


@pytest.mark.parametrize("delay", [2 * MINUTE, 3 * MINUTE, 9 * MINUTE])
@pytest.mark.parametrize("resource", [customers, events], ids=lambda r: r.name)
def test_an_event_that_appears_late_is_still_delivered_and_nothing_is_repeated(resource: Resource, delay: int) -> None:
    story = Story(resource)
    thing = story.account.create("customer")
    story.sync()
    story.account.update(thing["id"], description="seen at once")
    story.account.advance(20)
    with _appearing(story, after=delay):
        story.account.update(thing["id"], description="seen late")
    story.account.advance(max(0, delay - MINUTE) + 5)
    first = sync(story.stripe, [resource], story.last.state)
    story.warehouse.take(first)
    story.account.advance(2 * MINUTE)
    second = sync(story.stripe, [resource], first.state)
    story.warehouse.take(second)
    story.account.advance(2 * MINUTE)
    third = sync(story.stripe, [resource], second.state)
    rows = [len(synced.records(resource)) for synced in (first, second, third)]
    assert rows == ([1, 1, 0] if resource is events else rows)
    assert sum(rows) <= 2
    assert third.records(resource) == []
    assert story.differences == []


class _appearing:  # noqa: N801
    """Events of what happens inside become visible `after` so many seconds."""

    def __init__(self, story: Story, after: int) -> None:
        self.account, self.after = story.account, after

    def __enter__(self) -> None:
        self.known = {event["id"] for event in self.account.objects("event")}

    def __exit__(self, *_: object) -> None:
        new = {event["id"]: event["created"] for event in self.account.objects("event")}
        for key in new.keys() - self.known:
            self.account._visible_from[key] = new[key] + self.after


def test_syncs_minutes_apart_repeat_nothing() -> None:
    story = Story(customers, charges, balance_transactions, events, checkout_sessions)
    story.sync()
    delivered: list[tuple[str, str]] = []
    state = story.last.state
    for _ in range(12):
        story.account.create("charge")
        story.account.create("checkout.session")
        story.account.advance(3 * MINUTE)
        synced = story.warehouse.take(sync(story.stripe, story.streams, state))
        state = synced.state
        delivered += [(m.record.stream, m.record.data["id"]) for m in synced.messages if m.record]
    once = [key for key in delivered if key[0] in ("events", "balance_transactions", "checkout_sessions")]
    assert len(once) == len(set(once)) > 24
    story.sync()
    assert story.differences == []


def test_a_balance_transaction_is_read_again_once_when_its_funds_become_available() -> None:
    story = Story(balance_transactions)
    story.account.has("charge", 5, between=(NOW - 10 * DAY, NOW - 9 * DAY))
    young = story.account.create("charge")["balance_transaction"]
    assert {record["status"] for record in story.sync().records(balance_transactions)} == {"pending", "available"}
    assert story.sync().records(balance_transactions) == []
    story.account.advance(10 * DAY)
    (record,) = story.sync().records(balance_transactions)
    assert (record["id"], record["status"]) == (young, "available")
    assert story.differences == []
    assert "pending" not in story.last.position(balance_transactions)
    story.stripe.log.clear()
    assert story.sync().records(balance_transactions) == []
    assert asked(story.stripe) == {"/v1/balance_transactions": 1}


@pytest.mark.parametrize("resource", [bank_accounts, payment_methods], ids=lambda r: r.name)
def test_the_children_of_a_deleted_parent_are_marked_and_not_fetched(resource: Resource) -> None:
    story = Story(resource)
    customer = story.account.create("customer")
    for _ in range(3):
        story.account.create(resource.object, customer=customer["id"])
    assert len(story.sync().records(resource)) == 3
    late = story.account.create(resource.object, customer=customer["id"])
    assert story.sync().ids(resource) == {late["id"]}
    story.account.delete(customer["id"])
    story.stripe.log.clear()
    assert len(deleted(story.sync().records(resource))) == 4
    assert not [request for request in story.stripe.log if request.path.startswith(f"/v1/customers/{customer['id']}/")]
    assert story.differences == []


def test_all_lines_of_a_deleted_draft_are_marked_also_those_beyond_the_tenth() -> None:
    story = Story(invoice_line_items)
    invoice = story.account.create("invoice", lines=25, status="draft")
    assert len(story.sync().ids(invoice_line_items)) == 25
    assert len(story.last.position(invoice_line_items)["known"][invoice["id"]]) == 25
    story.account.delete(invoice["id"])
    assert len(deleted(story.sync().records(invoice_line_items))) == 25
    assert "known" not in story.last.position(invoice_line_items)
    assert story.differences == []


@pytest.mark.parametrize("resource", [shipping_rates, file_links], ids=lambda r: r.name)
def test_of_a_list_without_events_only_what_changed_is_delivered(resource: Resource) -> None:
    story = Story(resource)
    story.account.has(resource.object, 130)
    story.sync()
    assert story.sync().records(resource) == []
    changed = story.account.rows(resource.first.origin.path)[120]["id"]
    story.account.update(changed, metadata={"order": "7"})
    new = story.account.create(resource.object)
    gone = story.account.rows(resource.first.origin.path)[60]["id"]
    story.account.delete(gone)
    assert story.sync().ids(resource) == {changed, new["id"], gone}
    assert deleted(story.last.records(resource)) == {gone}
    assert story.differences == []
    assert story.sync().records(resource) == []


def test_an_edit_that_no_event_tells_of_is_found_by_rechecking() -> None:
    story = Story(payment_intents)
    thing = story.account.create("payment_intent")
    story.sync()
    story.account.update(thing["id"], metadata={"order": "7"})
    assert story.sync().records(payment_intents) == []
    story.account.advance(HOUR)
    again = story.warehouse.take(sync(story.stripe, [payment_intents], story.last.state, recheck_days=2))
    assert [record["metadata"] for record in again.records(payment_intents)] == [{"order": "7"}]
    assert story.differences == []


def test_reconciling_repairs_a_destination_without_emptying_it() -> None:
    story = Story(customers, invoices, invoice_line_items)
    thing = story.account.create("customer")
    story.account.create("invoice", lines=12)
    story.sync()
    story.account.update(thing["id"], description="changed")
    story.sync()
    row = story.warehouse._rows["customers"][thing["id"]]
    row["description"] = "damaged"
    assert story.differences != []
    story.account.advance(HOUR)
    repaired = story.warehouse.take(sync(story.stripe, story.streams, story.last.state, reconcile=True))
    assert len(repaired.ids(invoice_line_items)) == 12
    assert story.differences == []
    story.account.update(thing["id"], description="changed again")
    story.last = repaired
    assert len(story.sync().records(customers)) == 1
    assert story.differences == []


def test_a_sync_ends_with_what_it_did_stream_by_stream(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("airbyte"), "disabled", False)
    story = Story(customers, bank_accounts, api_version="2024-06-20")
    customer = story.account.create("customer")
    for kind in ("bank_account", "bank_account", "card"):
        story.account.create(kind, customer=customer["id"])
    with caplog.at_level(logging.INFO, "airbyte"):
        story.sync()
        story.account.update(customer["id"], description="changed")
        story.sync()
    assert "bank_accounts: listed 2, of another type 1; requests 0" in caplog.messages
    assert "customers: changed 1, read again 1; requests 1" in caplog.messages
    assert "bank_accounts: nothing new; requests 0" in caplog.messages
    assert "Requests to Stripe: 3, of these 1 for the event feed" in caplog.messages


# Catches: lines with the names of a union's members, and a count of streams or parents that goes beyond what there is.
def test_lines_of_the_log_are_about_streams_by_their_public_names(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("airbyte"), "disabled", False)
    stripe = settled(customers=20, seed=2)
    with caplog.at_level(logging.INFO, "airbyte"):
        # Every thread pushes this clock on: by seconds, an answer would seem to take a minute.
        first = sync(stripe, time=Hurried(0.2))
        stripe.account.live(DAY, 60, silent=False)
        stripe.account.advance(40 * DAY)
        assert sync(stripe, state=first.state, time=Hurried(0.2)).error == ""
    lines = [re.match(r"([a-z_\d.]+|All streams): ", message) for message in caplog.messages]
    assert {line[1] for line in lines if line} == {"All streams", *(resource.name for resource in CATALOG)}
    of_streams = [message for message in caplog.messages if not message.startswith("Accounts: ")]
    counts = [re.findall(r"(\d+) of (?:about )?(\d+) (done|parents)", message) for message in of_streams]
    told = [(int(out), int(total), what) for found in counts for out, total, what in found]
    assert {what for _, _, what in told} == {"done", "parents"}
    assert all(out <= total for out, total, _ in told)
    assert {total for _, total, what in told if what == "done"} == {len(CATALOG)}


def test_a_state_of_another_account_is_refused() -> None:
    account = Account(NOW)
    one, other = account.connect(), account.connect()
    one.create("customer")
    account.advance(HOUR)
    stripe = Sandbox(account)
    first = sync(stripe, [customers], account_id=one.id)
    account.advance(HOUR)
    refused = sync(stripe, [customers], first.state, account_id=other.id)
    assert f"is of {one.id} in test mode, and the key reads {other.id}" in refused.errors["customers"][0]
    assert refused.records(customers) == []
    assert refused.state == []
    assert sync(stripe, [customers], first.state).errors
    unnamed = sync(stripe, [customers])
    assert f"is of {account.id}" in sync(stripe, [customers], unnamed.state, account_id=one.id).errors["customers"][0]
    assert sync(stripe, [customers], first.state, account_id=one.id).error == ""
    assert sync(stripe, [customers], unnamed.state, account_id=account.id).error == ""


def test_after_a_pause_longer_than_the_events_are_kept_the_deletions_that_they_still_tell_of_are_marked() -> None:
    story = Story(coupons, payment_methods, subscription_items)
    coupon, method = story.account.create("coupon"), story.account.create("payment_method")
    subscription = story.account.create("subscription", items=3)
    items = [item["id"] for item in story.account.rows("/v1/subscription_items", subscription=subscription["id"])]
    story.sync()
    story.account.advance(40 * DAY)
    story.account.delete(coupon["id"])
    story.account.update(method["id"], customer=None)
    story.account.delete(items[1])
    story.sync()
    assert deleted(story.last.records(coupons)) == {coupon["id"]}
    assert story.differences == []
    story.account.advance(DAY)
    assert not [record for stream in story.streams for record in story.sync().records(stream)]


@pytest.mark.parametrize("count", [3, 12])
def test_an_item_removed_from_a_subscription_without_a_word_is_marked(count: int) -> None:
    story = Story(subscription_items)
    subscription = story.account.create("subscription", items=count)
    story.sync()
    oldest = story.account.rows("/v1/subscription_items", subscription=subscription["id"])[-1]["id"]
    story.account.delete(oldest)
    story.account.update(subscription["id"], metadata={"order": "7"})
    assert deleted(story.sync().records(subscription_items)) == {oldest}
    assert story.differences == []


def test_an_earlier_start_date_lists_what_it_adds_and_a_later_one_changes_nothing() -> None:
    account = Account(NOW)
    account.has("customer", 40, between=(NOW - 200 * DAY, NOW))
    account.advance(HOUR)
    stripe = Sandbox(account)
    late, early = "2026-08-01T00:00:00Z", "2026-05-01T00:00:00Z"
    first = sync(stripe, [customers], start_date=late)
    account.advance(HOUR)
    second = sync(stripe, [customers], first.state, start_date=early)
    assert first.ids(customers) & second.ids(customers) == set()
    start = 1_777_593_600
    expected = {c["id"] for c in account.rows("/v1/customers") if c["created"] >= start}
    assert first.ids(customers) | second.ids(customers) == expected
    account.advance(HOUR)
    third = sync(stripe, [customers], second.state, start_date=late)
    assert third.records(customers) == []
    account.advance(HOUR)
    assert sync(stripe, [customers], third.state, start_date=early).records(customers) == []


def test_an_account_at_rest_costs_one_request_for_the_feed_and_one_for_each_stream_that_no_event_tells_about() -> None:
    story = Story(*CATALOG)
    story.account.live(5 * DAY, 100, silent=False)
    story.sync()
    story.account.advance(20 * DAY)
    story.sync()
    story.sync()
    story.stripe.log.clear()
    story.sync()
    untold = {
        part.first.origin.path: len(part.first.origin.filters)
        for resource in CATALOG
        for part in resource.parts
        if not part.routes
    }
    births = {
        route.origin.listing.path
        for resource in CATALOG
        for route in resource.routes
        if route.origin.listing and not route.origin.created_has_event
    }
    counts = story.stripe.counts()
    # And one for each customer and meter, as usage is reported afterwards.
    prices = [
        (subscription["customer"], item["price"]["recurring"])
        for subscription in story.account.rows("/v1/subscriptions", status="all")
        for item in subscription["items"]["data"]
    ]
    metered = {(customer, billed["meter"]) for customer, billed in prices if billed and billed["meter"]}
    usage = {"/v1/billing/meters/{id}/event_summaries": len(metered)} if metered else {}
    long = [one for one in story.account.objects("subscription") if one["items"]["has_more"]]
    whole = {"/v1/subscription_items": len(long)} if long else {}
    # The names of thin events are asked for twenty at a time; all of them are rows of a stream as well.
    thin = {
        kind for resource in CATALOG for route in resource.routes if route.origin.thin for kind in route.origin.types
    }
    feed = {"/v2/core/events": -(-len(thin) // 20) + untold["/v2/core/events"]}
    parents = story.account.rows("/v1/treasury/financial_accounts")
    below = [
        one.first.take for one in CATALOG if isinstance(one.later, Accrue) and isinstance(one.first.take, Children)
    ]
    accrued = {take.path: len(parents) for take in below} if parents else {}
    assert counts == dict.fromkeys({"/v1/events"} | births, 1) | untold | usage | whole | accrued | feed
