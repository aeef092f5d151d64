"""Time is Stripe's: whatever the host's clock says, nothing is lost, and no state passes Stripe's time."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace

import pytest

from integration_tests.oracle import differences, wrong
from integration_tests.sandbox import Request, Response
from integration_tests.story import Story
from integration_tests.vocabulary import CATALOG, DAY, HOUR, NOW, Account, Sandbox, Synced, blob, settled, sync
from integration_tests.warehouse import Warehouse
from source_stripe.catalog.billing import customer_balance_transactions, customer_tax_ids, invoice_line_items, invoices
from source_stripe.catalog.core import balance_transactions, charges, customers, events, setup_attempts
from source_stripe.catalog.payment_methods import payment_methods
from source_stripe.declaration.resource import Resource

MINUTE = 60
LATEST = 10 * MINUTE
"""How long after its stamp something may become visible and is still delivered; docs/how.md promises it."""


def positions(synced: Synced) -> Iterable[int]:
    """Every second up to which a state says that everything is read."""
    for message in synced.messages:
        if message.state:
            yield from _positions(blob(message.state))


def _positions(state: dict[str, object]) -> Iterable[int]:
    for name, value in state.items():
        match name, value:
            case "members", dict():
                for member in value.values():
                    yield from _positions(member)
            case "listing", dict():
                yield max(value["whole"][1], value.get("since", 0))
            case ("updated" | "created", int()):
                yield value
            case _ if name.endswith(("_updated", "_created")) and isinstance(value, int):
                yield value


@pytest.mark.parametrize("ahead", [75, 300, 1_200, 3_600, 40 * DAY, -75, -3_600])
def test_a_clock_that_is_off_loses_nothing(ahead: int) -> None:
    stripe, warehouse = settled(customers=12, seed=8), Warehouse()
    last = Synced()
    for _ in range(3):
        last = warehouse.take(sync(stripe, state=last.state, ahead_seconds=ahead))
        assert last.error == ""
        assert max(positions(last)) <= stripe.account.now - MINUTE
        stripe.account.live(HOUR // 2, 25, silent=False)
    stripe.account.advance(max(0, -ahead) + HOUR)
    assert warehouse.take(sync(stripe, state=last.state, ahead_seconds=ahead)).error == ""
    assert wrong(stripe.account, warehouse) == {}


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (90, "90 seconds ahead of Stripe's; this sync goes by Stripe's"),
        (-90, "90 seconds behind Stripe's: what changed in that time is left to the next sync"),
        (3, ""),
        (-3, ""),
    ],
)
def test_how_far_off_the_clock_is_stands_in_the_log(
    ahead: int, said: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("airbyte"), "disabled", False)
    with caplog.at_level(logging.WARNING, "airbyte"):
        sync(settled(customers=1), [customers], ahead_seconds=ahead)
    warnings = [record.message for record in caplog.records if "clock" in record.message]
    assert [said in warning for warning in warnings] == ([True] if said else [])


def test_a_full_refresh_brings_all_that_is_there_though_the_clock_is_behind() -> None:
    stripe = settled(customers=5)
    stripe.account.create("customer")
    stripe.account.advance(1)
    synced = sync(stripe, [customers], incremental=False, ahead_seconds=-HOUR)
    assert len(synced.records(customers)) == len(stripe.account.rows("/v1/customers"))


@pytest.mark.parametrize("still_ahead", [0, 2 * DAY])
def test_a_state_that_an_earlier_version_wrote_with_a_clock_ahead_is_mended(still_ahead: int) -> None:
    stripe, warehouse = settled(customers=10, seed=2), Warehouse()
    first = warehouse.take(sync(stripe))
    for message in first.state:
        assert message.stream
        assert message.stream.stream_state
        for name, value in blob(message).items():
            if name == "updated" and "members" not in blob(message):
                setattr(message.stream.stream_state, name, value + DAY)
    stripe.account.live(HOUR, 60, silent=False)
    stripe.account.advance(HOUR)
    second = warehouse.take(sync(stripe, state=first.state, ahead_seconds=still_ahead))
    assert second.error == ""
    assert wrong(stripe.account, warehouse) == {}
    assert max(positions(second)) <= stripe.account.now - MINUTE


SEEN_LATE = pytest.mark.parametrize("delay", [90, 400, LATEST - 1])
OF_EVERY_KIND = pytest.mark.parametrize(
    "resource",
    [
        customers,
        charges,
        balance_transactions,
        payment_methods,
        invoices,
        invoice_line_items,
        customer_tax_ids,
        customer_balance_transactions,
        setup_attempts,
        events,
    ],
    ids=lambda resource: resource.name,
)


@SEEN_LATE
@OF_EVERY_KIND
@pytest.mark.parametrize("seam", ["first", "later", "after a gap"])
@pytest.mark.parametrize("late", ["event", "row", "both"])
def test_what_appears_late_is_delivered_after_every_sync(resource: Resource, delay: int, seam: str, late: str) -> None:
    account = Account(NOW)
    account.create("customer", tax_ids=1)
    account.advance(DAY)
    stripe, warehouse, state = Sandbox(account), Warehouse(), Synced().state
    if seam != "first":
        state = warehouse.take(sync(stripe, [resource])).state
        account.advance(35 * DAY if seam == "after a gap" else DAY)
    account.late(0 if late == "row" else 1, rows=0 if late == "event" else 1)
    _everything_comes(account, delay)
    account.late(0)
    # The sync comes when its window has just passed the stamp, and what came cannot be seen yet.
    account.advance(61)
    state = warehouse.take(sync(stripe, [resource], state)).state
    account.advance(delay)
    state = warehouse.take(sync(stripe, [resource], state)).state
    account.advance(HOUR)
    last = warehouse.take(sync(stripe, [resource], state))
    assert last.error == ""
    if resource is not events:
        assert differences(account, warehouse, resource) == []
    else:
        assert warehouse.rows(events).keys() >= {event["id"] for event in account.rows("/v1/events")}


def _everything_comes(account: Account, delay: int) -> None:
    """Something of every kind comes, and stands in lists, or is told of, only `delay` seconds later."""
    known = {event["id"] for event in account.objects("event")}
    listed = set(account._listed_from)
    customer = account.create("customer", tax_ids=2, payment_methods=1, balance_transactions=2)
    intent = account.create("setup_intent", customer=customer["id"])
    account.create("setup_attempt", setup_intent=intent["id"])
    account.create("charge", customer=customer["id"])
    account.create("invoice", customer=customer["id"], lines=12)
    if account._late_seconds:
        for event in account.objects("event"):
            if event["id"] not in known:
                account._visible_from[event["id"]] = event["created"] + delay
    for key in account._listed_from.keys() - listed:
        account._listed_from[key] = account.now + delay


def test_a_first_sync_and_the_next_repeat_nothing_of_what_came_just_before() -> None:
    account = Account(NOW)
    account.advance(HOUR)
    for _ in range(5):
        account.create("charge")
        account.create("checkout.session")
        account.advance(50)
    account.advance(61)
    stripe = Sandbox(account)
    first = sync(stripe, CATALOG)
    account.advance(MINUTE)
    second = sync(stripe, CATALOG, first.state)
    assert second.error == ""
    incremental = [resource for resource in CATALOG if resource.cursor]
    repeated = {resource.name: second.ids(resource) & first.ids(resource) for resource in incremental}
    assert {name: ids for name, ids in repeated.items() if ids} == {}


# Catches: any header `Date` taken for Stripe's time, which puts a state before 1970 that the next sync refuses.
@pytest.mark.parametrize("year", ["1970", "1980", "2012", "9999", "0000", "x"])
def test_a_date_that_is_not_stripes_loses_nothing(year: str) -> None:
    stripe, warehouse = settled(customers=5, seed=8), Warehouse()
    sound = stripe.handle

    def handle(request: Request) -> Response:
        answer = sound(request)
        return replace(answer, headers={**answer.headers, "Date": f"Thu, 01 Jan {year} 00:00:00 GMT"})

    stripe.handle = handle  # type: ignore[method-assign]
    first = warehouse.take(sync(stripe, [customers, charges, invoice_line_items]))
    stripe.handle = sound  # type: ignore[method-assign]
    stripe.account.live(HOUR, 20, silent=False)
    stripe.account.advance(HOUR)
    second = warehouse.take(sync(stripe, [customers, charges, invoice_line_items], first.state))
    assert second.error == ""
    for resource in (customers, charges, invoice_line_items):
        assert differences(stripe.account, warehouse, resource) == []


def test_an_object_of_the_future_is_listed_and_comes_once() -> None:
    story = Story(charges, customers)
    with story.account.at(NOW + 400 * DAY):
        story.account.create("charge")
    story.account.create("charge")
    assert len(story.sync().ids(charges)) == 2
    assert story.sync().records(charges) == []


def test_what_was_created_a_moment_ago_is_left_to_the_next_sync() -> None:
    account = Account(NOW)
    account.create("customer")
    stripe = Sandbox(account)
    first = sync(stripe, [customers])
    assert first.records(customers) == []
    account.advance(HOUR)
    assert len(sync(stripe, [customers], first.state).records(customers)) == 1
