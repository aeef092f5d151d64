"""The event feed: who reads it, how often, and what follows when it is long or no longer reaches back."""

from __future__ import annotations

import pytest

from integration_tests.oracle import wrong
from integration_tests.story import Story
from integration_tests.vocabulary import CATALOG, DAY, HOUR, NOW, Account, Sandbox, asked, joined, settled, sync
from integration_tests.warehouse import Warehouse
from source_stripe.catalog.billing import invoice_line_items, invoices, subscriptions
from source_stripe.catalog.connect import transfer_reversals
from source_stripe.catalog.core import balance_transactions, charges, customers
from source_stripe.catalog.payment_methods import payment_methods


def test_new_objects_are_read_a_hundred_at_a_time() -> None:
    story = Story(charges)
    story.sync()
    story.account.advance(DAY)
    story.account.has("charge", 150, between=(story.account.now - HOUR, story.account.now))
    story.stripe.log.clear()
    assert len(story.sync().ids(charges)) == 150
    assert story.stripe.count("/v1/charges") == 2


def test_streams_of_one_kind_ask_for_the_events_of_that_kind_only() -> None:
    story = Story(invoices, invoice_line_items)
    story.sync()
    story.account.advance(DAY)
    story.account.has("charge", 150, between=(story.account.now - HOUR, story.account.now))
    story.stripe.log.clear()
    story.sync()
    assert asked(story.stripe) == {"/v1/events": 1}


def test_the_event_feed_is_read_once_for_all_who_follow_it() -> None:
    story = Story(customers, charges, invoices, invoice_line_items, subscriptions, payment_methods, transfer_reversals)
    story.sync()
    story.stripe.log.clear()
    story.account.advance(10 * DAY)
    story.sync()
    assert asked(story.stripe) == {"/v1/events": 1}


def test_streams_at_different_positions_share_what_they_both_lack() -> None:
    story = Story(customers, charges)
    story.sync()
    behind = story.last.state
    story.account.advance(DAY)
    ahead = sync(story.stripe, [charges], behind).state
    story.account.advance(DAY)
    story.stripe.log.clear()
    synced = sync(story.stripe, [customers, charges], joined(behind, ahead))
    assert synced.error == ""
    assert story.stripe.count("/v1/events") == 2


def test_looking_back_reads_the_last_days_again() -> None:
    account = Account(NOW)
    account.has("balance_transaction", 20, between=(NOW - 10 * DAY, NOW))
    stripe = Sandbox(account)
    account.advance(HOUR)
    first = sync(stripe, [balance_transactions])
    account.advance(HOUR)
    assert sync(stripe, [balance_transactions], first.state).records(balance_transactions) == []
    again = sync(stripe, [balance_transactions], first.state, lookback_window_days=30)
    assert again.ids(balance_transactions) == first.ids(balance_transactions)


def test_a_pause_longer_than_the_events_are_kept_lists_again_with_rows_that_win() -> None:
    story = Story(customers, invoices)
    customer = story.account.create("customer")
    story.account.create("invoice", lines=3)
    story.sync()
    story.account.update(customer["id"], description="soon forgotten")
    story.account.advance(40 * DAY)
    records = story.sync().records(customers)
    assert {record["updated"] for record in records} == {story.account.now - 61}
    assert story.differences == []
    assert "updated" in story.last.position(customers)
    story.account.update(customer["id"], description="followed again")
    assert len(story.sync().records(customers)) == 1
    assert story.differences == []


@pytest.mark.parametrize("most", [1, 40, 400])
@pytest.mark.parametrize("workers", [1, 16])
def test_a_feed_too_long_to_keep_leaves_the_replica_right(
    most: int, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("source_stripe.changes.feed.MOST_WEIGHT", most)
    # Lives in which no customer comes back to a meter of long ago: of what they used then 35 days are promised.
    stripe, warehouse = settled(customers=30, seed=most + 2), Warehouse()
    first = warehouse.take(sync(stripe))
    for _ in range(3):
        stripe.account.live(DAY, 300, silent=False)
    stripe.account.advance(HOUR)
    later = warehouse.take(sync(stripe, state=first.state, num_workers=workers))
    assert later.error == ""
    assert wrong(stripe.account, warehouse) == {}


@pytest.mark.parametrize("most", [1, 40, 1_000_000])
def test_of_an_object_no_older_state_comes_after_a_later_one(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """For destinations that keep the row that came last."""
    monkeypatch.setattr("source_stripe.changes.feed.MOST_WEIGHT", most)
    stripe = settled(customers=30, seed=3)
    first = sync(stripe)
    for _ in range(3):
        stripe.account.live(DAY, 300, silent=False)
    stripe.account.advance(HOUR)
    later = sync(stripe, state=first.state, num_workers=16)
    for resource in CATALOG:
        if not resource.routes or resource.parent or resource.cursor != "updated":
            continue
        last: dict[str, int] = {}
        for record in later.records(resource):
            assert last.get(record["id"], 0) <= record["updated"], resource.name
            last[record["id"]] = record["updated"]
        if most == 1_000_000:
            assert len(later.records(resource)) == len(last), resource.name
