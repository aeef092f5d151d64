"""Which events tell of what, what they show and how long they are kept."""

from __future__ import annotations

import pytest

from integration_tests.asking import DAY, Get, Json, error, events, new_types, types
from integration_tests.sandbox import FULL_KEY, Account, Sandbox
from integration_tests.sandbox.account.ledger import EVENT_DAYS
from integration_tests.sandbox.world.facts import EVENT_TYPES


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("charge", {"charge.succeeded"}),
        ("refund", {"charge.succeeded", "refund.created", "charge.refunded"}),
        ("transfer_reversal", {"transfer.created", "transfer.reversed"}),
        ("fee_refund", {"charge.succeeded", "application_fee.created", "application_fee.refunded"}),
        ("payment_intent", {"payment_intent.created"}),
        ("checkout.session", {"product.created", "price.created", "plan.created"}),
        ("dispute", {"charge.succeeded", "charge.dispute.created", "charge.updated"}),
        ("balance_transaction", set()),
        ("customer_balance_transaction", {"customer.created", "customer.updated"}),
        ("bank_account", {"customer.created", "customer.source.created", "customer.updated"}),
        ("payment_method", {"customer.created", "payment_method.attached"}),
        ("setup_intent", {"setup_intent.created"}),
        ("price", {"product.created", "price.created", "plan.created"}),
    ],
)
def test_a_new_object_is_told_by(account: Account, kind: str, expected: set[str]) -> None:
    account.create(kind)
    assert types(account) == expected


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        ("customer", {"name": "Ada"}, {"customer.updated"}),
        ("invoice", {"status": "open"}, {"invoice.finalized", "invoice.updated"}),
        ("refund", {"metadata": {"a": "b"}}, {"refund.updated", "charge.refund.updated"}),
        ("fee_refund", {"metadata": {"a": "b"}}, {"application_fee.refund.updated"}),
        ("subscription", {"status": "canceled"}, {"customer.subscription.deleted"}),
        ("checkout.session", {"status": "complete"}, {"checkout.session.completed"}),
        ("checkout.session", {"metadata": {"a": "b"}}, set()),
        ("payment_intent", {"metadata": {"a": "b"}}, set()),
        ("setup_intent", {"description": "a"}, set()),
        ("invoiceitem", {"amount": 5}, set()),
        ("payment_intent", {"status": "succeeded"}, {"payment_intent.succeeded"}),
        ("transfer_reversal", {"metadata": {"a": "b"}}, set()),
        ("product", {"active": False}, {"product.updated"}),
    ],
)
def test_a_change_is_told_by(account: Account, kind: str, fields: Json, expected: set[str]) -> None:
    made = account.create(kind)
    account.advance(60)
    with new_types(account) as found:
        account.update(made["id"], **fields)
    assert found == expected
    assert ((kind, made["id"]) in account.unannounced) == (not expected)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("customer", {"customer.deleted"}),
        ("invoice", {"invoice.deleted"}),
        ("invoiceitem", {"invoiceitem.deleted"}),
        ("price", {"price.deleted", "plan.deleted"}),
        ("product", {"product.deleted"}),
    ],
)
def test_a_deletion_shows_the_last_full_body(account: Account, kind: str, expected: set[str]) -> None:
    made = account.create(kind)
    with new_types(account) as found:
        account.delete(made["id"])
    assert found == expected
    shown = [event["data"]["object"] for event in events(account, *expected)]
    assert made in shown


def test_a_deleted_customers_subscriptions_are_canceled_first(account: Account) -> None:
    customer = account.create("customer", subscriptions=2)["id"]
    account.delete(customer)
    assert len(events(account, "customer.subscription.deleted")) == 2
    assert {row["status"] for row in account.rows("/v1/subscriptions", status="all")} == {"canceled"}


def test_a_subscriptions_items_are_told_by_its_updates(account: Account) -> None:
    subscription = account.create("subscription", items=2)
    removed = subscription["items"]["data"][0]["id"]
    account.delete(removed)
    (event,) = events(account, "customer.subscription.updated")
    assert removed in [item["id"] for item in event["data"]["previous_attributes"]["items"]["data"]]
    assert removed not in [item["id"] for item in event["data"]["object"]["items"]["data"]]


def test_an_item_that_goes_from_below_the_tenth_is_not_named_by_any_event(account: Account) -> None:
    subscription = account.create("subscription", items=12)["id"]
    last = account.rows("/v1/subscription_items", subscription=subscription)[-1]["id"]
    account.delete(last)
    (event,) = events(account, "customer.subscription.updated")
    assert last not in str(event)
    assert account.unannounced == {("subscription_item", last)}


