"""Stripe's rules, as the sandbox keeps them."""

from __future__ import annotations

import json
import re
import threading
import urllib.request
from collections.abc import Iterator

import pytest
import requests
from urllib3.exceptions import ProtocolError

from integration_tests.asking import DAY, NOW, Get, Json, error, events, getting, new_types, types
from integration_tests.sandbox import FULL_KEY, Account, Sandbox
from integration_tests.sandbox.account.ledger import EVENT_DAYS
from integration_tests.sandbox.api.server import Server
from integration_tests.sandbox.objects.registry import RESOURCES, TOLD_BY_OWNER
from integration_tests.sandbox.world.facts import (
    API_VERSION,
    ENDPOINTS,
    EVENT_TYPES,
    FIXTURES,
    SHAPES,
    UNIQUE,
    Endpoint,
)
from integration_tests.sandbox.world.rendering import refused_in_lists


@pytest.fixture
def account() -> Account:
    return Account(now=NOW, seed=7)


@pytest.fixture(scope="module")
def populated() -> Account:
    return Account.populated(now=NOW, seed=7, customers=40, years=3)


@pytest.fixture
def get(account: Account) -> Get:
    return getting(Sandbox(account))


def identity(body: Json) -> tuple[object, ...]:
    """What tells an object from all others: ids that are names come again under every account."""
    return body["object"], body.get("account"), body.get("id")


# --- lists ---


NEEDED = {"/v1/billing/credit_balance_transactions": "customer"}
"""What must be given although the reference calls it optional."""


def paths(account: Account) -> Iterator[tuple[str, dict[str, str]]]:
    """Every list endpoint, those of an object for the three objects of which there is most."""
    for path, endpoint in ENDPOINTS.items():
        row = RESOURCES.get(endpoint.objects[0])
        needs_owner = endpoint.required or path in NEEDED
        owner = endpoint.owner or NEEDED.get(path) or (row.owner if row and needs_owner else "")
        if row is None or (owner and owner not in RESOURCES):
            continue
        asked = [_asked(path, endpoint, body) for body in (account.objects(owner) if owner else [{}])]
        listed = [(len(account.rows(path, **params)), path, params) for path, params in asked if all(params.values())]
        listed.sort(key=lambda one: -one[0])
        yield from ((path, params) for rows, path, params in listed[:3] if rows or not owner)


def _asked(path: str, endpoint: Endpoint, owner: Json) -> tuple[str, dict[str, str]]:
    """The address of an owner's list and what it must be asked with."""
    known: dict[str, str] = {"type": "performance", "ownership": owner.get("ownership") or ""}
    needed = {*endpoint.required, *([NEEDED[path]] if path in NEEDED else [])}
    params = {name: known[name] if name in known else str(owner["id"]) for name in needed}
    return re.sub(r"\{\w+\}", owner.get("id", ""), path), params


@pytest.mark.parametrize("limit", [1, 3, 10, 100])
def test_paging_forward_yields_the_whole_list_once(populated: Account, limit: int) -> None:
    get = getting(Sandbox(populated))
    for path, params in paths(populated):
        found: list[Json] = []
        after: dict[str, str] = {}
        while True:
            sized = {"limit": limit} if "limit" in ENDPOINTS[_endpoint(path)].params else {}
            page = get(path, **sized, **params, **after).json()
            assert page["object"] == "list"
            assert page["url"] == path
            assert len(page["data"]) <= limit or not sized
            found += page["data"]
            if not page["has_more"]:
                break
            after = {"starting_after": page["data"][-1]["id"]}
        assert found == populated.rows(path, **params), path


def test_paging_backward_yields_the_whole_list_once(populated: Account) -> None:
    get = getting(Sandbox(populated))
    rows = populated.rows("/v1/charges")
    found = rows[-1:]
    more = True
    while more:
        page = get("/v1/charges", limit=7, ending_before=found[0]["id"]).json()
        found, more = page["data"] + found, page["has_more"]
    assert found == rows


