"""Rules of Stripe's that hold for some products only, and what becomes of their rows."""

from __future__ import annotations

import pytest

from integration_tests.oracle import differences
from integration_tests.story import Story
from integration_tests.vocabulary import CATALOG, DAY, HOUR, NOW, Sandbox, settled, sync
from integration_tests.warehouse import Warehouse
from source_stripe.catalog.billing import quotes, subscription_items, subscriptions
from source_stripe.catalog.connect import accounts, capabilities, external_account_bank_accounts, persons
from source_stripe.catalog.core import balance, customers
from source_stripe.catalog.fraud import radar_value_list_items, radar_value_lists
from source_stripe.catalog.usage import active_entitlements, billing_meter_event_summaries, test_helpers_test_clocks
from source_stripe.declaration.resource import Resource
from source_stripe.declaration.takes import Embedded


def _is_asked_for(resource: Resource) -> bool:
    take = resource.first.take
    return isinstance(take, Embedded) and take.expanded in resource.first.origin.expand


ASKED_FOR = [one for one in CATALOG if any(_is_asked_for(part) for part in one.parts)]
"""What Stripe puts inside another object only on request."""


# Test clocks


@pytest.mark.parametrize("resource", [customers, subscriptions, subscription_items], ids=lambda one: one.name)
def test_what_is_on_a_test_clock_is_listed_if_and_only_if_it_is_wanted(resource: Resource) -> None:
    story = Story(resource)
    story.account.create("subscription", items=1)
    for _ in range(2):
        story.account.simulate(subscriptions=2)
    story.account.advance(HOUR)
    left_out = len(sync(story.stripe, [resource]).ids(resource))
    wanted = len(sync(story.stripe, [resource], test_clocks=True).ids(resource))
    assert left_out == 1
    assert wanted == 1 + 2 * (1 if resource is customers else 2)


def test_without_a_test_key_nobody_asks_for_clocks() -> None:
    story = Story(quotes)
    stripe = Sandbox(story.account, {"rk_live_1": ()})
    assert sync(stripe, [quotes], client_secret="rk_live_1", test_clocks=True).error == ""
    assert stripe.count("/v1/test_helpers") == 0


def test_there_are_no_clocks_in_live_mode_and_nothing_is_refused() -> None:
    story = Story(test_helpers_test_clocks)
    stripe = Sandbox(story.account, {"sk_live_1": ()})
    synced = sync(stripe, [test_helpers_test_clocks], client_secret="sk_live_1")
    assert synced.error == ""
    assert "updated" in synced.position(test_helpers_test_clocks)
    assert stripe.count("/v1/test_helpers") == 0


def test_a_key_that_may_not_read_the_clocks_reads_the_rest() -> None:
    story = Story(customers)
    story.account.create("customer")
    story.account.advance(HOUR)
    story.stripe.refuses("/v1/test_helpers")
    synced = sync(story.stripe, [customers], test_clocks=True)
    assert synced.error == ""
    assert len(synced.records(customers)) == 1


# Connect


def test_the_account_of_the_key_is_no_connected_one_though_its_events_say_the_same() -> None:
    story = Story(accounts)
    story.sync()
    story.account.create("account")
    story.account.update(story.account.id, object="account", metadata={"note": "own"})
    assert story.sync().ids(accounts) == {row["id"] for row in story.account.rows("/v1/accounts")}


def test_the_bank_accounts_of_the_key_s_own_account_and_of_connected_ones_are_rows() -> None:
    story = Story(external_account_bank_accounts)
    own = story.account.create("bank_account", account=story.account.id)["id"]
    connected = story.account.create("account")["id"]
    its = story.account.create("bank_account", account=connected)["id"]
    assert {own, its} <= story.sync().ids(external_account_bank_accounts)
    story.account.delete(its)
    story.account.update(own, metadata={"note": "new"})
    told = {row["id"]: row.get("is_deleted") for row in story.sync().records(external_account_bank_accounts)}
    assert (told[own], told[its]) == (None, True)
    assert story.differences == []


@pytest.mark.parametrize("kind", ["express", "standard"])
def test_what_a_platform_does_not_control_is_left_out_and_the_rest_is_read(kind: str) -> None:
    story = Story(persons, external_account_bank_accounts, capabilities)
    other = story.account.create("account", type=kind)["id"]
    mine = story.account.create("account")["id"]
    person = story.account.create("person", account=mine)["id"]
    assert person in story.sync().ids(persons)
    assert {row["account_id"] for row in story.last.records(persons)} == {mine}
    story.account.create("person", account=other)
    story.account.update(person, metadata={"note": "told beside the other"})
    assert story.sync().ids(persons) == {person}


def test_capabilities_of_the_same_name_are_told_apart_by_their_account() -> None:
    story = Story(capabilities)
    for _ in range(2):
        story.account.create("account")
    first = story.sync()
    assert len({row["id"] for row in first.records(capabilities)}) < len(first.ids(capabilities))
    account = story.account.rows("/v1/accounts")[0]["id"]
    name = story.account.rows(f"/v1/accounts/{account}/capabilities")[0]["id"]
    for status in ("pending", "inactive"):
        story.account.update(f"{account}/{name}", object="capability", status=status)
    story.sync()
    assert story.differences == []


