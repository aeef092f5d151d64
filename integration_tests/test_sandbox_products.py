"""Stripe's rules for single products, as the sandbox keeps them."""

from __future__ import annotations

import pytest

from integration_tests.asking import DAY, NOW, Get, Json, error, events, new_types, types
from integration_tests.sandbox import Account
from integration_tests.sandbox.world.facts import ENDPOINTS

TODAY = NOW // DAY * DAY


def metered(account: Account) -> tuple[str, str]:
    """A meter and the price of what it counts."""
    meter = account.create("billing.meter")["id"]
    recurring = {"interval": "month", "interval_count": 1, "meter": meter, "usage_type": "metered"}
    return meter, account.create("price", recurring=recurring | {"trial_period_days": None})["id"]


# --- lists ---


@pytest.mark.parametrize(
    "path", sorted(path for path, endpoint in ENDPOINTS.items() if "created" not in endpoint.params)
)
def test_lists_that_take_no_dates_refuse_them(account: Account, get: Get, path: str) -> None:
    asked = get(path.replace("{account}", account.id).replace("{", "").replace("}", ""), created__gte=1)
    assert error(asked) == (400, "parameter_unknown", "created")


@pytest.mark.parametrize(
    ("path", "missing"),
    [
        ("/v1/billing/credit_balance_transactions", "customer"),
        ("/v1/entitlements/active_entitlements", "customer"),
        ("/v1/payment_attempt_records", "payment_record"),
    ],
)
def test_what_must_be_named_is_asked_for(get: Get, path: str, missing: str) -> None:
    refused = get(path)
    assert error(refused) == (400, "parameter_missing", missing)
    assert refused.json()["error"]["message"] == f"Missing required param: {missing}."


@pytest.mark.parametrize(
    ("kind", "path", "gone", "asking"),
    [
        (
            "invoice_rendering_template",
            "/v1/invoice_rendering_templates",
            {"status": "archived"},
            {"status": "archived"},
        ),
        ("quote", "/v1/quotes", {"test_clock": "clock_1"}, {"test_clock": "clock_1"}),
        ("subscription_schedule", "/v1/subscription_schedules", {"test_clock": "clock_1"}, None),
        ("billing.alert", "/v1/billing/alerts", {"status": "archived"}, None),
    ],
)
def test_lists_leave_out_what_is_archived_or_on_a_test_clock(
    account: Account, get: Get, kind: str, path: str, gone: Json, asking: Json | None
) -> None:
    shown, hidden = account.create(kind)["id"], account.create(kind, **gone)["id"]
    assert [row["id"] for row in account.rows(path)] == [shown]
    assert get(f"{path}/{hidden}").json()["id"] == hidden
    if asking is not None:
        assert [row["id"] for row in account.rows(path, **asking)] == [hidden]


@pytest.mark.parametrize(
    ("kind", "path", "fields", "asking"),
    [
        ("entitlements.feature", "/v1/entitlements/features", {"active": False}, {"archived": True}),
        ("payment_link", "/v1/payment_links", {"active": False}, {"active": False}),
        ("billing.meter", "/v1/billing/meters", {"status": "inactive"}, {"status": "inactive"}),
        ("billing.feedback_option", "/v1/billing/feedback_options", {"status": "inactive"}, {"status": "inactive"}),
        ("payment_method_domain", "/v1/payment_method_domains", {"enabled": False}, {"enabled": False}),
        ("product_catalog.trial_offer", "/v1/product_catalog/trial_offers", {"active": False}, {"active": False}),
    ],
)
def test_other_lists_hold_both_kinds_unless_one_is_asked_for(
    account: Account, kind: str, path: str, fields: Json, asking: Json
) -> None:
    account.create(kind)
    asleep = account.create(kind, **fields)["id"]
    assert len(account.rows(path)) == 2
    assert [row["id"] for row in account.rows(path, **asking)] == [asleep]


def test_quotes_and_schedules_of_a_test_clock_are_listed_with_their_customer(account: Account) -> None:
    customer = account.create("customer", test_clock="clock_1")["id"]
    for kind, path in (("quote", "/v1/quotes"), ("subscription_schedule", "/v1/subscription_schedules")):
        made = account.create(kind, customer=customer)
        assert made["test_clock"] == "clock_1"
        assert account.rows(path) == []
        assert account.rows(path, customer=customer) == [made]


def test_trial_offers_are_asked_for_by_a_date_that_they_do_not_show(account: Account) -> None:
    price = account.create("price")["id"]
    old = account.create("product_catalog.trial_offer", created=NOW - DAY, price=account.create("price")["id"])
    new = account.create("product_catalog.trial_offer", price=price)
    assert not {"created", "updated"} & new.keys()
    assert account.rows("/v1/product_catalog/trial_offers", created={"gte": NOW - 60}) == [new]
    assert account.rows("/v1/product_catalog/trial_offers", prices=[old["price"]]) == [old]


