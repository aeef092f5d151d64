"""Stripe's rules for its smaller products, and for what an account has but one of, as the sandbox keeps them."""

from __future__ import annotations

from collections import Counter

import pytest

from integration_tests.asking import DAY, NOW, Get, Json, error, events, new_types
from integration_tests.sandbox import Account


def kinds(account: Account, pattern: str) -> Counter[str]:
    return Counter(event["type"] for event in events(account, pattern))


# --- what there is one of ---


@pytest.mark.parametrize("path", ["/v1/account", "/v1/balance", "/v1/balance_settings", "/v1/tax/settings"])
def test_what_there_is_one_of_takes_nothing_but_expand(account: Account, get: Get, path: str) -> None:
    assert [get(path).json()] == account.rows(path)
    assert error(get(path, limit=1)) == (400, "parameter_unknown", "limit")
    assert error(get(path, expand=["id"])) == (400, None, "expand")


def test_the_balance_is_the_sum_of_its_transactions(account: Account) -> None:
    account.create("charge", amount=5_000, currency="eur")
    account.advance(DAY)
    account.create("charge", amount=1_000, currency="eur")
    account.advance(DAY)
    (balance,) = account.rows("/v1/balance")
    assert "id" not in balance
    transactions = account.rows("/v1/balance_transactions")
    for name in ("available", "pending"):
        held = {money["currency"]: money["amount"] for money in balance[name]}
        assert held["eur"] == sum(row["net"] for row in transactions if row["status"] == name) > 0


def test_events_tell_of_what_has_no_id(account: Account, get: Get) -> None:
    payments = account.rows("/v1/balance_settings")[0]["payments"]
    account.update("balance_settings", payments={**payments, "debit_negative_balances": True})
    account.update("tax.settings", status="pending")
    told = {event["type"]: event["data"] for event in get("/v1/events").json()["data"]}
    assert told.keys() == {"balance_settings.updated", "tax.settings.updated"}
    assert told["tax.settings.updated"]["previous_attributes"] == {"status": "active"}
    assert all("id" not in data["object"] for data in told.values())
    assert account.rows("/v1/tax/settings")[0]["status"] == "pending"


def test_a_populated_account_has_seen_its_balance_become_available() -> None:
    account = Account(now=NOW)
    account.live(DAY, 2_000)
    told = kinds(account, "balance*") + kinds(account, "tax.settings.*")
    assert told.keys() == {"balance.available", "balance_settings.updated", "tax.settings.updated"}


# --- reports and Sigma ---


def test_report_types_are_stripes_own_and_come_whole(account: Account, get: Get) -> None:
    page = get("/v1/reporting/report_types").json()
    assert page["data"] == account.rows("/v1/reporting/report_types")
    assert (len(page["data"]), page["has_more"]) == (6, False)
    account.update("payouts.itemized.5", data_available_end=NOW)
    assert kinds(account, "*") == {"reporting.report_type.updated": 1}


def test_a_query_run_is_there_and_told_when_it_has_finished(account: Account) -> None:
    account.create("scheduled_query_run")
    (run,) = account.rows("/v1/sigma/scheduled_query_runs")
    assert run["status"] == "completed"
    assert [file["id"] for file in account.rows("/v1/files")] == [run["file"]["id"]]
    assert kinds(account, "*") == {"file.created": 1, "sigma.scheduled_query_run.created": 1}


