"""What later syncs bring: rows as Stripe shows them now, deletions marked, nothing told by halves."""

from __future__ import annotations

import pytest

from integration_tests.story import Story, deleted
from integration_tests.vocabulary import DAY, HOUR
from source_stripe.catalog.billing import (
    customer_balance_transactions,
    discounts,
    invoice_items,
    invoice_line_items,
    invoices,
    subscription_items,
    subscriptions,
)
from source_stripe.catalog.checkout import checkout_sessions, checkout_sessions_line_items
from source_stripe.catalog.connect import application_fees, application_fees_refunds
from source_stripe.catalog.core import charges, customers, events, setup_attempts
from source_stripe.catalog.payment_methods import bank_accounts, payment_methods
from source_stripe.catalog.products import coupons, plans, prices, products
from source_stripe.declaration.resource import Resource


@pytest.mark.parametrize(
    ("resource", "object"),
    [
        (customers, "customer"),
        (coupons, "coupon"),
        (products, "product"),
        (plans, "plan"),
        (prices, "price"),
        (invoices, "invoice"),
        (invoice_items, "invoiceitem"),
        (bank_accounts, "bank_account"),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_deleted_object_is_marked_with_its_last_fields_at_the_time_of_its_deletion(
    resource: Resource, object: str
) -> None:
    story = Story(resource)
    thing = story.account.create(object)
    known = story.sync().records(resource)[0]
    story.account.advance(DAY)
    died = story.account.now
    story.account.delete(thing["id"], object=object)
    (tombstone,) = story.sync().records(resource)
    assert tombstone["is_deleted"] is True
    assert tombstone["updated"] == died
    assert {n: v for n, v in tombstone.items() if n in ("id", "object", "created", "livemode", "customer")} == {
        n: v for n, v in known.items() if n in ("id", "object", "created", "livemode", "customer")
    }
    assert story.differences == []


@pytest.mark.parametrize("resource", [subscriptions], ids=["subscriptions"])
def test_a_subscription_is_deleted_exactly_when_it_is_canceled_on_both_paths(resource: Resource) -> None:
    story = Story(resource)
    canceled, alive = (story.account.create("subscription")["id"] for _ in range(2))
    story.account.delete(canceled)
    assert deleted(story.sync().records(resource)) == {canceled}
    story.account.delete(alive)
    assert deleted(story.sync().records(resource)) == {alive}
    assert story.last.records(resource)[0]["status"] == "canceled"


def test_a_detached_payment_method_leaves_its_customer() -> None:
    story = Story(payment_methods)
    thing = story.account.create("payment_method")
    assert story.sync().ids(payment_methods) == {thing["id"]}
    story.account.update(thing["id"], customer=None)
    assert deleted(story.sync().records(payment_methods)) == {thing["id"]}


def test_an_item_removed_from_a_subscription_is_marked() -> None:
    story = Story(subscription_items)
    subscription = story.account.create("subscription", items=4)
    story.sync()
    gone = story.account.rows("/v1/subscription_items", subscription=subscription["id"])[1]["id"]
    story.account.delete(gone)
    records = story.sync().records(subscription_items)
    assert deleted(records) == {gone}
    assert len(records) == 4
    assert story.differences == []


def test_a_coupon_deleted_and_made_again_under_the_same_name_is_alive() -> None:
    story = Story(coupons)
    story.account.create("coupon", id="SUMMER 50%/off")
    story.sync()
    story.account.delete("SUMMER 50%/off")
    story.account.create("coupon", id="SUMMER 50%/off", percent_off=50)
    records = story.sync().records(coupons)
    assert deleted(records) == set()
    assert story.differences == []


def test_an_object_changed_and_deleted_in_one_second_is_deleted() -> None:
    story = Story(customers)
    thing = story.account.create("customer")
    story.sync()
    story.account.update(thing["id"], description="once more")
    story.account.delete(thing["id"])
    assert deleted(story.sync().records(customers)) == {thing["id"]}
    assert story.differences == []


def test_many_changes_of_an_object_are_one_record() -> None:
    story = Story(customers)
    thing = story.account.create("customer")
    story.sync()
    for name in "abcdef":
        story.account.update(thing["id"], description=name)
        story.account.advance(30)
    (record,) = story.sync().records(customers)
    assert record["description"] == "f"


@pytest.mark.parametrize("api_version", ["", "2024-06-20", "2020-08-27"])
def test_a_row_has_the_same_shape_on_both_paths_whatever_the_accounts_version(api_version: str) -> None:
    streams = (charges, invoices, invoice_line_items, subscriptions, subscription_items, prices, coupons, customers)
    story = Story(*streams, api_version=api_version)
    story.account.live(DAY, 60, silent=False)
    story.sync()
    story.account.live(DAY, 120, silent=False)
    story.sync()
    assert story.differences == []
    assert story.last.records(invoices)


def test_a_refund_event_never_becomes_a_charge() -> None:
    story = Story(charges)
    story.sync()
    charge = story.account.create("charge")
    story.account.create("refund", charge=charge["id"])
    assert {record["object"] for record in story.sync().records(charges)} == {"charge"}
    assert story.differences == []


def test_a_new_refund_of_a_fee_is_seen_though_its_event_carries_the_fee() -> None:
    story = Story(application_fees, application_fees_refunds)
    fee = story.account.create("application_fee", refunds=1)
    story.sync()
    refund = story.account.create("fee_refund", fee=fee["id"])
    assert refund["id"] in story.sync().ids(application_fees_refunds)
    story.account.update(refund["id"], metadata={"a": "b"})
    (record,) = story.sync().records(application_fees_refunds)
    assert (record["id"], record["application_fee_id"], record["metadata"]) == (refund["id"], fee["id"], {"a": "b"})
    assert story.differences == []


def test_a_discount_that_ends_changes_its_customer_and_takes_nothing_from_it() -> None:
    story = Story(customers, payment_methods)
    customer = story.account.create("customer")
    story.account.create("payment_method", customer=customer["id"])
    story.sync()
    story.account.emit(
        "customer.discount.deleted", {"id": "di_1", "object": "discount", "customer": customer["id"]}, None
    )
    story.sync()
    assert story.last.ids(customers) == {customer["id"]}
    assert deleted(story.last.records(customers) + story.last.records(payment_methods)) == set()
    assert story.differences == []


def test_a_session_is_seen_as_soon_as_it_is_opened_though_no_event_tells_of_it() -> None:
    story = Story(checkout_sessions, checkout_sessions_line_items)
    story.sync()
    session = story.account.create("checkout.session", line_items=12)
    assert story.sync().ids(checkout_sessions) == {session["id"]}
    assert len(story.last.ids(checkout_sessions_line_items)) == 12
    assert story.differences == []


def test_a_new_balance_transaction_of_a_customer_is_delivered_without_the_old_ones() -> None:
    story = Story(customer_balance_transactions)
    customer = story.account.create("customer")
    story.account.create("customer_balance_transaction", customer=customer["id"])
    story.sync()
    story.account.advance(DAY)
    new = story.account.create("customer_balance_transaction", customer=customer["id"])
    assert story.sync().ids(customer_balance_transactions) == {new["id"]}
    assert story.differences == []


def test_a_setup_intent_that_was_never_attempted_is_not_asked_for_attempts() -> None:
    story = Story(setup_attempts)
    story.account.has("setup_intent", 30)
    story.account.create("setup_attempt")
    story.sync()
    assert story.stripe.count("/v1/setup_attempts") == 1
    assert len(story.last.ids(setup_attempts)) == 1


def test_an_event_without_an_id_in_its_object_is_passed_over() -> None:
    story = Story(invoices, events)
    story.sync()
    story.account.live(20 * DAY, 300, silent=False)
    story.account.emit_upcoming(story.account.create("customer")["id"])
    story.account.advance(HOUR)
    assert "invoice.upcoming" in {event["type"] for event in story.sync().records(events)}
    assert all(record["id"] for record in story.last.records(invoices))
    assert story.differences == []


def test_what_is_said_of_another_object_later_does_not_undo_a_deletion() -> None:
    story = Story(customers, payment_methods, discounts)
    subscription = story.account.create("subscription", discounts=1)
    method = story.account.create("payment_method", customer=subscription["customer"])["id"]
    story.sync()
    story.account.delete(subscription["customer"])
    story.account.advance(60)
    story.account.delete(subscription["discounts"][0])
    story.account.advance(HOUR)
    synced = story.sync()
    assert [(row["id"], row["is_deleted"]) for row in synced.records(customers)] == [(subscription["customer"], True)]
    assert synced.records(customers)[0]["email"]
    assert synced.records(payment_methods)[-1]["id"] == method
    assert synced.records(payment_methods)[-1]["is_deleted"]
    assert story.warehouse.latest(discounts) == {}