def test_lists_are_newest_first(populated: Account) -> None:
    for path, params in paths(populated):
        # Bank accounts and cards have none.
        dated = [row for row in populated.rows(path, **params) if "created" in row or "date" in row]
        stamps: list[int] = [row["created"] if "created" in row else row["date"] for row in dated]
        assert stamps == sorted(stamps, reverse=True), path


def test_a_page_holds_ten_unless_told(account: Account, get: Get) -> None:
    account.has("customer", 12)
    assert len(get("/v1/customers").json()["data"]) == 10


@pytest.mark.parametrize("limit", ["0", "101", "ten", "-1"])
def test_a_limit_outside_1_to_100_is_refused(get: Get, limit: str) -> None:
    assert error(get("/v1/customers", limit=limit)) == (400, "parameter_invalid_integer", "limit")


def test_created_bounds_are_inclusive_or_exclusive_as_named(account: Account, get: Get) -> None:
    for offset in range(5):
        account.create("customer", created=NOW - offset)
    assert len(get("/v1/customers", created__gte=NOW - 3, created__lte=NOW - 1).json()["data"]) == 3
    assert len(get("/v1/customers", created__gt=NOW - 3, created__lt=NOW - 1).json()["data"]) == 1
    assert len(get("/v1/customers", created=NOW - 2).json()["data"]) == 1


def test_the_created_filter_of_invoice_items_means_their_date(account: Account) -> None:
    account.create("invoiceitem", date=NOW - 50)
    assert account.rows("/v1/invoiceitems", created={"lt": NOW - 40})[0]["date"] == NOW - 50
    assert "created" not in account.rows("/v1/invoiceitems")[0]
    assert account.rows("/v1/invoiceitems", created={"gt": NOW - 50}) == []


def test_unknown_parameters_are_refused(get: Get) -> None:
    assert error(get("/v1/customers", updated=1)) == (400, "parameter_unknown", "updated")
    assert error(get("/v1/payment_methods", created__gte=1)) == (400, "parameter_unknown", "created")
    assert error(get("/v1/customers", created__after=1)) == (400, "parameter_unknown", "created[after]")


def test_required_parameters_are_required(get: Get) -> None:
    assert error(get("/v1/subscription_items")) == (400, "parameter_missing", "subscription")
    assert error(get("/v1/setup_attempts")) == (400, "parameter_missing", "setup_intent")


def test_both_page_cursors_at_once_are_refused(get: Get) -> None:
    assert get("/v1/customers", starting_after="a", ending_before="b").status_code == 400


def test_a_deleted_object_is_no_page_cursor(account: Account, get: Get) -> None:
    gone = account.create("product")["id"]
    account.delete(gone)
    response = get("/v1/products", starting_after=gone)
    assert error(response) == (400, "resource_missing", "starting_after")
    assert response.json()["error"]["message"] == f"No such product: '{gone}'"


def test_embedded_lists_are_cut_at_ten_and_their_own_endpoint_pages_the_rest(account: Account) -> None:
    for kind, name, number in (("invoice", "lines", 25), ("subscription", "items", 11), ("transfer", "reversals", 12)):
        made = account.create(kind, **{name: number})
        (embedded,) = [body[name] for body in account.objects(kind) if body["id"] == made["id"]]
        path, _, query = embedded["url"].partition("?")
        whole = account.rows(path, **dict([query.split("=")] if query else []))
        assert len(whole) == number
        assert embedded["data"] == whole[:10]
        assert embedded["has_more"]
        assert "total_count" not in embedded
    ten = account.create("invoice", lines=10)["lines"]
    assert len(ten["data"]) == 10
    assert not ten["has_more"]


