"""Single objects, and what `expand` shows in them."""

from __future__ import annotations

import pytest

from integration_tests.asking import Get, endpoint_of, error, events, getting, paths
from integration_tests.sandbox import Account, Sandbox
from integration_tests.sandbox.world.facts import ENDPOINTS, SHAPES
from integration_tests.sandbox.world.rendering import refused_in_lists


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
        for name in ENDPOINTS[endpoint_of(path)].objects:
            shape = SHAPES[name]
            for field in (*shape.expandable, *shape.includable):
                if field.count(".") < 3 and not refused_in_lists(name, field):
                    populated.rows(path, expand=[field], **params)


def test_every_listed_object_can_be_retrieved_and_looks_the_same(populated: Account) -> None:
    get = getting(Sandbox(populated))
    for path, params in paths(populated):
        retrieve = ENDPOINTS[endpoint_of(path)].retrieve
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
