"""Stripe's rules for billing and payouts, as the sandbox keeps them."""

from __future__ import annotations

import pytest

from integration_tests.asking import DAY, NOW, Get, Json, error, events, getting, new_types
from integration_tests.sandbox import Account, Sandbox

TODAY = NOW // DAY * DAY


@pytest.fixture
def account() -> Account:
    return Account(now=NOW, seed=7)


@pytest.fixture
def get(account: Account) -> Get:
    return getting(Sandbox(account))


# --- usage and credits ---


def summed(account: Account, meter: str, customer: str, days: int = 40, **params: object) -> list[tuple[int, float]]:
    between = {"start_time": TODAY - days * DAY, "end_time": TODAY + DAY}
    path = f"/v1/billing/meters/{meter}/event_summaries"
    rows = account.rows(path, customer=customer, **between, **params)
    return [((row["start_time"] - TODAY) // DAY, row["aggregated_value"]) for row in rows]


def test_usage_is_summed_by_day_and_days_without_have_no_row(account: Account) -> None:
    meter, customer = account.create("billing.meter")["id"], account.create("customer")["id"]
    for value, days in ((3, 0), (4, 0), (5, 1), (6, 35)):
        account.uses(meter, customer, value, NOW - days * DAY)
    assert summed(account, meter, customer, value_grouping_window="day") == [(0, 7), (-1, 5), (-35, 6)]
    assert summed(account, meter, customer) == [(-40, 18)]
    assert summed(account, meter, account.create("customer")["id"], value_grouping_window="day") == []
    assert summed(account, account.create("billing.meter")["id"], customer, value_grouping_window="day") == []
    path = f"/v1/billing/meters/{meter}/event_summaries"
    day = {"customer": customer, "start_time": TODAY - DAY, "end_time": TODAY}
    (row,) = account.rows(path, **day, value_grouping_window="day")
    assert row.keys() == {"id", "object", "meter", "start_time", "end_time", "aggregated_value", "livemode"}
    assert (row["start_time"], row["end_time"]) == (TODAY - DAY, TODAY)
    (hour,) = account.rows(path, **day, value_grouping_window="hour")
    assert hour["end_time"] - hour["start_time"] == 3_600
    assert hour["id"] != row["id"]


def test_usage_of_a_day_grows_without_an_event_and_keeps_its_id(account: Account) -> None:
    meter, customer = account.create("billing.meter")["id"], account.create("customer")["id"]
    asked: Json = {"customer": customer, "start_time": TODAY - DAY, "end_time": TODAY, "value_grouping_window": "day"}
    with new_types(account) as found:
        account.uses(meter, customer, 1, NOW - DAY)
        (before,) = account.rows(f"/v1/billing/meters/{meter}/event_summaries", **asked)
        account.uses(meter, customer, 2, NOW - DAY)
        (after,) = account.rows(f"/v1/billing/meters/{meter}/event_summaries", **asked)
    assert found == set()
    assert after == {**before, "aggregated_value": 3}


def test_usage_is_aggregated_as_the_meter_says(account: Account) -> None:
    customer = account.create("customer")["id"]
    for formula, expected in (("sum", 9), ("count", 3), ("max", 5), ("last", 1)):
        meter = account.create("billing.meter", default_aggregation={"formula": formula})["id"]
        for value, age in ((5, 20), (3, 30), (1, 10)):
            account.uses(meter, customer, value, NOW - age)
        assert summed(account, meter, customer) == [(-40, expected)]


def test_usage_is_taken_for_thirty_five_days(account: Account) -> None:
    meter, customer = account.create("billing.meter")["id"], account.create("customer")["id"]
    with pytest.raises(ValueError, match="35 days"):
        account.uses(meter, customer, 1, NOW - 35 * DAY - 1)


def test_summaries_are_paged_both_ways(account: Account, get: Get) -> None:
    meter, customer = account.create("billing.meter")["id"], account.create("customer")["id"]
    for days in range(5):
        account.uses(meter, customer, 1, NOW - days * DAY)
    path = f"/v1/billing/meters/{meter}/event_summaries"
    asked = {
        "customer": customer,
        "start_time": TODAY - 9 * DAY,
        "end_time": TODAY + DAY,
        "value_grouping_window": "day",
    }
    whole = account.rows(path, **asked)
    first = get(path, limit=3, **asked).json()
    assert (first["data"], first["has_more"]) == (whole[:3], True)
    second = get(path, limit=3, starting_after=whole[2]["id"], **asked).json()
    assert (second["data"], second["has_more"]) == (whole[3:], False)
    back = get(path, limit=2, ending_before=whole[4]["id"], **asked).json()
    assert (back["data"], back["has_more"]) == (whole[2:4], True)
    assert error(get(path, starting_after="mtrusg_none", **asked))[:2] == (400, "resource_missing")


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"customer": None}, "customer"),
        ({"start_time": None}, "start_time"),
        ({"end_time": None}, "end_time"),
        ({"start_time": TODAY - 60}, "start_time"),
        ({"end_time": TODAY + 3_600}, "end_time"),
        ({"end_time": TODAY - DAY}, "end_time"),
        ({"start_time": "yesterday"}, "start_time"),
        ({"value_grouping_window": "week"}, "value_grouping_window"),
    ],
)
def test_summaries_are_of_whole_days_of_one_customer(account: Account, get: Get, asked: Json, param: str) -> None:
    meter = account.create("billing.meter")["id"]
    good = {"customer": "cus_1", "start_time": TODAY - DAY, "end_time": TODAY, "value_grouping_window": "day"}
    path = f"/v1/billing/meters/{meter}/event_summaries"
    assert get(path, **good).status_code == 200
    bad = {name: value for name, value in (good | asked).items() if value is not None}
    status, _, named = error(get(path, **bad))
    assert (status, named) == (400, param)