def test_lists_leave_out_what_stripe_leaves_out_unasked(account: Account) -> None:
    canceled = account.create("subscription")["id"]
    account.delete(canceled)
    account.create("price", active=False)
    account.create("customer", test_clock="clock_1")
    account.create("payment_method", type="custom")
    assert account.rows("/v1/subscriptions") == []
    assert [row["id"] for row in account.rows("/v1/subscriptions", status="all")] == [canceled]
    assert all(row["active"] for row in account.rows("/v1/prices"))
    assert len(account.rows("/v1/prices", active=False)) == 1
    assert all(row["test_clock"] is None for row in account.rows("/v1/customers"))
    assert len(account.rows("/v1/customers", test_clock="clock_1")) == 1
    assert account.rows("/v1/payment_methods") == []


def test_a_customers_sources_are_bank_accounts_and_cards_in_one_list(account: Account) -> None:
    customer = account.create("customer", sources=5)["id"]
    path = f"/v1/customers/{customer}/sources"
    assert {row["object"] for row in account.rows(path)} == {"bank_account", "card"}
    assert len(account.rows(path, object="bank_account")) == 3
    assert all("created" not in row for row in account.rows(path))


def test_a_detached_payment_method_leaves_its_customer(account: Account) -> None:
    method = account.create("payment_method")
    path = f"/v1/customers/{method['customer']}/payment_methods"
    assert account.rows(path) == [method]
    account.update(method["id"], customer=None)
    assert account.rows(path) == []
    assert [event["data"]["object"]["id"] for event in events(account, "payment_method.detached")] == [method["id"]]


def test_what_lies_below_a_missing_object_is_missing(get: Get) -> None:
    assert error(get("/v1/invoices/in_none/lines"))[:2] == (404, "resource_missing")


# --- expand ---


def test_includable_fields_come_only_when_asked_for(account: Account, get: Get) -> None:
    account.create("checkout.session", line_items=12)
    account.create("charge", refunds=2)
    assert "line_items" not in get("/v1/checkout/sessions").json()["data"][0]
    items = get("/v1/checkout/sessions", expand=["data.line_items"]).json()["data"][0]["line_items"]
    assert len(items["data"]) == 10
    assert items["has_more"]
    assert "refunds" not in account.rows("/v1/charges")[0]
    assert len(account.rows("/v1/charges", expand=["refunds"])[0]["refunds"]["data"]) == 2


def test_expand_puts_objects_in_place_of_ids(account: Account, get: Get) -> None:
    invoice = account.create("invoice", discounts=2)
    (row,) = get("/v1/invoices", expand=["data.customer", "data.discounts"]).json()["data"]
    assert row["customer"]["id"] == invoice["customer"]
    assert [discount["object"] for discount in row["discounts"]] == ["discount", "discount"]
    one = get(f"/v1/invoices/{invoice['id']}", expand=["customer"]).json()
    assert one["customer"]["object"] == "customer"


def test_an_expanded_reference_to_a_deleted_customer_is_a_stub(account: Account) -> None:
    customer = account.create("invoice")["customer"]
    account.delete(customer)
    (row,) = account.rows("/v1/invoices", expand=["customer"])
    assert row["customer"] == {"id": customer, "object": "customer", "deleted": True}


@pytest.mark.parametrize(
    ("path", "expand"),
    [
        ("/v1/invoices", "customer"),
        ("/v1/invoices", "data.number"),
        ("/v1/invoices", "data.lines.data.pricing.price_details.price"),
        ("/v1/subscriptions", "data.items.data.price.product"),
        ("/v1/events", "data.data.object"),
        ("/v1/events", "data.data.object.customer"),
    ],
)
def test_what_cannot_be_expanded_is_refused(get: Get, path: str, expand: str) -> None:
    code = "property_expansion_max_depth" if expand.count(".") >= 4 else None
    assert error(get(path, expand=[expand])) == (400, code, "expand")


