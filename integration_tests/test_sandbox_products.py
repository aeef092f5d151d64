"""Stripe's rules for single products, as the sandbox keeps them."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.asking import DAY, NOW, Get, Json, error, events, getting, new_types, types
from integration_tests.sandbox import Account, Sandbox
from integration_tests.sandbox.world.facts import ENDPOINTS

TODAY = NOW // DAY * DAY


@pytest.fixture
def account() -> Account:
    return Account(now=NOW, seed=7)


@pytest.fixture
def get(account: Account) -> Get:
    return getting(Sandbox(account))


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


# --- items of links, quotes and payments ---


@pytest.mark.parametrize(
    ("kind", "path", "field", "below"),
    [
        ("payment_link", "/v1/payment_links", "line_items", "line_items"),
        ("quote", "/v1/quotes", "line_items", "line_items"),
        ("quote", "/v1/quotes", "computed.upfront.line_items", "computed_upfront_line_items"),
        ("payment_intent", "/v1/payment_intents", "amount_details.line_items", "amount_details_line_items"),
    ],
)
def test_items_are_shown_on_demand_cut_at_ten_and_paged_below(
    account: Account, get: Get, kind: str, path: str, field: str, below: str
) -> None:
    made = account.create(kind, line_items=12)["id"]
    (plain,) = get(path).json()["data"]
    assert dug(plain, field) is None
    for shown in (
        get(path, expand=[f"data.{field}"]).json()["data"][0],
        get(f"{path}/{made}", expand=[field]).json(),
    ):
        items = dug(shown, field)
        assert items["url"] == f"{path}/{made}/{below}"
        assert items["has_more"]
        assert items["data"] == account.rows(items["url"])[:10]
        assert len(account.rows(items["url"])) == 12
        # All else is as it is without.
        assert {**shown, field.split(".", maxsplit=1)[0]: None} == {**plain, field.split(".", maxsplit=1)[0]: None}


def dug(body: Json, path: str) -> Any:
    for name in path.split("."):
        body = body.get(name) or {}
    return body or None


def test_most_payment_intents_have_no_items(account: Account) -> None:
    made = account.create("payment_intent")["id"]
    assert account.rows(f"/v1/payment_intents/{made}/amount_details_line_items") == []
    (shown,) = account.rows("/v1/payment_intents", expand=["amount_details.line_items"])
    assert shown["amount_details"]["line_items"]["data"] == []


def test_items_stand_under_what_they_were_made_for_alone(account: Account) -> None:
    owners = {kind: account.create(kind, line_items=2)["id"] for kind in ("checkout.session", "payment_link", "quote")}
    paths = ("checkout/sessions", "payment_links", "quotes")
    ids = [
        row["id"]
        for path, owner in zip(paths, owners.values(), strict=True)
        for row in account.rows(f"/v1/{path}/{owner}/line_items")
    ]
    assert len(set(ids)) == len(ids) == 6


def test_an_item_of_a_link_is_told_by_the_link_and_one_of_a_quote_by_nothing(account: Account) -> None:
    for kind, path, expected in (
        ("payment_link", "/v1/payment_links", {"payment_link.updated"}),
        ("quote", "/v1/quotes", set()),
    ):
        made = account.create(kind, line_items=2)["id"]
        item = account.rows(f"{path}/{made}/line_items")[0]["id"]
        with new_types(account) as found:
            account.update(item, quantity=77)
        assert found == expected
    assert account.unannounced == {("quote", made)}


def test_what_is_metered_is_not_charged_upfront(account: Account) -> None:
    quote = account.create("quote", line_items=1)["id"]
    _, price = metered(account)
    account.create("item", quote=quote, owner=quote, price=price)
    (shown,) = account.rows("/v1/quotes", expand=["line_items", "computed.upfront.line_items"])
    assert len(shown["line_items"]["data"]) == 2
    (upfront,) = shown["computed"]["upfront"]["line_items"]["data"]
    assert upfront["amount_total"] == shown["computed"]["upfront"]["amount_total"] < shown["amount_total"]


def test_a_quote_is_told_by_its_turns_only(account: Account) -> None:
    quote = account.create("quote")["id"]
    with new_types(account) as found:
        account.update(quote, description="more")
    assert found == set()
    for status, name in (("open", "quote.finalized"), ("accepted", "quote.accepted")):
        account.advance(60)
        with new_types(account) as found:
            account.update(quote, status=status)
        assert found == {name}
    assert set(account.objects("quote")[0]["status_transitions"].values()) == {None, NOW + 60, NOW + 120}


# --- prices ---


def test_tiers_are_shown_on_demand(account: Account, get: Get) -> None:
    tiered, flat = account.create("price", billing_scheme="tiered"), account.create("price")
    assert "tiers" not in tiered
    assert (tiered["unit_amount"], tiered["unit_amount_decimal"], tiered["tiers_mode"]) == (None, None, "graduated")
    for path in ("/v1/prices", "/v1/plans"):
        shown = {row["id"]: row for row in account.rows(path, expand=["tiers"])}
        assert [tier["up_to"] for tier in shown[tiered["id"]]["tiers"]] == [10, 100, None]
        assert shown[tiered["id"]]["billing_scheme"] == "tiered"
        assert shown[flat["id"]]["tiers"] is None
        assert len(get(f"{path}/{tiered['id']}", expand=["tiers"]).json()["tiers"]) == 3
    account.create("subscription_item", price=tiered["id"])
    assert "tiers" not in account.objects("subscription_item")[0]["price"]
    assert "'tiers':" not in str(account.rows("/v1/events"))


def test_a_metered_price_names_its_meter_and_its_items_have_no_quantity(account: Account) -> None:
    meter, price = metered(account)
    plan = next(plan for plan in account.objects("plan") if plan["id"] == price)
    assert (plan["usage_type"], plan["meter"]) == ("metered", meter)
    assert account.create("subscription_item", price=price)["quantity"] is None


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