def test_summaries_of_no_meter_are_missing(get: Get) -> None:
    asked = {"customer": "cus_1", "start_time": 0, "end_time": DAY}
    assert error(get("/v1/billing/meters/mtr_none/event_summaries", **asked)) == (404, "resource_missing", "id")


def test_a_meter_is_told_by_its_own_events(account: Account) -> None:
    meter = account.create("billing.meter")["id"]
    for fields, name in (
        ({"display_name": "Calls"}, "updated"),
        ({"status": "inactive"}, "deactivated"),
        ({"status": "active"}, "reactivated"),
    ):
        account.advance(60)
        with new_types(account) as found:
            account.update(meter, **fields)
        assert found == {f"billing.meter.{name}"}
        assert account.objects("billing.meter")[0]["updated"] == account.now


def test_a_grant_and_what_is_taken_of_it_are_transactions_of_its_customer(account: Account) -> None:
    grant = account.create("billing.credit_grant")
    other = account.create("billing.credit_grant")
    path = "/v1/billing/credit_balance_transactions"
    (given,) = account.rows(path, customer=grant["customer"])
    assert given["type"] == "credit"
    assert given["credit"]["amount"] == grant["amount"]
    assert given["debit"] is None
    account.advance(60)
    with new_types(account) as found:
        account.update(grant["id"], voided_at=account.now)
    assert found == {"billing.credit_grant.updated", "billing.credit_balance_transaction.created"}
    taken, _ = account.rows(path, customer=grant["customer"])
    assert (taken["type"], taken["credit"], taken["debit"]["type"]) == ("debit", None, "credits_voided")
    assert taken["debit"]["amount"] == grant["amount"]
    assert account.rows(path, customer=grant["customer"], credit_grant=other["id"]) == []


def test_phases_of_a_schedule_come_and_go(account: Account) -> None:
    schedule = account.create("subscription_schedule")
    more = [*schedule["phases"], {**schedule["phases"][0], "start_date": NOW + 30 * DAY}]
    account.advance(60)
    account.update(schedule["id"], phases=more)
    account.update(schedule["id"], phases=more[1:])
    before = [event["data"]["previous_attributes"] for event in events(account, "subscription_schedule.updated")]
    assert sorted((each["phases"] for each in before), key=len) == [schedule["phases"], more]


# --- discounts ---


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


# --- payouts ---


def test_an_automatic_payout_pays_out_what_is_available_once_it_is_reconciled(account: Account, get: Get) -> None:
    charges = [account.create("charge", currency="usd") for _ in range(3)]
    account.advance(2 * DAY)
    late, foreign = account.create("charge", currency="usd"), account.create("charge", currency="eur")
    payout = account.create("payout")
    assert payout["reconciliation_status"] == "in_progress"
    assert account.rows("/v1/balance_transactions", payout=payout["id"]) == []
    with new_types(account) as found:
        account.update(payout["id"], reconciliation_status="completed")
    assert found == {"payout.reconciliation_completed"}
    paid = account.rows("/v1/balance_transactions", payout=payout["id"])
    assert [row["source"] for row in paid] == [payout["id"], *(charge["id"] for charge in reversed(charges))]
    assert payout["amount"] == sum(row["net"] for row in paid[1:])
    assert not {late["id"], foreign["id"]} & {row["source"] for row in paid}
    account.advance(2 * DAY)
    then = account.create("payout", reconciliation_status="completed")["id"]
    assert [row["source"] for row in account.rows("/v1/balance_transactions", payout=then)] == [then, late["id"]]
    assert [row["source"] for row in account.rows("/v1/balance_transactions", source=then)] == [then]


def test_of_a_payout_by_hand_stripe_does_not_know_what_it_paid_out(account: Account, get: Get) -> None:
    payout = account.create("payout", automatic=False)
    assert payout["reconciliation_status"] == "not_applicable"
    refused = get("/v1/balance_transactions", payout=payout["id"])
    assert error(refused) == (400, None, "payout")
    message = "Balance transaction history can only be filtered on automatic transfers, not manual."
    assert refused.json()["error"]["message"] == message
    assert error(get("/v1/balance_transactions", payout="po_none")) == (400, "resource_missing", "payout")