def test_every_expandable_field_of_the_facts_can_be_expanded(populated: Account) -> None:
    for path, params in paths(populated):
        for name in ENDPOINTS[_endpoint(path)].objects:
            shape = SHAPES[name]
            for field in (*shape.expandable, *shape.includable):
                if field.count(".") < 3 and not refused_in_lists(name, field):
                    populated.rows(path, expand=[field], **params)


def _endpoint(path: str) -> str:
    return next(known for known in ENDPOINTS if _matches(known.split("/"), path.split("/")))


def _matches(known: list[str], given: list[str]) -> bool:
    pairs = list(zip(known, given, strict=False))
    return len(known) == len(given) and all(name == part or name.startswith("{") for name, part in pairs)


# --- retrieve ---


def test_every_listed_object_can_be_retrieved_and_looks_the_same(populated: Account) -> None:
    get = getting(Sandbox(populated))
    for path, params in paths(populated):
        retrieve = ENDPOINTS[_endpoint(path)].retrieve
        if retrieve is None:
            continue
        for row in populated.rows(path, **params)[:5]:
            ids = [part for known, part in zip(retrieve.split("/"), path.split("/"), strict=False) if known[0:1] == "{"]
            filled = "/".join(
                (ids.pop(0) if ids else row["id"]) if name.startswith("{") else name for name in retrieve.split("/")
            )
            assert get(filled).json() == row


def test_a_deleted_customer_is_a_stub_and_other_deleted_objects_are_missing(account: Account, get: Get) -> None:
    customer, coupon = account.create("customer")["id"], account.create("coupon")["id"]
    account.delete(customer)
    account.delete(coupon)
    assert get(f"/v1/customers/{customer}").json() == {"id": customer, "object": "customer", "deleted": True}
    assert error(get(f"/v1/coupons/{coupon}"))[:2] == (404, "resource_missing")
    assert account.rows("/v1/customers") == []


def test_a_canceled_subscription_stays_readable(account: Account, get: Get) -> None:
    subscription = account.create("subscription")["id"]
    account.delete(subscription)
    assert get(f"/v1/subscriptions/{subscription}").json()["status"] == "canceled"


def test_a_coupon_can_be_made_again_with_the_same_id(account: Account) -> None:
    account.create("coupon", id="SUMMER")
    account.delete("SUMMER")
    account.create("coupon", id="SUMMER")
    assert [row["id"] for row in account.rows("/v1/coupons")] == ["SUMMER"]
    assert len(events(account, "coupon.*")) == 3


def test_an_id_that_a_merchant_chose_is_percent_encoded_in_an_address(account: Account, get: Get) -> None:
    account.create("coupon", id="50% off/all")
    assert get("/v1/coupons/50%25%20off%2Fall").json()["id"] == "50% off/all"


# --- events ---


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


# --- what every account is like ---


def test_a_pending_balance_transaction_becomes_available_without_an_event(account: Account) -> None:
    account.create("charge")
    with new_types(account) as found:
        assert account.rows("/v1/balance_transactions")[0]["status"] == "pending"
        account.advance(2 * DAY)
        assert account.rows("/v1/balance_transactions")[0]["status"] == "available"
    assert found == set()


def test_money_adds_up(populated: Account) -> None:
    for charge in populated.objects("charge"):
        refunds = populated.rows(f"/v1/charges/{charge['id']}/refunds")
        assert charge["amount_refunded"] == sum(r["amount"] for r in refunds)
    for invoice in populated.objects("invoice"):
        lines = populated.rows(f"/v1/invoices/{invoice['id']}/lines")
        assert invoice["total"] == sum(line["amount"] for line in lines)
    moved = {row["source"] for row in populated.rows("/v1/balance_transactions")}
    assert {charge["id"] for charge in populated.objects("charge") if charge["status"] == "succeeded"} <= moved


def test_objects_have_the_fields_of_stripes_examples(populated: Account) -> None:
    # The examples are of an account that is no platform.
    besides = {"event": {"account"}, "bank_account": {"account"}, "card": {"account"}}
    known = {kind: example.keys() | besides.get(kind, set()) for kind, example in FIXTURES.items()}
    for kind in RESOURCES:
        for body in populated.objects(kind):
            assert body.keys() <= known[kind], kind
            assert body["object"] == kind