def test_payment_records_have_bounds_of_their_own(account: Account) -> None:
    for age in (0, 10, 20):
        account.create("payment_record", created=NOW - age)
    asked = account.rows("/v1/payment_records", created_after=NOW - 20, created_before=NOW)
    assert [row["created"] for row in asked] == [NOW - 10]


# --- entitlements ---


def test_a_summary_without_an_id_tells_of_entitlements(account: Account) -> None:
    customer = account.create("customer")["id"]
    first = account.create("entitlements.active_entitlement", owner=customer)
    account.advance(60)
    with new_types(account) as found:
        second = account.create("entitlements.active_entitlement", owner=customer)
    assert found == {"entitlements.active_entitlement_summary.updated"}
    told = events(account, "entitlements.active_entitlement_summary.updated")[0]["data"]
    assert told["object"].keys() == {"object", "customer", "entitlements", "livemode"}
    assert told["object"]["object"] == "entitlements.active_entitlement_summary"
    assert told["object"]["customer"] == customer
    assert told["object"]["entitlements"]["data"] == [second, first]
    assert told["previous_attributes"]["entitlements"]["data"] == [first]
    path = "/v1/entitlements/active_entitlements"
    assert account.rows(path, customer=customer) == [second, first]
    account.advance(60)
    account.delete(first["id"])
    told = events(account, "entitlements.active_entitlement_summary.updated")[0]["data"]
    assert told["object"]["entitlements"]["data"] == [second]
    assert told["previous_attributes"]["entitlements"]["data"] == [second, first]
    assert account.rows(path, customer=customer) == [second]
    assert account.rows(path, customer=account.create("customer")["id"]) == []


def test_a_summary_shows_ten_entitlements(account: Account) -> None:
    customer = account.create("customer")["id"]
    for _ in range(11):
        account.advance(60)
        account.create("entitlements.active_entitlement", owner=customer)
    shown = events(account, "entitlements.active_entitlement_summary.updated")[0]["data"]["object"]["entitlements"]
    assert (len(shown["data"]), shown["has_more"]) == (10, True)


def test_a_deleted_customer_is_entitled_to_nothing(account: Account) -> None:
    entitlement = account.create("entitlements.active_entitlement")
    (customer,) = account.objects("customer")
    account.advance(60)
    with new_types(account) as found:
        account.delete(customer["id"])
    assert found == {"entitlements.active_entitlement_summary.updated", "customer.deleted"}
    assert entitlement["id"] not in {each["id"] for each in account.objects("entitlements.active_entitlement")}


def test_features_are_attached_to_products_and_detached(account: Account, get: Get) -> None:
    product = account.create("product")["id"]
    path = f"/v1/products/{product}/features"
    with new_types(account) as found:
        attached = account.create("product_feature", owner=product)
    assert found == {"product.updated"}
    (feature,) = account.objects("entitlements.feature")
    assert attached["entitlement_feature"] == feature
    assert account.rows(path) == [attached]
    assert get(f"{path}/{attached['id']}").json() == attached
    account.update(feature["id"], name="Better")
    assert account.rows(path)[0]["entitlement_feature"]["name"] == "Better"
    assert {("product_feature", attached["id"]), ("entitlements.feature", feature["id"])} == account.unannounced
    with new_types(account) as found:
        account.delete(attached["id"])
    assert found == {"product.updated"}
    assert account.rows(path) == []


# --- silence ---


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("payment_record", {"metadata": {"a": "b"}}),
        ("payment_method_configuration", {"name": "Other"}),
        ("payment_method_domain", {"enabled": False}),
        ("apple_pay_domain", {}),
        ("invoice_rendering_template", {"status": "archived"}),
        ("entitlements.feature", {"active": False}),
        ("billing.feedback_option", {"description": "Other"}),
        ("billing.alert", {"status": "archived"}),
        ("product_catalog.trial_offer", {"nickname": "Other"}),
    ],
)
def test_no_event_tells_of(account: Account, kind: str, fields: Json) -> None:
    made = account.create(kind)
    account.update(made["id"], object=kind, **fields)
    account.delete(made["id"], object=kind)
    assert not [name for name in types(account) if kind.rpartition(".")[2] in name]


def test_a_payment_record_names_its_latest_attempt(account: Account) -> None:
    record = account.create("payment_record")
    (attempt,) = account.rows("/v1/payment_attempt_records", payment_record=record["id"])
    assert record["latest_payment_attempt_record"] == attempt["id"]
    account.advance(60)
    newer = account.create("payment_attempt_record", payment_record=record["id"])
    assert account.objects("payment_record")[0]["latest_payment_attempt_record"] == newer["id"]
    assert types(account) == set()
    assert account.unannounced == {("payment_record", record["id"])}