def test_a_connected_account_that_is_deleted_is_missing_and_not_refused() -> None:
    story = Story(persons, capabilities)
    account = story.account.create("account")["id"]
    person = story.account.create("person", account=account)["id"]
    story.sync()
    story.account.update(person, metadata={"note": "last"})
    story.account.update(f"{account}/card_payments", object="capability", status="pending")
    story.account.delete(account)
    assert story.sync().error == ""


# What stands inside another object


@pytest.mark.parametrize("resource", ASKED_FOR, ids=lambda one: one.name)
def test_what_no_event_shows_is_read_also_where_events_are_taken_for_the_rows(resource: Resource) -> None:
    stripe, warehouse = settled(customers=15, seed=5), Warehouse()
    first = warehouse.take(sync(stripe, [resource], incremental_records="event"))
    stripe.account.live(3 * DAY, 200, silent=False)
    stripe.account.advance(HOUR)
    warehouse.take(sync(stripe, [resource], first.state, incremental_records="event"))
    assert differences(stripe.account, warehouse, resource) == []


# What no event tells of


def test_usage_that_is_reported_afterwards_is_delivered_and_only_that() -> None:
    story = Story(billing_meter_event_summaries)
    account = story.account
    meter = account.create("billing.meter")["id"]
    recurring = {"interval": "month", "interval_count": 1, "meter": meter, "usage_type": "metered"}
    price = account.create("price", recurring=recurring | {"trial_period_days": None})["id"]
    account.advance(40 * DAY)
    customer = account.create("customer")["id"]
    subscription = account.create("subscription", customer=customer, items=1)["id"]
    (item,) = account.rows("/v1/subscription_items", subscription=subscription)
    account.update(item["id"], price=price)
    for days in (3, 2, 1):
        account.uses(meter, customer, 10, account.now - days * DAY)
    assert len(story.sync().records(billing_meter_event_summaries)) == 3
    assert story.sync().records(billing_meter_event_summaries) == []
    account.uses(meter, customer, 5, account.now - 30 * DAY)
    account.uses(meter, customer, 1, account.now - 2 * DAY)
    assert len(story.sync().records(billing_meter_event_summaries)) == 2
    account.advance(60 * DAY)
    assert story.sync().records(billing_meter_event_summaries) == []
    assert story.differences == []


def test_rows_of_lists_without_events_win_over_what_they_were() -> None:
    story = Story(radar_value_lists, radar_value_list_items)
    items = [story.account.create("radar.value_list_item") for _ in range(3)]
    before = {row["id"]: row["updated"] for row in story.sync().records(radar_value_lists)}
    story.account.update(items[0]["value_list"], name="another")
    story.account.delete(items[1]["id"])
    names = {row["id"]: row["name"] for row in story.sync().records(radar_value_lists)}
    assert all(row["updated"] > before[row["id"]] for row in story.last.records(radar_value_lists))
    assert names[items[0]["value_list"]] == "another"
    assert items[2]["value_list"] not in names
    assert items[1]["id"] not in story.warehouse.latest(radar_value_list_items)
    assert story.differences == []


def test_entitlements_that_a_customer_loses_are_marked() -> None:
    story = Story(active_entitlements)
    customer = story.account.create("customer")["id"]
    granted = [story.account.create("entitlements.active_entitlement", owner=customer)["id"] for _ in range(2)]
    assert story.sync().ids(active_entitlements) == set(granted)
    story.account.delete(granted[0])
    assert {row["id"] for row in story.sync().records(active_entitlements) if row.get("is_deleted")} == {granted[0]}
    assert story.differences == []


def test_what_an_account_has_but_one_of_is_a_row_keyed_by_what_it_is() -> None:
    warehouse = Warehouse()
    story = Story(balance)
    for _ in range(2):
        story.account.create("charge")
        story.account.advance(HOUR)
        warehouse.take(sync(story.stripe, [balance]))
    (row,) = warehouse.rows(balance).values()
    assert row == story.account.rows("/v1/balance")[0]
    assert story.account.now > NOW


def test_usage_is_found_under_an_item_beyond_the_ten_that_a_subscription_shows() -> None:
    story = Story(billing_meter_event_summaries)
    account = story.account
    subscription = account.create("subscription", items=12)
    meter = account.create("billing.meter")["id"]
    recurring = {"interval": "month", "interval_count": 1, "meter": meter, "usage_type": "metered"}
    price = account.create("price", recurring=recurring | {"trial_period_days": None})["id"]
    hidden = account.rows("/v1/subscription_items", subscription=subscription["id"])[-1]
    account.update(hidden["id"], price=price)
    assert hidden["id"] not in [item["id"] for item in account.objects("subscription")[0]["items"]["data"]]
    account.uses(meter, subscription["customer"], 10, account.now - DAY)
    assert [row["meter"] for row in story.sync().records(billing_meter_event_summaries)] == [meter]
    assert story.differences == []
