"""Where a page, a window, an embedded list or a second ends, nothing is lost and nothing comes twice."""

from __future__ import annotations

import pytest

from integration_tests.oracle import differences, wrong
from integration_tests.vocabulary import CATALOG, DAY, HOUR, NOW, Account, Sandbox, asked, settled, sync
from integration_tests.warehouse import Warehouse
from source_stripe.catalog.billing import invoice_line_items, invoices, subscription_items
from source_stripe.catalog.checkout import checkout_sessions_line_items
from source_stripe.catalog.connect import application_fees_refunds, transfer_reversals
from source_stripe.catalog.core import charges, customers
from source_stripe.catalog.products import prices
from source_stripe.declaration.resource import Resource

LISTS = [
    (invoice_line_items, "invoice", "lines"),
    (subscription_items, "subscription", "items"),
    (checkout_sessions_line_items, "checkout.session", "line_items"),
    (transfer_reversals, "transfer", "reversals"),
    (application_fees_refunds, "application_fee", "refunds"),
]


def rested(account: Account) -> Sandbox:
    account.advance(HOUR)
    return Sandbox(account)


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 200, 201])
@pytest.mark.parametrize("resource", [customers, charges, prices], ids=lambda r: r.name)
def test_a_page_boundary_loses_and_repeats_nothing(resource: Resource, count: int) -> None:
    account = Account(NOW)
    account.has(resource.object, count)
    stripe, warehouse = rested(account), Warehouse()
    synced = warehouse.take(sync(stripe, [resource]))
    assert differences(account, warehouse, resource) == []
    assert len(synced.records(resource)) == len(synced.ids(resource)) == count


@pytest.mark.parametrize("days", [1, 7, 30, 365])
def test_a_window_boundary_loses_and_repeats_nothing(days: int) -> None:
    account, midnight = Account(NOW), NOW // DAY * DAY
    for edge in range(5):
        for offset in (-1, 0, 0, 1):
            account.has("customer", 60, between=(midnight - edge * DAY + offset, midnight - edge * DAY + offset + 1))
    stripe, warehouse = rested(account), Warehouse()
    synced = warehouse.take(sync(stripe, [customers], slice_range=days))
    assert differences(account, warehouse, customers) == []
    assert len(synced.records(customers)) == len(synced.ids(customers))


def test_hundreds_of_objects_of_one_second_are_one_windows() -> None:
    account = Account(NOW)
    account.has("customer", 350, between=(NOW - 5 * DAY, NOW - 5 * DAY + 1))
    warehouse = Warehouse()
    warehouse.take(sync(rested(account), [customers], slice_range=1))
    assert differences(account, warehouse, customers) == []


@pytest.mark.parametrize("count", [1, 9, 10, 11, 25, 100, 101, 205])
@pytest.mark.parametrize(("resource", "parent", "field"), LISTS, ids=lambda value: getattr(value, "name", value))
def test_a_list_longer_than_stripe_embeds_is_whole_on_both_paths(
    resource: Resource, parent: str, field: str, count: int
) -> None:
    account, warehouse = Account(NOW), Warehouse()
    account.create(parent, **{field: count})
    stripe = rested(account)
    first = warehouse.take(sync(stripe, [resource]))
    assert len(first.ids(resource)) == count
    account.create(parent, **{field: count})
    second = warehouse.take(sync(rested(account), [resource], first.state))
    assert len(second.ids(resource)) == count
    assert len(first.ids(resource) | second.ids(resource)) == 2 * count
    assert differences(account, warehouse, resource) == []


def test_lists_that_are_whole_cost_no_request_of_their_own() -> None:
    account = Account(NOW)
    for lines in (1, 3, 9):
        account.has("invoice", 30, lines=lines)
    stripe = rested(account)
    sync(stripe, [invoice_line_items])
    assert asked(stripe) == {"/v1/invoices": 1}


@pytest.mark.parametrize("workers", [1, 2, 16])
def test_the_outcome_is_the_same_for_any_number_of_workers(workers: int) -> None:
    stripe, warehouse = settled(customers=20, seed=8), Warehouse()
    first = warehouse.take(sync(stripe, num_workers=workers, slice_range=60))
    stripe.account.live(DAY, 120, silent=False)
    stripe.account.advance(HOUR)
    second = warehouse.take(sync(stripe, state=first.state, num_workers=workers))
    assert wrong(stripe.account, warehouse) == {}
    assert (first.error, second.error) == ("", "")
    reference = settled(customers=20, seed=8)
    expected = sync(reference, num_workers=6, slice_range=60)
    assert {r.name: _rows(first.records(r)) for r in CATALOG} == {r.name: _rows(expected.records(r)) for r in CATALOG}


def _rows(records: list[dict[str, object]]) -> list[str]:
    return sorted(repr(sorted(record.items())) for record in records)


def test_an_object_deleted_while_it_marks_the_place_in_a_list_costs_nothing() -> None:
    account = Account(NOW)
    account.has("customer", 260)
    stripe = rested(account)
    names = [customer["id"] for customer in account.rows("/v1/customers")]
    doomed = [names[99], names[98], names[199]]
    answer = stripe.handle

    def deleting(request):  # type: ignore[no-untyped-def]
        response = answer(request)
        for name in doomed:
            if f'"{name}"'.encode() in response.body and request.path == "/v1/customers":
                account.delete(name)
                doomed.remove(name)
                break
        return response

    stripe.handle = deleting  # type: ignore[method-assign]
    synced = sync(stripe, [customers])
    assert synced.error == ""
    left = {customer["id"] for customer in account.rows("/v1/customers")}
    assert left <= synced.ids(customers)
    assert len(synced.records(customers)) == len(synced.ids(customers))


def test_an_empty_account_has_a_position_for_every_stream() -> None:
    stripe = rested(Account(NOW))
    synced = sync(stripe)
    assert synced.error == ""
    assert all("listing" not in synced.position(resource) for resource in CATALOG)
    # One for each list and filter, whatever the number of streams that need it. The account itself is there: under it
    # are its bank accounts and its cards.
    lists = {
        (part.first.origin.path, params)
        for one in CATALOG
        for part in one.parts
        for params in part.first.origin.filters
    }
    under_the_account = 2
    assert stripe.count() == len(lists) + under_the_account


def test_what_is_older_than_the_start_date_is_left_out() -> None:
    account = Account(NOW)
    account.has("invoice", 40, between=(NOW - 100 * DAY, NOW))
    synced = sync(rested(account), [invoices], start_date="2026-08-01T00:00:00Z")
    start = 1_785_542_400
    assert synced.ids(invoices) == {i["id"] for i in account.rows("/v1/invoices") if i["created"] >= start}
    assert 0 < len(synced.ids(invoices)) < 40