def test_every_event_type_is_one_of_stripes() -> None:
    named = {
        name
        for row in RESOURCES.values()
        for names in (row.born, row.changed, row.died, *(turn.types for turn in row.turns))
        for name in names
    }
    assert named <= EVENT_TYPES


def test_the_same_seed_gives_the_same_account() -> None:
    one, other = (Account.populated(now=NOW, seed=3, customers=5) for _ in range(2))
    assert one.rows("/v1/invoices") == other.rows("/v1/invoices")
    assert one.rows("/v1/events") == other.rows("/v1/events")


def test_without_silent_changes_the_events_tell_of_everything() -> None:
    account = Account.populated(now=NOW, customers=20)
    account.advance(60)
    start, before = account.now, {identity(b): b for k in RESOURCES if k != "event" for b in account.objects(k)}
    account.unannounced.clear()
    account.live(3 * DAY, 500, silent=False)
    assert account.unannounced == set()
    told = {identity(event["data"]["object"]) for event in account.rows("/v1/events", created={"gte": start})}
    untold = {"balance_transaction", "subscription_item", "line_item", "transfer_reversal", "discount", "item"}
    # The events of what flows through it tell of a financial account, those of a reversal of what it takes back, those
    # of an invoice of its payments.
    untold |= {"invoice_payment"}
    untold |= {f"treasury.{name}" for name in ("financial_account", "transaction", "received_credit", "received_debit")}
    for kind in RESOURCES.keys() - untold - TOLD_BY_OWNER - {"event"}:
        for body in account.objects(kind):
            held = before.get(identity(body))
            assert held is None or held == body or identity(body) in told, kind


def test_however_small_an_account_with_a_past_is_without_nothing() -> None:
    account = Account.populated(now=NOW, seed=2, customers=1)
    asked = set(UNIQUE.values()) - {"account"}
    assert [kind for kind in RESOURCES.keys() - asked if not account.objects(kind)] == []


def test_has_spreads_objects_and_shares_seconds(account: Account) -> None:
    made = account.has("charge", 300)
    stamps = [charge["created"] for charge in made]
    assert len(made) == 300
    assert len(set(stamps)) < 250
    assert min(stamps) >= NOW - 2 * 365 * DAY
    assert {event["created"] >= NOW - EVENT_DAYS * DAY for event in account.rows("/v1/events")} == {True}
    inside = account.has("refund", 40, between=(NOW - 100, NOW - 50))
    assert all(NOW - 100 <= refund["created"] <= NOW - 50 for refund in inside)


# --- keys, accounts and faults ---


def test_keys_are_checked(account: Account) -> None:
    sandbox = Sandbox(account, keys={"rk_test_shy": {"/v1/account"}})
    wrong = getting(sandbox, "sk_test_wrong_abcd")("/v1/customers")
    assert wrong.status_code == 401
    assert wrong.json()["error"]["message"].startswith("Invalid API Key provided: sk_test_")
    assert sandbox.session().get("https://api.stripe.com/v1/customers").status_code == 401
    shy = getting(sandbox, "rk_test_shy")
    assert shy("/v1/account").status_code == 403
    assert "does not have the required permissions" in shy("/v1/account").json()["error"]["message"]
    assert shy("/v1/accounts").status_code == 200


def test_connected_accounts_answer_for_themselves(account: Account, get: Get) -> None:
    other = account.connect()
    other.create("customer")
    assert get("/v1/account").json()["id"] == account.id
    assert get("/v1/account", headers={"Stripe-Account": other.id}).json()["id"] == other.id
    assert len(get("/v1/customers", headers={"Stripe-Account": other.id}).json()["data"]) == 1
    assert get("/v1/customers").json()["data"] == []
    assert [row["id"] for row in get("/v1/accounts").json()["data"]] == [other.id]
    stranger = get("/v1/customers", headers={"Stripe-Account": "acct_stranger"})
    assert error(stranger) == (403, "account_invalid", None)


