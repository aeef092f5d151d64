"""Stripe's rules for billing and payouts, as the sandbox keeps them."""

from __future__ import annotations

import pytest

from integration_tests.asking import DAY, NOW, Get, Json, error, events, new_types
from integration_tests.sandbox import Account

TODAY = NOW // DAY * DAY


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
