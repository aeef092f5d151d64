"""Discounts, as the sandbox keeps them."""

from __future__ import annotations

import pytest

from integration_tests.asking import DAY, NOW, Get, Json, events, new_types
from integration_tests.sandbox import Account

TODAY = NOW // DAY * DAY


@pytest.mark.parametrize(
    ("kind", "path", "field", "params"),
    [
        ("subscription", "/v1/subscriptions", "discounts", {}),
        ("subscription_item", "/v1/subscriptions", "items.data.discounts", {}),
        ("invoice", "/v1/invoices", "discounts", {}),
        ("line_item", "/v1/invoices", "lines.data.discounts", {}),
        ("invoiceitem", "/v1/invoiceitems", "discounts", {}),
    ],
)
def test_discounts_are_ids_until_they_are_asked_for(
    account: Account, get: Get, kind: str, path: str, field: str, params: Json
) -> None:
    made = account.create(kind, discounts=2)
    assert len({*made["discounts"]}) == 2
    (row,) = get(path, expand=[f"data.{field}"]).json()["data"]
    shown = [item for item in listed(row, field) if item["id"] == made["id"]]
    (discounts,) = [item["discounts"] for item in shown]
    assert [discount["id"] for discount in discounts] == made["discounts"]
    assert {discount["object"] for discount in discounts} == {"discount"}
    assert {discount["customer"] for discount in discounts} == {row["customer"]}
    assert [item["discounts"] for item in listed(get(path).json()["data"][0], field) if item["id"] == made["id"]] == [
        made["discounts"]
    ]


def listed(row: Json, field: str) -> list[Json]:
    """What holds the discounts: the row or what is listed in it."""
    name, _, rest = field.partition(".")
    found: list[Json] = row[name]["data"] if rest else [row]
    return found


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("subscription_item", "/v1/subscription_items?subscription={subscription}"),
        ("line_item", "/v1/invoices/{invoice}/lines"),
    ],
)
def test_lists_of_parts_expand_discounts_too(account: Account, kind: str, path: str) -> None:
    made = account.create(kind, discounts=1)
    address, _, query = path.format_map(made).partition("?")
    params = dict([query.split("=")] if query else [])
    rows = account.rows(address, expand=["discounts"], **params)
    (discount,) = next(row["discounts"] for row in rows if row["id"] == made["id"])
    assert discount["id"] == made["discounts"][0]


@pytest.mark.parametrize(
    ("kind", "names", "told"),
    [
        ("subscription", "subscription", {"customer.discount.created", "customer.subscription.updated"}),
        ("subscription_item", "subscription_item", {"customer.subscription.updated"}),
        ("invoice", "invoice", {"invoice.updated"}),
        ("line_item", "invoice_item", {"invoice.updated"}),
        ("invoiceitem", "invoice_item", set()),
    ],
)
def test_a_discount_that_comes_or_goes_is_told_by_what_it_is_on(
    account: Account, kind: str, names: str, told: set[str]
) -> None:
    made = account.create(kind)
    account.create("coupon")
    customer = account.objects("customer")[0]["id"]
    with new_types(account) as found:
        discount = account.create("discount", customer=customer, **{names: made["id"]})
        account.update(made["id"], discounts=[discount["id"]])
    assert found == told
    assert account.objects("customer")[0]["discount"] is None
    with new_types(account) as found:
        account.delete(discount["id"])
    assert found == {name.replace("discount.created", "discount.deleted") for name in told}
    assert next(each for each in account.objects(kind) if each["id"] == made["id"])["discounts"] == []


def test_a_customer_shows_its_discount_in_full(account: Account) -> None:
    customer = account.create("customer")["id"]
    account.create("coupon")
    with new_types(account) as found:
        discount = account.create("discount", customer=customer)
    assert found == {"customer.discount.created", "customer.updated"}
    assert account.rows("/v1/customers")[0]["discount"] == discount
    with new_types(account) as found:
        account.delete(discount["id"])
    assert found == {"customer.discount.deleted", "customer.updated"}
    assert account.rows("/v1/customers")[0]["discount"] is None


def test_a_customer_has_one_discount_and_another_takes_its_place(account: Account) -> None:
    customer = account.create("customer")["id"]
    account.create("coupon")
    old = account.create("discount", customer=customer)
    account.advance(60)
    with new_types(account) as found:
        new = account.create("discount", customer=customer)
    assert found == {"customer.discount.updated", "customer.updated"}
    assert account.rows("/v1/customers")[0]["discount"] == new
    (switched,) = events(account, "customer.discount.updated")
    assert switched["data"]["object"] == new
    assert switched["data"]["previous_attributes"]["id"] == old["id"]
    assert [each["id"] for each in account.objects("discount")] == [new["id"]]