def test_every_answer_has_a_request_id(get: Get) -> None:
    assert get("/v1/customers").headers["Request-Id"].startswith("req_")
    assert get("/v1/nothing").headers["Request-Id"].startswith("req_")
    assert get("/v1/nothing").status_code == 404


def test_requests_beyond_the_rate_are_refused_and_say_why(account: Account) -> None:
    sandbox = Sandbox(account, requests_per_second=5)
    get = getting(sandbox)
    answers = [get("/v1/customers") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].headers["Stripe-Rate-Limited-Reason"] == "global-rate"
    account.advance(1)
    assert get("/v1/customers").status_code == 200


def test_what_is_refused_recovers(account: Account) -> None:
    sandbox = Sandbox(account)
    get = getting(sandbox)
    sandbox.refuses("/v1/customers", status=403, code="forbidden")
    assert error(get("/v1/customers")) == (403, "forbidden", None)
    assert get("/v1/charges").status_code == 200
    sandbox.recovers()
    assert get("/v1/customers").status_code == 200
    assert sandbox.count("/v1/customers") == 2


def test_a_broken_connection_is_an_exception(account: Account) -> None:
    sandbox = Sandbox(account)
    get = getting(sandbox)
    sandbox.fails_after(requests=2)
    assert get("/v1/customers").status_code == 200
    assert get("/v1/customers").status_code == 200
    with pytest.raises(requests.exceptions.ConnectionError):
        get("/v1/customers")
    assert [answered.status for answered in sandbox.log] == [200, 200, 0]


def test_every_fault_happens_and_no_body_is_quietly_short(account: Account) -> None:
    account.has("customer", 20)
    sandbox = Sandbox(account)
    sandbox.faults(rate=0.8, seed=1)
    session, seen = sandbox.session(), set()
    for _ in range(300):
        try:
            response = session.get(
                "https://api.stripe.com/v1/customers", headers={"Authorization": f"Bearer {FULL_KEY}"}, stream=True
            )
            body = response.raw.read(decode_content=True)
            seen.add(str(response.status_code) if body.startswith(b"{") else "html")
        except (requests.exceptions.RequestException, ProtocolError) as broken:
            seen.add(type(broken.__cause__ or broken).__name__)
    statuses, exceptions = {"200", "429", "409", "500", "502", "503"}, {"ConnectionError", "ReadTimeout"}
    assert seen == statuses | exceptions | {"html", "IncompleteRead"}


def test_it_answers_several_threads_at_once(populated: Account) -> None:
    get = getting(Sandbox(populated))
    bodies: list[bytes] = []
    asking = [threading.Thread(target=lambda: bodies.append(get("/v1/charges", limit=100).content)) for _ in range(8)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert len(set(bodies)) == 1
    assert len(bodies) == 8


def test_served_it_answers_the_same(account: Account) -> None:
    account.has("invoice", 30, lines=3)
    server = Server(Sandbox(account))
    thread = server.serve_in_background()
    try:
        with requests.Session() as session:
            headers = {"Authorization": f"Bearer {FULL_KEY}", "Stripe-Version": API_VERSION}
            pages = [session.get(f"{server.url}/v1/invoices?limit=100", headers=headers).json() for _ in range(3)]
        assert pages[0]["data"] == account.rows("/v1/invoices")
        request = urllib.request.Request(f"{server.url}/_sandbox/live?seconds=100&changes=5", method="POST")
        with urllib.request.urlopen(request) as answer:
            assert json.load(answer) == {"now": NOW + 100}
        with urllib.request.urlopen(f"{server.url}/_sandbox/log") as answer:
            assert json.load(answer)["endpoints"] == {"/v1/invoices": 3}
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