def test_previous_attributes_hold_only_what_changed(account: Account) -> None:
    customer = account.create("customer", metadata={"kept": "1", "changed": "1"})["id"]
    account.update(customer, metadata={"changed": "2", "added": "1"}, name="Ada L.")
    (event,) = events(account, "customer.updated")
    previous = event["data"]["previous_attributes"]
    assert previous.keys() == {"metadata", "name"}
    assert previous["metadata"] == {"changed": "1", "added": None}


def test_a_setup_intent_names_its_latest_attempt_and_none_if_never_attempted(account: Account) -> None:
    intent = account.create("setup_intent")
    assert intent["latest_attempt"] is None
    attempt = account.create("setup_attempt", setup_intent=intent["id"], status="failed")
    assert account.objects("setup_intent")[0]["latest_attempt"] == attempt["id"]
    assert len(events(account, "setup_intent.setup_failed")) == 1


def test_an_upcoming_invoice_has_no_id(account: Account) -> None:
    account.emit_upcoming(account.create("customer")["id"])
    (event,) = events(account, "invoice.upcoming")
    assert "id" not in event["data"]["object"]


def test_events_are_kept_for_thirty_days(account: Account, get: Get) -> None:
    account.create("customer")
    (event,) = account.rows("/v1/events")
    account.advance(EVENT_DAYS * DAY)
    assert account.rows("/v1/events") == [event]
    account.advance(1)
    assert account.rows("/v1/events") == []
    assert error(get("/v1/events", starting_after=event["id"]))[0] == 400
    assert error(get(f"/v1/events/{event['id']}"))[:2] == (404, "resource_missing")


def test_events_of_one_second_are_in_no_causal_order(account: Account) -> None:
    for _ in range(30):
        account.create("coupon")
    shown = [event["data"]["object"]["id"] for event in account.rows("/v1/events")]
    assert shown != [row["id"] for row in account.rows("/v1/coupons")]


def test_an_event_can_become_visible_late(account: Account) -> None:
    account.late(600)
    for _ in range(20):
        account.create("coupon")
    assert len(account.rows("/v1/events")) < 20
    account.advance(600)
    assert len(account.rows("/v1/events")) == 20


def test_event_types_are_asked_for_by_name_or_by_wildcard(account: Account, get: Get) -> None:
    account.create("refund")
    assert len(get("/v1/events", types=["refund.created", "charge.refunded"]).json()["data"]) == 2
    assert len(get("/v1/events", type="charge.*").json()["data"]) == 2
    assert get("/v1/events", types=["refund.created"], type="charge.*").status_code == 400
    assert get("/v1/events", types=sorted(EVENT_TYPES)[:21]).status_code == 400
    assert get("/v1/events", types=["no.such"]).status_code == 400


def test_events_are_rendered_at_the_accounts_version_and_lists_at_the_pinned_one(account: Account) -> None:
    account.api_version = "2024-06-20"
    customer = account.create("customer")["id"]
    subscription = account.create("subscription", customer=customer, items=12)
    details = {"subscription_details": {"metadata": {}, "subscription": subscription["id"]}, "quote_details": None}
    account.create("invoice", customer=customer, lines=11, parent={"type": "subscription_details", **details})
    (invoice,) = [event["data"]["object"] for event in events(account, "invoice.created")]
    assert invoice["subscription"] == subscription["id"]
    assert {"charge", "paid", "payment_intent"} <= invoice.keys()
    assert not {"parent", "total_taxes"} & invoice.keys()
    assert len(invoice["lines"]["data"]) == 10
    assert invoice["lines"]["data"][0]["plan"]["object"] == "plan"
    assert "pricing" not in invoice["lines"]["data"][0]
    (born,) = [event["data"]["object"] for event in events(account, "customer.subscription.created")]
    assert born["current_period_end"] > born["current_period_start"]
    assert "current_period_end" not in born["items"]["data"][0]
    assert {event["api_version"] for event in account.rows("/v1/events")} == {"2024-06-20"}
    assert "subscription" not in account.rows("/v1/invoices")[0]


def test_a_request_that_pins_no_version_gets_the_accounts(account: Account, get: Get) -> None:
    account.api_version = "2024-06-20"
    account.create("invoice")
    session = Sandbox(account).session()
    response = session.get("https://api.stripe.com/v1/invoices", headers={"Authorization": f"Bearer {FULL_KEY}"})
    assert "paid" in response.json()["data"][0]
    assert "paid" not in get("/v1/invoices").json()["data"][0]
