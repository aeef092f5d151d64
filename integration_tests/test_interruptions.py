"""A sync may end anywhere: nothing that a state vouches for is missing, and the next sync brings what is owed."""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests.oracle import differences, held, wrong
from integration_tests.replica import Replica
from integration_tests.vocabulary import (
    CATALOG,
    DAY,
    HOUR,
    NOW,
    Account,
    Hurried,
    Record,
    Sandbox,
    blob,
    joined,
    name_of,
    settled,
    sync,
)
from integration_tests.warehouse import Warehouse
from source_stripe.catalog.billing import invoice_line_items, invoices
from source_stripe.catalog.core import charges
from source_stripe.catalog.payment_methods import payment_methods
from source_stripe.declaration.resource import Relist, Resource, Scope
from source_stripe.declaration.scopes import connected_part, own_part
from source_stripe.state.accounts import groups, without_block
from source_stripe.state.known import KnownChildren
from source_stripe.state.wire import dump, load_memory, load_position

every_incremental_stream = pytest.mark.parametrize(
    "resource", [resource for resource in CATALOG if resource.cursor], ids=lambda resource: resource.name
)


@pytest.fixture(scope="module")
def account() -> Account:
    return settled(customers=25, seed=3).account


@every_incremental_stream
def test_a_first_sync_cut_at_any_request_and_resumed_loses_nothing(account: Account, resource: Resource) -> None:
    whole = Sandbox(account)
    sync(whole, [resource], slice_range=200)
    cuts = range(whole.count()) if whole.count() <= 12 else range(0, whole.count(), whole.count() // 12)
    for cut in cuts:
        stripe, warehouse = Sandbox(account), Warehouse()
        stripe.fails_after(cut)
        first = warehouse.take(sync(stripe, [resource], slice_range=200))
        assert first.error, cut
        stripe.recovers()
        assert warehouse.take(sync(stripe, [resource], first.state, slice_range=200)).error == ""
        assert differences(account, warehouse, resource) == [], cut


@pytest.fixture(scope="module")
def moving() -> Account:
    """An account whose clock goes on between syncs, so that a later sync also reads what has passed since."""
    account = settled(customers=25, seed=3).account
    # Usage that is older than what a later sync compares.
    meter = account.rows("/v1/billing/meters")[0]["id"]
    for subscription in account.rows("/v1/subscriptions", status="all"):
        for days in (2, 20, 34):
            account.uses(meter, subscription["customer"], 5.0, account.now - days * DAY)
    account.advance(60 * DAY)
    return account


@every_incremental_stream
def test_a_first_sync_cut_resumed_and_cut_again_loses_nothing(moving: Account, resource: Resource) -> None:
    account, whole = moving, Sandbox(moving)
    sync(whole, [resource], slice_range=200)
    for first, second in ((2, 2), (whole.count() // 2, 3), (whole.count() // 3, whole.count() // 2)):
        stripe, warehouse, state = Sandbox(account), Warehouse(), joined()
        for cut in (first, second):
            stripe.fails_after(max(1, cut))
            state = joined(
                state, warehouse.take(sync(stripe, [resource], state, slice_range=200, time=Hurried())).state
            )
            stripe.recovers()
        assert warehouse.take(sync(stripe, [resource], state, slice_range=200)).error == ""
        assert differences(account, warehouse, resource) == [], (first, second)


@every_incremental_stream
def test_every_state_that_is_printed_is_taken_back_word_for_word(account: Account, resource: Resource) -> None:
    stripe = Sandbox(account)
    stripe.fails_after(9)
    broken = sync(stripe, [resource], slice_range=100, time=Hurried())
    stripe.recovers()
    first = sync(stripe, [resource], broken.state, slice_range=100, time=Hurried())
    second = sync(stripe, [resource], first.state, time=Hurried())
    printed = [message.state for synced in (broken, first, second) for message in synced.messages if message.state]
    assert printed
    for state in printed:
        for part, said in said_by(resource, blob(state)):
            assert written(part, said) == said


def test_a_later_sync_killed_after_any_state_loses_nothing_and_repeats_only_what_was_not_vouched_for() -> None:
    stripe, before = settled(customers=12, seed=11), Warehouse()
    first = before.take(sync(stripe))
    stripe.account.live(2 * DAY, 120, silent=False)
    stripe.account.advance(HOUR)
    whole = sync(stripe, state=first.state, time=Hurried(), num_workers=1)
    states = [index for index, message in enumerate(whole.messages) if message.state]
    for index in states[:: max(1, len(states) // 12)]:
        warehouse = Warehouse()
        warehouse.take(first)
        killed = warehouse.take(sync(stripe, state=first.state, at_most=index + 1, time=Hurried(), num_workers=1))
        assert warehouse.take(sync(stripe, state=joined(first.state, killed.state))).error == ""
        assert wrong(stripe.account, warehouse) == {}, index


UNIONS = [one for one in CATALOG if one.members and one.scope is Scope.ACCOUNT]


@pytest.mark.parametrize("resource", UNIONS, ids=lambda one: one.name)
def test_the_first_state_of_a_union_holds_all_that_the_one_before_held(resource: Resource) -> None:
    stripe = settled(customers=15, seed=4)
    first = sync(stripe, [resource])
    held = dict(said_by(resource, first.position(resource)))
    assert len(held) == len(resource.members)
    stripe.account.live(DAY, 60, silent=False)
    stripe.account.advance(HOUR)
    second = sync(stripe, [resource], first.state, time=Hurried())
    printed = next(message.state for message in second.messages if message.state)
    for member, said in said_by(resource, blob(printed)):
        assert said.get("known", {}).keys() >= held[member].get("known", {}).keys()
        assert said["updated"] >= held[member]["updated"]
        assert said["start"] == held[member]["start"]
    assert set(dict(said_by(resource, blob(printed)))) == set(held)


def said_by(resource: Resource, state: dict[str, Any]) -> list[tuple[Resource, dict[str, Any]]]:
    """What a state says of each of the declarations that bring the rows."""
    if resource.scope is Scope.PLATFORM:
        own = own_part(resource)
        others = [(connected_part(resource, ids[0]), dict(said)) for said, ids in groups(state)]
        return [(part, said) for part, said in ((own, without_block(state)), *others) if part]
    if not resource.members:
        return [(resource, state)]
    members = enumerate(resource.members)
    return [(member, state["members"][str(n)]) for n, member in members if str(n) in state["members"]]


def written(resource: Resource, said: dict[str, Any]) -> dict[str, Any]:
    """A state as it is written once it has been read."""
    state = load_position(said, resource.cursor)
    assert state
    memory = load_memory(said)
    return dump(state, memory, KnownChildren(memory.known), resource.cursor)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("lost", [False, True], ids=["what no state vouches for is kept", "it is lost"])
def test_a_sync_killed_at_any_message_again_and_again_loses_nothing_of_a_living_account(seed: int, lost: bool) -> None:
    replica = Replica(settled(customers=15, seed=seed).account)
    for kill_after in (400, 150, 700):
        replica.sync(at_most=kill_after, slice_range=100, unvouched_are_lost=lost)
        replica.account.live(HOUR, 15, silent=False)
    assert replica.settle() == {}


def test_a_later_sync_that_failed_is_owed_whole() -> None:
    stripe, warehouse = settled(customers=20, seed=9), Warehouse()
    first = warehouse.take(sync(stripe))
    stripe.account.live(2 * DAY, 150, silent=False)
    stripe.account.advance(HOUR)
    state = first.state
    for requests in (0, 1, 5, 20, 40):
        stripe.fails_after(requests)
        failed = warehouse.take(sync(stripe, state=state))
        assert failed.error
        state = joined(state, failed.state)
        stripe.recovers()
    assert warehouse.take(sync(stripe, state=state)).error == ""
    assert wrong(stripe.account, warehouse) == {}


@pytest.mark.parametrize("resource", [charges, invoices, invoice_line_items, payment_methods], ids=lambda r: r.name)
def test_at_every_moment_the_records_a_state_vouches_for_are_out(account: Account, resource: Resource) -> None:
    everything = sync(Sandbox(account), [resource], slice_range=50, num_workers=8)
    born = {record["id"]: _born(record) for record in everything.records(resource)}
    out: set[str] = set()
    for message in everything.messages:
        if message.record:
            out.add(message.record.data["id"])
        elif message.state:
            position = blob(message.state)
            done = position["listing"].get("done", []) if "listing" in position else [[0, NOW + DAY]]
            vouched = {key for key, at in born.items() if any(start <= at < end for start, end in done)}
            assert vouched <= out


def test_an_interrupted_pass_never_looks_like_a_finished_one() -> None:
    account = Account(NOW)
    account.has("charge", 450)
    account.advance(HOUR)
    stripe = Sandbox(account)
    stripe.fails_after(3)
    position = sync(stripe, [charges]).position(charges)
    assert "listing" in position
    assert "updated" not in position


def test_where_a_first_pass_begins_is_told_before_its_first_record(account: Account) -> None:
    first: dict[str, str] = {}
    for message in sync(Sandbox(account)).messages:
        if message.state:
            first.setdefault(name_of(message.state), "state")
        elif message.record:
            first.setdefault(message.record.stream, "record")
    assert {
        resource.name: first[resource.name] for resource in CATALOG if resource.cursor and resource.name in first
    } == (dict.fromkeys([resource.name for resource in CATALOG if resource.cursor], "state"))


def test_a_sync_that_is_resumed_brings_what_changed_meanwhile_too() -> None:
    stripe, warehouse = settled(customers=30, seed=4), Warehouse()
    stripe.fails_after(40)
    first = warehouse.take(sync(stripe))
    stripe.recovers()
    stripe.account.live(DAY, 120, silent=False)
    stripe.account.advance(HOUR)
    warehouse.take(sync(stripe, state=first.state))
    assert wrong(stripe.account, warehouse) == {}


def _born(record: Record) -> int:
    """When the object was created that a record was listed by."""
    at: int = record["updated"] if "updated" in record else record["invoice_created"]
    return at


@pytest.mark.parametrize(
    "resource", [one for one in CATALOG if isinstance(one.later, Relist)], ids=lambda one: one.name
)
def test_a_state_says_that_the_first_pass_is_over_only_once_every_row_is_out(
    moving: Account, resource: Resource
) -> None:
    expected = held(moving, resource).keys()
    for cut in (3, 9, 15):
        stripe = Sandbox(moving)
        stripe.fails_after(cut)
        broken = sync(stripe, [resource], slice_range=200, time=Hurried())
        stripe.recovers()
        moving.advance(90)
        out = broken.ids(resource)
        for message in sync(stripe, [resource], broken.state, slice_range=200, time=Hurried()).messages:
            if message.record:
                out.add(resource.identity(message.record.data))
            elif message.state and "listing" not in blob(message.state):
                assert expected <= out