# --- turns ---


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        ("climate.order", {"status": "canceled"}, {"climate.order.canceled"}),
        ("climate.order", {"status": "delivered"}, {"climate.order.delivered"}),
        ("climate.order", {"delayed_at": NOW}, {"climate.order.delayed"}),
        ("climate.order", {"product_substituted_at": NOW}, {"climate.order.product_substituted"}),
        ("climate.order", {"metadata": {"a": "b"}}, set()),
        ("issuing.personalization_design", {"status": "active"}, {"issuing_personalization_design.activated"}),
        ("issuing.personalization_design", {"status": "inactive"}, {"issuing_personalization_design.deactivated"}),
        ("issuing.personalization_design", {"status": "rejected"}, {"issuing_personalization_design.rejected"}),
        ("issuing.personalization_design", {"name": "Other"}, {"issuing_personalization_design.updated"}),
        ("issuing.physical_bundle", {"status": "active"}, set()),
        ("financial_connections.account", {"status": "inactive"}, {"financial_connections.account.deactivated"}),
        ("financial_connections.account", {"status": "disconnected"}, {"financial_connections.account.disconnected"}),
        ("financial_connections.account", {"subscriptions": ["balance"]}, set()),
        ("test_helpers.test_clock", {"status": "advancing"}, {"test_helpers.test_clock.advancing"}),
        ("test_helpers.test_clock", {"status": "internal_failure"}, {"test_helpers.test_clock.internal_failure"}),
        ("tax.registration", {"status": "expired"}, set()),
        ("terminal.configuration", {"name": "Other"}, set()),
        ("terminal.location", {"display_name": "Other"}, set()),
        ("terminal.reader", {"label": "Other"}, set()),
        ("webhook_endpoint", {"status": "disabled"}, set()),
        ("radar.value_list", {"name": "Other"}, set()),
    ],
)
def test_a_change_is_told_by(account: Account, kind: str, fields: Json, expected: set[str]) -> None:
    made = account.create(kind)
    with new_types(account) as found:
        account.update(made["id"], **fields)
    assert found == expected
    assert ((kind, made["id"]) in account.unannounced) == (not expected)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("climate.order", True),
        ("financial_connections.account", True),
        ("test_helpers.test_clock", True),
        ("issuing.personalization_design", False),
        ("issuing.physical_bundle", False),
        ("radar.value_list", False),
        ("tax.registration", False),
        ("tax.location", False),
        ("terminal.reader", False),
        ("webhook_endpoint", False),
    ],
)
def test_a_birth_is_told_or_not(account: Account, kind: str, told: bool) -> None:
    account.create(kind)
    assert kinds(account, f"{kind}.*" if told else "*")[f"{kind}.created"] == told


@pytest.mark.parametrize("kind", ["radar.value_list", "terminal.reader", "webhook_endpoint"])
def test_what_goes_without_an_event_goes_from_its_list(account: Account, kind: str) -> None:
    made = account.create(kind)
    with new_types(account) as found:
        account.delete(made["id"])
    assert (found, account.objects(kind)) == (set(), [])


@pytest.mark.parametrize("name", ["configuration", "location", "reader"])
def test_a_deleted_thing_of_terminals_is_a_stub(account: Account, get: Get, name: str) -> None:
    gone = account.create(f"terminal.{name}")["id"]
    account.delete(gone)
    stub = {"id": gone, "object": f"terminal.{name}", "deleted": True}
    assert get(f"/v1/terminal/{name}s/{gone}").json() == stub


# --- Financial Connections ---


def test_owners_are_asked_for_by_an_ownership_that_a_refresh_replaces(account: Account, get: Get) -> None:
    connected = account.create("financial_connections.account")
    path = f"/v1/financial_connections/accounts/{connected['id']}/owners"
    assert connected["ownership"] is None
    assert error(get(path)) == (400, "parameter_missing", "ownership")
    account.create("financial_connections.account_owner", owner=connected["id"])
    before = account.objects("financial_connections.account")[0]["ownership"]
    account.advance(60)
    new = account.create("financial_connections.account_owner", owner=connected["id"])
    assert account.objects("financial_connections.account")[0]["ownership"] == new["ownership"] != before
    assert account.rows(path, ownership=new["ownership"]) == [new]
    assert account.rows(path, ownership=before) == []
    assert kinds(account, "financial_connections.*")["financial_connections.account.refreshed_ownership"] == 2


