"""Items of links, quotes and payments, and their prices."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.asking import DAY, NOW, Get, Json, new_types
from integration_tests.sandbox import Account

TODAY = NOW // DAY * DAY


def metered(account: Account) -> tuple[str, str]:
    """A meter and the price of what it counts."""
    meter = account.create("billing.meter")["id"]
    recurring = {"interval": "month", "interval_count": 1, "meter": meter, "usage_type": "metered"}
    return meter, account.create("price", recurring=recurring | {"trial_period_days": None})["id"]


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
