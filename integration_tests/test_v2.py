"""API v2: its pages, times, events and errors, and that every request is one of Stripe's own SDK."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from integration_tests.conftest import History
from integration_tests.oracle import differences
from integration_tests.sandbox import Request, Response, Sandbox
from integration_tests.sandbox.world.linked import written
from integration_tests.sdk_requests import sent
from integration_tests.vocabulary import CATALOG, DAY, HOUR, NOW, Account, Hurried, Synced, blob, sync
from integration_tests.warehouse import Warehouse
from source_stripe.declaration.origins import is_v2
from source_stripe.declaration.resource import Resource
from unit_tests.laws import every, name_of

STREAMS = [resource for resource in CATALOG if is_v2(resource.first.origin.path)]
ACCOUNTS, PERSONS = "v2_core_accounts", "v2_core_account_persons"
TRANSACTIONS, ENTRIES = "v2_money_management_transactions", "v2_money_management_transaction_entries"
TRANSACTION = "v2.money_management.transaction"
MANY = [one for one in STREAMS if one.name not in ("v2_core_events", PERSONS)]

every_list = every("resource", MANY, name_of)


def named(stream: str) -> Resource:
    return next(one for one in STREAMS if one.name == stream)


def wrong(stripe: Sandbox, resource: Resource, *syncs: Synced) -> list[str]:
    warehouse = Warehouse()
    for synced in syncs:
        assert synced.error == ""
        warehouse.take(synced)
    return differences(stripe.account, warehouse, resource)


def v2_requests(stripe: Sandbox) -> list[tuple[str, list[tuple[str, str]]]]:
    """Those of API v2, each with its query."""
    found = []
    for answered in stripe.log:
        pairs = [(name, str(value)) for name, value in answered.query.items()]
        found += [(answered.path, pairs)] if answered.path.startswith("/v2/") else []
    return found


def answering(stripe: Sandbox, change: object) -> None:
    """Every answer goes through `change(request, response)`."""
    handle = stripe.handle
    stripe.handle = lambda request: change(request, handle(request))  # type: ignore[operator, method-assign]


# Requests


def test_every_request_is_one_that_stripes_sdk_would_send(history: History) -> None:
    asked = v2_requests(history.stripe)
    assert {path for path, _ in asked} >= {one.first.origin.path for one in STREAMS}
    for path, query in asked:
        if "page" in dict(query):
            # The SDK sends what the answer says, as it stands.
            continue
        where, pairs = sent(path, query)
        assert (where, sorted(pairs)) == (path, sorted(query))


def test_the_judge_of_requests_refuses_what_the_sdk_does_not_send() -> None:
    with pytest.raises(TypeError, match="expand"):
        sent("/v2/core/accounts", [("expand[]", "data.identity")])
    with pytest.raises(TypeError, match="created"):
        sent("/v2/core/accounts", [("created[gte]", "2026-01-01T00:00:00Z")])
    with pytest.raises(LookupError):
        sent("/v2/core/customers", [])


def test_requests_name_the_version_and_the_account_in_its_own_header(account: Account) -> None:
    other = account.connect()
    other.create("v2.core.account")
    account.advance(HOUR)
    stripe = Sandbox(account)
    headers: list[dict[str, str]] = []

    def note(request: Request, response: Response) -> Response:
        if request.path.startswith("/v2/"):
            headers.append(dict(request.headers))
        return response

    answering(stripe, note)
    synced = sync(stripe, [ACCOUNTS], account_id=other.id)
    assert len(synced.records(ACCOUNTS)) == 1
    assert {one["Stripe-Context"] for one in headers} == {other.id}
    assert not any("Stripe-Account" in one for one in headers)
    assert {one["Stripe-Version"] for one in headers} == {"2026-10-28.endive"}


def test_names_of_events_are_asked_for_twenty_at_a_time_and_only_those_that_are_wanted(account: Account) -> None:
    stripe = Sandbox(account)
    first = sync(stripe, [ACCOUNTS, PERSONS])
    stripe.log.clear()
    account.advance(HOUR)
    sync(stripe, [ACCOUNTS, PERSONS], first.state)
    asked = [dict(query) for path, query in v2_requests(stripe) if path == "/v2/core/events"]
    (types,) = [[value for name, value in query.items() if name.startswith("types")] for query in asked]
    assert len(types) == 16
    assert all(kind.startswith("v2.core.account") for kind in types)


# Pages


@every_list
def test_a_list_of_many_pages_is_read_whole(resource: Resource) -> None:
    account = Account(NOW, seed=7)
    kind = resource.object
    account.has(kind, 250, between=(NOW - 40 * DAY, NOW - DAY))
    stripe = Sandbox(account)
    assert wrong(stripe, resource, sync(stripe, [resource])) == []


def test_a_page_is_asked_for_by_what_the_one_before_it_says(account: Account) -> None:
    account.has("v2.core.account", 45)
    stripe, said = Sandbox(account), []

    def note(request: Request, response: Response) -> Response:
        if request.path == "/v2/core/accounts":
            said.append(json.loads(response.body)["next_page_url"])
        return response

    answering(stripe, note)
    sync(stripe, [ACCOUNTS])
    asked = [query for path, query in v2_requests(stripe) if path == "/v2/core/accounts"]
    assert [dict(query)["limit"] for query in asked] == ["20"] * 4
    assert [query for query in asked if "page" in dict(query)] == [
        parse_qsl(urlsplit(url).query) for url in said if url
    ]


@pytest.mark.parametrize("stream", [TRANSACTIONS, ENTRIES, "v2_core_vault_us_bank_accounts"])
def test_no_order_of_a_list_is_relied_on(stream: str, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    resource = named(stream)
    account.has(resource.object, 250, between=(NOW - 40 * DAY, NOW - DAY))
    stripe, pages = Sandbox(account), {}

    def shuffled(request: Request, response: Response) -> Response:
        """The oldest first, on pages of its own."""
        if request.path != resource.first.origin.path:
            return response
        query = dict(request.query)
        if "page" not in query:
            bounds = {name: value for name, value in query.items() if name.startswith("created")}
            rows = [row for row in account.rows(request.path) if _is_within(row["created"], bounds)]
            pages[request.path] = sorted(rows, key=lambda row: str(row["created"]))
        start = int(query.get("page", "0"))
        rest = pages[request.path][start : start + 100]
        more = start + 100 < len(pages[request.path])
        url = f"{request.path}?{urlencode({**query, 'page': start + 100})}" if more else None
        body = {"data": rest, "next_page_url": url, "previous_page_url": None}
        return replace(response, status=200, body=json.dumps(body).encode())

    answering(stripe, shuffled)
    assert wrong(stripe, resource, sync(stripe, [resource])) == []


def _is_within(created: str, bounds: dict[str, str]) -> bool:
    low, high = bounds.get("created[gte]", ""), bounds.get("created[lt]", "9")
    # Texts of one form stand in the order of their times, but for the milliseconds.
    return low[:19] <= created[:19] < high[:19]


@pytest.mark.parametrize("stream", [ACCOUNTS, TRANSACTIONS, PERSONS])
def test_a_sync_that_was_cut_goes_on_at_the_page_it_had_come_to(stream: str, account: Account) -> None:
    resource = named(stream)
    account.has(resource.object, 250, between=(NOW - 40 * DAY, NOW - DAY))
    whole = Sandbox(account)
    complete = sync(whole, [resource], time=Hurried(0.2))
    for cut in range(2, len(complete.messages), 90):
        stripe = Sandbox(account)
        first = sync(stripe, [resource], at_most=cut, time=Hurried(0.2))
        second = sync(stripe, [resource], first.state)
        assert wrong(stripe, resource, first, second) == []
    # Not from the beginning: the last cut leaves little to read.
    assert len(second.records(resource)) < 250


def test_a_place_that_stripe_no_longer_knows_is_given_up(account: Account) -> None:
    resource = named(TRANSACTIONS)
    account.has(TRANSACTION, 250, between=(NOW - 40 * DAY, NOW - DAY))
    stripe = Sandbox(account)
    first = sync(stripe, [resource], states_at_most=2, time=Hurried(0.2))
    assert "page_" in json.dumps([blob(one) for one in first.state])
    stripe = Sandbox(account)

    def forgets(request: Request, response: Response) -> Response:
        if any("page_" in value for _, value in request.query) and not stripe_knows:
            stripe_knows.append(True)
            error = {"error": {"code": "invalid_page", "message": "The page token has expired."}}
            return replace(response, status=400, body=json.dumps(error).encode())
        return response

    stripe_knows: list[bool] = []
    answering(stripe, forgets)
    second = sync(stripe, [resource], first.state)
    assert stripe_knows
    assert wrong(stripe, resource, second) == []


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/v2/core/accounts?page=1",
        "//evil.example/?page=1",
        "@evil.example/?page=1",
        "/v1/charges?a=1",
    ],
)
def test_a_list_that_is_said_to_go_on_elsewhere_is_not_followed(address: str, account: Account) -> None:
    account.has("v2.core.account", 3)
    stripe = Sandbox(account)

    def elsewhere(request: Request, response: Response) -> Response:
        if request.path != "/v2/core/accounts":
            return response
        return replace(response, body=json.dumps(json.loads(response.body) | {"next_page_url": address}).encode())

    answering(stripe, elsewhere)
    synced = sync(stripe, [ACCOUNTS])
    (sentence,) = synced.errors[ACCOUNTS]
    assert "at another address" in sentence
    assert {path for path, _ in v2_requests(stripe)} == {"/v2/core/accounts"}


def test_an_empty_page_in_the_middle_is_none_of_the_end(account: Account) -> None:
    resource = named(TRANSACTIONS)
    account.has(TRANSACTION, 150, between=(NOW - 40 * DAY, NOW - DAY))
    stripe = Sandbox(account)

    def hollow(request: Request, response: Response) -> Response:
        query = dict(request.query)
        if request.path != resource.first.origin.path or "page" in query:
            return response
        first = f"{request.path}?{urlencode({**query, 'page': 'first'})}"
        return replace(response, body=json.dumps({"data": [], "next_page_url": first}).encode())

    def really(request: Request, response: Response) -> Response:
        if dict(request.query).get("page") != "first":
            return hollow(request, response)
        begun = replace(request, query=[(name, value) for name, value in request.query if name != "page"])
        return whole.handle(begun)

    whole = Sandbox(account)
    answering(stripe, really)
    assert wrong(stripe, resource, sync(stripe, [resource])) == []


# Times


def test_what_came_within_the_seconds_of_a_boundary_comes_once(account: Account) -> None:
    resource = named(ENTRIES)
    stripe = Sandbox(account)
    syncs = [sync(stripe, [resource])]
    for _ in range(4):
        for second in range(account.now - 70, account.now + 1):
            account.create(TRANSACTION, created=second)
        account.advance(HOUR)
        syncs.append(sync(stripe, [resource], syncs[-1].state))
    assert wrong(stripe, resource, *syncs) == []
    came = [record["id"] for synced in syncs for record in synced.records(resource)]
    assert len(came) == len(set(came)) == 4 * 71


def test_the_start_date_leaves_out_what_was_created_before(account: Account) -> None:
    old, new = (account.create("v2.core.account", created=NOW - days * DAY)["id"] for days in (400, 20))
    synced = sync(Sandbox(account), [ACCOUNTS], start_date=written(NOW - 100 * DAY)[:19] + "Z")
    assert {record["id"] for record in synced.records(ACCOUNTS)} == {new} != {old}


def test_a_row_keeps_stripes_times_and_has_a_cursor_in_seconds(account: Account) -> None:
    person = account.create("v2.core.account_person")
    account.advance(HOUR)
    (record,) = sync(Sandbox(account), [PERSONS]).records(PERSONS)
    assert (record["created"], record["updated"]) == (person["created"], person["updated"])
    assert record["row_updated"] == NOW


# Events


def test_an_event_leads_to_the_object_as_it_is_now(account: Account) -> None:
    made = account.create("v2.core.account")["id"]
    stripe, resource = Sandbox(account), named(ACCOUNTS)
    account.advance(HOUR)
    first = sync(stripe, [resource])
    account.update(made, display_name="Renamed")
    account.update(made, closed=True)
    account.advance(HOUR)
    second = sync(stripe, [resource], first.state)
    (record,) = second.records(resource)
    assert (record["display_name"], record["closed"], record["row_updated"]) == ("Renamed", True, NOW + HOUR)
    assert record["identity"] is not None
    assert wrong(stripe, resource, first, second) == []


def test_a_person_who_is_gone_is_marked_and_keeps_the_account(account: Account) -> None:
    made = account.create("v2.core.account_person")
    stripe, resource = Sandbox(account), named(PERSONS)
    account.advance(HOUR)
    first = sync(stripe, [resource])
    account.delete(made["id"])
    account.advance(HOUR)
    (record,) = sync(stripe, [resource], first.state).records(resource)
    assert record["is_deleted"] is True
    assert (record["id"], record["account"], record["v2_core_account_id"]) == (made["id"], *[made["account"]] * 2)


def test_new_objects_of_a_while_ago_are_read_a_hundred_at_a_time(account: Account) -> None:
    stripe, resource = Sandbox(account), named(TRANSACTIONS)
    first = sync(stripe, [resource])
    account.advance(DAY)
    account.has(TRANSACTION, 150, between=(account.now - DAY + HOUR, account.now - HOUR))
    stripe.log.clear()
    second = sync(stripe, [resource], first.state)
    assert wrong(stripe, resource, first, second) == []
    assert len(v2_requests(stripe)) < 10


def test_a_list_that_is_behind_is_not_taken_for_what_events_tell_of(account: Account) -> None:
    """An object that came and changed lately is read by its id, as its list may show it as it was."""
    stripe, resource = Sandbox(account), named("v2_money_management_received_credits")
    first = sync(stripe, [resource])
    account.advance(HOUR)
    made = account.create(resource.object)
    account.advance(30)
    before = account.rows(resource.first.origin.path)
    account.update(made["id"], status="succeeded")
    account.advance(120)

    def behind(request: Request, response: Response) -> Response:
        if request.path != resource.first.origin.path:
            return response
        return replace(response, body=json.dumps({"data": before, "next_page_url": None}).encode())

    answering(stripe, behind)
    (record,) = sync(stripe, [resource], first.state).records(resource)
    assert record["status"] == "succeeded"


@pytest.mark.parametrize("options", [{"incremental_records": "event"}, {"emit_every_version": True}], ids=str)
def test_what_an_event_shows_is_never_taken_for_the_row(options: dict[str, Any], account: Account) -> None:
    made = account.create("v2.core.account")["id"]
    stripe, resource = Sandbox(account), named(ACCOUNTS)
    account.advance(HOUR)
    first = sync(stripe, [resource], **options)
    account.update(made, display_name="Renamed")
    account.advance(HOUR)
    second = sync(stripe, [resource], first.state, **options)
    assert wrong(stripe, resource, first, second) == []


# Errors


def test_a_product_that_is_not_enabled_says_so_and_what_to_do(account: Account) -> None:
    stripe = Sandbox(account)
    stripe.not_enabled("/v2/core/accounts")
    synced = sync(stripe, [ACCOUNTS, "customers"])
    (sentence,) = synced.errors[ACCOUNTS]
    assert "Accounts v2 is not enabled for your platform" in sentence
    assert (
        "enable it at https://dashboard.stripe.com/settings/connect/platform-setup or deselect the stream" in sentence
    )
    assert "customers" not in synced.errors


def test_a_list_that_is_not_there_is_a_product_that_is_not_used(account: Account) -> None:
    stripe = Sandbox(account)
    stripe.refuses("/v2/money_management", 404, code="not_found", message="Not found")
    (sentence,) = sync(stripe, [TRANSACTIONS]).errors[TRANSACTIONS]
    assert "If the account does not use Money Management" in sentence


def test_an_account_that_is_none_of_api_v2_costs_its_own_rows_only(account: Account) -> None:
    shown, other = (account.create("v2.core.account_person")["account"] for _ in range(2))
    account.advance(HOUR)
    stripe = Sandbox(account)
    stripe.refuses(
        f"/v2/core/accounts/{other}",
        400,
        code="account_not_yet_compatible_with_v2",
        message="Account is not yet compatible with V2 APIs.",
    )
    synced = sync(stripe, [ACCOUNTS, PERSONS])
    assert synced.error == ""
    assert {record["id"] for record in synced.records(ACCOUNTS)} == {shown}
    assert {record["account"] for record in synced.records(PERSONS)} == {shown}


def test_a_key_without_the_events_of_api_v2_is_told_so_in_the_first_sync(
    account: Account, said: Callable[[], list[str]]
) -> None:
    key = "rk_test_shy"
    stripe = Sandbox(account, keys={key: {"/v2/core/events"}})
    sync(stripe, [ACCOUNTS, "customers"], client_secret=key)
    (warning,) = [text for text in said() if "tell what changed" in text]
    assert "/v2/core/events" in warning
    assert "1 streams" in warning