def test_transactions_come_with_a_refresh_of_their_account(account: Account, get: Get) -> None:
    path, kind = "/v1/financial_connections/transactions", "financial_connections.transaction"
    assert error(get(path)) == (400, "parameter_missing", "account")
    of = account.create("financial_connections.account", transactions=2)["id"]
    first, known = account.rows(path, account=of)
    account.advance(60)
    new = account.create(kind, account=of, transacted_at=NOW - 50)
    assert (
        account.objects("financial_connections.account")[0]["transaction_refresh"]["id"] == (new["transaction_refresh"])
    )
    assert kinds(account, "*")["financial_connections.account.refreshed_transactions"] == 2
    after = {"after": first["transaction_refresh"]}
    assert account.rows(path, account=of, transaction_refresh=after) == [new]
    again = {"transaction_refresh": new["transaction_refresh"], "updated": account.now}
    changed = account.update(known["id"], status="void", **again)
    assert account.rows(path, account=of, transaction_refresh=after) == [new, changed]
    assert account.rows(path, account=of, transacted_at={"gte": NOW - 60}) == [new]


# --- Radar ---


def test_a_value_list_shows_ten_of_its_items(account: Account, get: Get) -> None:
    made = account.create("radar.value_list", list_items=12)
    path = "/v1/radar/value_list_items"
    assert error(get(path)) == (400, "parameter_missing", "value_list")
    items = account.rows(path, value_list=made["id"])
    shown = account.rows("/v1/radar/value_lists")[0]["list_items"]
    assert (shown["data"], shown["has_more"], len(items)) == (items[:10], True, 12)
    assert shown["url"] == f"{path}?value_list={made['id']}"
    assert account.rows("/v1/radar/value_lists", contains="no such") == []
    assert len(account.rows("/v1/radar/value_lists", contains=items[0]["value"])) == 1
    assert items[0] in account.rows(path, value_list=made["id"], value=items[0]["value"][:3])


def test_no_event_tells_that_a_value_list_shows_other_items(account: Account) -> None:
    made = account.create("radar.value_list", list_items=2)["id"]
    account.unannounced.clear()
    account.delete(account.rows("/v1/radar/value_list_items", value_list=made)[0]["id"])
    assert account.unannounced == {("radar.value_list", made)}
    assert events(account, "*") == []


# --- Tax ---


def test_registrations_are_the_active_ones_unless_told(account: Account) -> None:
    active = account.create("tax.registration")["id"]
    expired = account.create("tax.registration")["id"]
    account.update(expired, status="expired")
    assert [row["id"] for row in account.rows("/v1/tax/registrations")] == [active]
    assert [row["id"] for row in account.rows("/v1/tax/registrations", status="expired")] == [expired]
    assert len(account.rows("/v1/tax/registrations", status="all")) == 2


def test_tax_locations_are_asked_for_by_type(account: Account, get: Get) -> None:
    made = account.create("tax.location")
    assert error(get("/v1/tax/locations")) == (400, "parameter_missing", "type")
    assert account.rows("/v1/tax/locations", type="performance") == [made]


# --- Terminal ---


def test_events_tell_what_a_reader_does(account: Account) -> None:
    account.live(DAY, 5_000)
    told = kinds(account, "terminal.*")
    assert told.keys() == {"terminal.reader.action_succeeded", "terminal.reader.action_failed"}
    for event in events(account, "terminal.*"):
        assert event["type"].endswith(event["data"]["object"]["action"]["status"])


# --- test clocks ---


def test_who_lives_on_a_test_clock_is_listed_only_to_those_who_ask_for_it(account: Account) -> None:
    clock = account.simulate(NOW + 90 * DAY, subscriptions=2)["id"]
    (customer,) = account.rows("/v1/customers", test_clock=clock)
    assert customer["created"] == NOW + 90 * DAY
    assert account.rows("/v1/customers") == account.rows("/v1/subscriptions") == []
    assert len(account.rows("/v1/subscriptions", test_clock=clock)) == 2
    assert len(account.rows("/v1/subscriptions", customer=customer["id"])) == 2
    assert {event["created"] for event in events(account, "*")} == {NOW}


def test_a_test_clock_takes_its_customers_along(account: Account) -> None:
    clock = account.simulate()["id"]
    stays = account.create("customer")["id"]
    with new_types(account) as found:
        account.delete(clock)
    assert found == {"test_helpers.test_clock.deleted", "customer.deleted", "customer.subscription.deleted"}
    assert [customer["id"] for customer in account.objects("customer")] == [stays]
