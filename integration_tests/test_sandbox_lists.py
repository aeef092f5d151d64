"""Lists, as Stripe pages, filters and cuts them."""

from __future__ import annotations

import pytest

from integration_tests.asking import NOW, Get, Json, endpoint_of, error, events, getting, paths
from integration_tests.sandbox import Account, Sandbox
from integration_tests.sandbox.world.facts import ENDPOINTS


@pytest.mark.parametrize("limit", [1, 3, 10, 100])
def test_paging_forward_yields_the_whole_list_once(populated: Account, limit: int) -> None:
    get = getting(Sandbox(populated))
    for path, params in paths(populated):
        found: list[Json] = []
        after: dict[str, str] = {}
        while True:
            sized = {"limit": limit} if "limit" in ENDPOINTS[endpoint_of(path)].params else {}
            page = get(path, **sized, **params, **after).json()
            assert page["object"] == "list"
            assert page["url"] == path
            assert len(page["data"]) <= limit or not sized
            found += page["data"]
            if not page["has_more"]:
                break
            after = {"starting_after": page["data"][-1]["id"]}
        assert found == populated.rows(path, **params), path


def test_paging_backward_yields_the_whole_list_once(populated: Account) -> None:
    get = getting(Sandbox(populated))
    rows = populated.rows("/v1/charges")
    found = rows[-1:]
    more = True
    while more:
        page = get("/v1/charges", limit=7, ending_before=found[0]["id"]).json()
        found, more = page["data"] + found, page["has_more"]
    assert found == rows


def test_lists_are_newest_first(populated: Account) -> None:
    for path, params in paths(populated):
        # Bank accounts and cards have none.
        dated = [row for row in populated.rows(path, **params) if "created" in row or "date" in row]
        stamps: list[int] = [row["created"] if "created" in row else row["date"] for row in dated]
        assert stamps == sorted(stamps, reverse=True), path


def test_a_page_holds_ten_unless_told(account: Account, get: Get) -> None:
    account.has("customer", 12)
    assert len(get("/v1/customers").json()["data"]) == 10


@pytest.mark.parametrize("limit", ["0", "101", "ten", "-1"])
def test_a_limit_outside_1_to_100_is_refused(get: Get, limit: str) -> None:
    assert error(get("/v1/customers", limit=limit)) == (400, "parameter_invalid_integer", "limit")


def test_created_bounds_are_inclusive_or_exclusive_as_named(account: Account, get: Get) -> None:
    for offset in range(5):
        account.create("customer", created=NOW - offset)
    assert len(get("/v1/customers", created__gte=NOW - 3, created__lte=NOW - 1).json()["data"]) == 3
    assert len(get("/v1/customers", created__gt=NOW - 3, created__lt=NOW - 1).json()["data"]) == 1
    assert len(get("/v1/customers", created=NOW - 2).json()["data"]) == 1


def test_the_created_filter_of_invoice_items_means_their_date(account: Account) -> None:
    account.create("invoiceitem", date=NOW - 50)
    assert account.rows("/v1/invoiceitems", created={"lt": NOW - 40})[0]["date"] == NOW - 50
    assert "created" not in account.rows("/v1/invoiceitems")[0]
    assert account.rows("/v1/invoiceitems", created={"gt": NOW - 50}) == []


def test_unknown_parameters_are_refused(get: Get) -> None:
    assert error(get("/v1/customers", updated=1)) == (400, "parameter_unknown", "updated")
    assert error(get("/v1/payment_methods", created__gte=1)) == (400, "parameter_unknown", "created")
    assert error(get("/v1/customers", created__after=1)) == (400, "parameter_unknown", "created[after]")


def test_required_parameters_are_required(get: Get) -> None:
    assert error(get("/v1/subscription_items")) == (400, "parameter_missing", "subscription")
    assert error(get("/v1/setup_attempts")) == (400, "parameter_missing", "setup_intent")


def test_both_page_cursors_at_once_are_refused(get: Get) -> None:
    assert get("/v1/customers", starting_after="a", ending_before="b").status_code == 400


def test_a_deleted_object_is_no_page_cursor(account: Account, get: Get) -> None:
    gone = account.create("product")["id"]
    account.delete(gone)
    response = get("/v1/products", starting_after=gone)
    assert error(response) == (400, "resource_missing", "starting_after")
    assert response.json()["error"]["message"] == f"No such product: '{gone}'"


def test_embedded_lists_are_cut_at_ten_and_their_own_endpoint_pages_the_rest(account: Account) -> None:
    for kind, name, number in (("invoice", "lines", 25), ("subscription", "items", 11), ("transfer", "reversals", 12)):
        made = account.create(kind, **{name: number})
        (embedded,) = [body[name] for body in account.objects(kind) if body["id"] == made["id"]]
        path, _, query = embedded["url"].partition("?")
        whole = account.rows(path, **dict([query.split("=")] if query else []))
        assert len(whole) == number
        assert embedded["data"] == whole[:10]
        assert embedded["has_more"]
        assert "total_count" not in embedded
    ten = account.create("invoice", lines=10)["lines"]
    assert len(ten["data"]) == 10
    assert not ten["has_more"]


def test_lists_leave_out_what_stripe_leaves_out_unasked(account: Account) -> None:
    canceled = account.create("subscription")["id"]
    account.delete(canceled)
    account.create("price", active=False)
    account.create("customer", test_clock="clock_1")
    account.create("payment_method", type="custom")
    assert account.rows("/v1/subscriptions") == []
    assert [row["id"] for row in account.rows("/v1/subscriptions", status="all")] == [canceled]
    assert all(row["active"] for row in account.rows("/v1/prices"))
    assert len(account.rows("/v1/prices", active=False)) == 1
    assert all(row["test_clock"] is None for row in account.rows("/v1/customers"))
    assert len(account.rows("/v1/customers", test_clock="clock_1")) == 1
    assert account.rows("/v1/payment_methods") == []


def test_a_customers_sources_are_bank_accounts_and_cards_in_one_list(account: Account) -> None:
    customer = account.create("customer", sources=5)["id"]
    path = f"/v1/customers/{customer}/sources"
    assert {row["object"] for row in account.rows(path)} == {"bank_account", "card"}
    assert len(account.rows(path, object="bank_account")) == 3
    assert all("created" not in row for row in account.rows(path))


def test_a_detached_payment_method_leaves_its_customer(account: Account) -> None:
    method = account.create("payment_method")
    path = f"/v1/customers/{method['customer']}/payment_methods"
    assert account.rows(path) == [method]
    account.update(method["id"], customer=None)
    assert account.rows(path) == []
    assert [event["data"]["object"]["id"] for event in events(account, "payment_method.detached")] == [method["id"]]


def test_what_lies_below_a_missing_object_is_missing(get: Get) -> None:
    assert error(get("/v1/invoices/in_none/lines"))[:2] == (404, "resource_missing")
