"""Many accounts in one sync: what each alone delivers, and one account stops no other."""

from __future__ import annotations

import json
import logging
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteStreamStatus

from integration_tests.fleet_histories import MAIN as FEW
from integration_tests.fleet_histories import FleetHistory, killed_and_gone_on
from integration_tests.many import OF_ACCOUNTS, Fleet, bare, every, platform
from integration_tests.oracle import held
from integration_tests.sandbox import ORGANIZATION_KEY, Account, Sandbox
from integration_tests.vocabulary import CATALOG, DAY, HOUR, KEY, NOW, Synced, name_of, sync
from source_stripe.catalog.connect import accounts, country_specs
from source_stripe.catalog.core import balance, customers
from source_stripe.catalog.issuing import cardholders
from source_stripe.catalog.products import coupons
from source_stripe.declaration.resource import Resource, Scope
from source_stripe.runtime import Runtime
from source_stripe.source import SourceStripe
from unit_tests.laws import every as each
from unit_tests.laws import name_of as stream_name


@dataclass(eq=False)
class Together:
    """Four syncs of a platform, and the same of each of its accounts alone."""

    accounts: list[str]
    platform: str
    many: list[Synced]
    alone: dict[str, list[Synced]]


@cache
def together() -> Together:
    made = Account.populated(now=NOW, seed=3, customers=6, years=1)
    others = [made.connect() for _ in range(4)]
    for other in others:
        other.live(0, 150, silent=False)
    made.advance(2 * HOUR)
    stripe, accounts = Sandbox(made), [one.id for one in others]
    told: Together = Together(accounts, made.id, [], {account: [] for account in (made.id, *accounts)})

    def sync_all() -> None:
        states = told.many[-1].state if told.many else None
        told.many.append(sync(stripe, state=states, connected_accounts=[made.id, *accounts]))
        for account, syncs in told.alone.items():
            options: dict[str, Any] = {} if account == made.id else {"account_id": account}
            syncs.append(sync(stripe, OF_ACCOUNTS, syncs[-1].state if syncs else None, **options))

    sync_all()
    for other in others[:2]:
        other.live(0, 60, silent=False)
    made.live(3 * DAY, 60, silent=False)
    made.advance(HOUR)
    sync_all()
    # Nothing happens, but that an hour and then a day goes by.
    made.advance(HOUR)
    sync_all()
    made.advance(DAY + HOUR)
    sync_all()
    return told


@each("resource", OF_ACCOUNTS, stream_name)
def test_many_accounts_together_deliver_what_each_alone_delivers(resource: Resource) -> None:
    found = together()
    assert [one.error for one in found.many] == [""] * 4
    late: dict[str, Counter[str]] = {account: Counter() for account in found.alone}
    for number, synced in enumerate(found.many):
        rows = bare(synced.records(resource))
        for account, syncs in found.alone.items():
            alone = bare(syncs[number].records(resource)).get("", [])
            mine = rows.get(account, [])
            if account != found.platform and resource.matures:
                # In an account in which nothing happens these are asked for once a day.
                late[account].update(alone)
                late[account].subtract(mine)
            else:
                assert mine == alone, (number, account)
    assert all({json.loads(text)["id"] for text in +left} == set() for left in late.values())


def test_what_is_a_platforms_or_stripes_own_is_asked_for_once() -> None:
    made = platform(4, changes=5)
    fleet = Fleet(made)
    fleet.sync()
    wide = [one.first.origin.path for one in CATALOG if one.scope is Scope.STRIPE]
    asked = Counter(one.path for one in fleet.log)
    assert {path: asked[path] for path in (*wide, "/v1/accounts")} == dict.fromkeys((*wide, "/v1/accounts"), 1)
    assert fleet.differences() == {}


def test_an_idle_account_costs_one_request() -> None:
    made = platform(30, changes=5)
    fleet = Fleet(made, FEW)
    fleet.sync()
    made.advance(HOUR)
    assert fleet.sync().error == ""
    asked = Counter(one.account for one in fleet.log)
    assert {account: asked[account] for account in every(made) if account != made.id} == dict.fromkeys(
        made.connected, 1
    )
    assert len(fleet.log) <= 30 * 1.02 + 4


def test_objects_of_the_same_id_in_two_accounts_stay_two_rows() -> None:
    made = platform(2)
    for account in every(made).values():
        account.create("coupon", id="SUMMER")
    made.advance(HOUR)
    fleet = Fleet(made, FEW)
    fleet.sync()
    assert set(fleet.rows(coupons)) == {(id, "SUMMER") for id in every(made)}
    assert fleet.differences() == {}


def test_an_account_that_refuses_stops_no_other_and_has_its_history_once_it_is_allowed() -> None:
    made = platform(6, changes=10)
    refused, still = list(made.connected)[:2]
    fleet = Fleet(made, FEW)
    made.refusing.add(refused)
    first = fleet.sync()
    assert set(first.statuses.values()) == {AirbyteStreamStatus.INCOMPLETE}
    for sentences in first.errors.values():
        assert len(sentences) == 1
        assert f"1 of 6 accounts were not read whole: {refused}" in sentences[0]
    assert fleet.differences(every(made).keys() - {refused}) == {}
    made.refusing.add(still)
    for account in every(made).values():
        account.live(0, 10, silent=False)
    made.advance(HOUR)
    second = fleet.sync()
    assert all(said.startswith("2 of ") for [said] in second.errors.values())
    assert fleet.differences(every(made).keys() - {refused, still}) == {}
    made.refusing.clear()
    assert fleet.sync().error == ""
    assert fleet.differences() == {}


def test_a_product_that_accounts_lack_is_asked_for_now_and_then_and_is_whole_once_they_have_it() -> None:
    made = platform(6, changes=10)
    lacking = list(made.connected)[:3]
    fleet = Fleet(made, [*FEW, cardholders])

    def lacks(stripe: Sandbox) -> None:
        stripe.not_enabled("/v1/issuing", lacking)

    for account in every(made).values():
        account.create("issuing.cardholder")
    made.advance(HOUR)
    assert fleet.sync(lacks).error == ""
    assert fleet.differences(every(made).keys() - {*lacking}) == {}
    # What they lack is not asked for again while nobody can have enabled it, but once a day.
    made.advance(HOUR)
    assert fleet.sync(lacks).error == ""
    assert Counter(one.account for one in fleet.log if one.account) == dict.fromkeys(made.connected, 1)
    every(made)[lacking[0]].live(0, 10, silent=False)
    made.advance(HOUR)
    assert fleet.sync(lacks).error == ""
    assert not [one for one in fleet.log if one.account in lacking and "issuing" in one.path]
    made.advance(DAY)
    assert fleet.sync(lacks).error == ""
    assert {one.account for one in fleet.log if "issuing" in one.path} == {*lacking}
    # One by one they enable it.
    del lacking[0]
    made.advance(DAY)
    assert fleet.sync(lacks).error == ""
    made.advance(DAY + HOUR)
    assert fleet.sync().error == ""
    assert fleet.differences() == {}


def test_what_no_account_has_is_said_in_every_sync() -> None:
    made = platform(3, changes=5)
    fleet = Fleet(made, [*FEW, cardholders], connected_accounts=list(made.connected))

    def lacks(stripe: Sandbox) -> None:
        stripe.not_enabled("/v1/issuing")

    for _ in range(3):
        assert fleet.sync(lacks).error.startswith("Not read whole: cardholders.")
        made.advance(HOUR)


def test_an_account_connected_between_two_syncs_has_its_whole_history() -> None:
    made = platform(3, changes=10)
    fleet = Fleet(made)
    fleet.sync()
    late = made.connect(created=NOW - 300 * DAY)
    late.live(0, 80, silent=False)
    made.advance(2 * HOUR)
    assert fleet.sync().error == ""
    assert fleet.differences() == {}


@pytest.mark.parametrize("kill_after", [30, 60, 75, 85])
def test_a_first_sync_that_is_killed_is_gone_on_with_and_reads_no_finished_account_again(kill_after: int) -> None:
    done, wrong = killed_and_gone_on(Fleet(platform(25, changes=5), FEW), kill_after)
    assert wrong == {}
    assert done or kill_after < 85


# --- from one account to many, and back ---


def test_a_state_of_one_account_goes_on_as_the_platforms_own() -> None:
    made = platform(3, changes=10)
    made.live(0, 30, silent=False)
    made.advance(HOUR)
    stripe = Sandbox(made)
    one = sync(stripe, FEW)
    fleet = Fleet(made, FEW)
    fleet.state = {name_of(state): state for state in one.state}
    made.advance(HOUR)
    many = fleet.sync()
    assert many.error == ""
    others = every(made).keys() - {made.id}
    assert set(made.connected) & others >= {record["account_id"] for record in many.records(customers)} > set()
    assert fleet.differences(others) == {}


def test_the_state_of_a_connected_account_goes_on_among_the_others() -> None:
    made = platform(3, changes=10)
    first, *_ = made.connected
    one = sync(Sandbox(made), FEW, account_id=first)
    fleet = Fleet(made, FEW)
    fleet.state = {name_of(state): state for state in one.state}
    made.advance(HOUR)
    many = fleet.sync()
    assert many.error == ""
    assert first not in {record["account_id"] for stream in FEW for record in many.records(stream)}
    assert fleet.differences(every(made).keys() - {first}) == {}


def test_one_of_many_goes_on_alone_and_the_others_later() -> None:
    made = platform(3, changes=10)
    first, *rest = made.connected
    fleet = Fleet(made, FEW)
    fleet.sync()
    for account in every(made).values():
        account.create("customer", name="new")
    made.advance(HOUR)
    alone = fleet.sync(connected_accounts=[], account_id=first)
    assert alone.error == ""
    assert [record["name"] for record in alone.records(customers)] == ["new"]
    own = fleet.sync(connected_accounts=[])
    assert own.error == ""
    assert [record["name"] for record in own.records(customers)] == ["new"]
    again = fleet.sync()
    assert again.error == ""
    new = [record["account_id"] for record in again.records(customers)]
    assert sorted(new) == sorted(rest)


def test_accounts_that_leave_keep_their_states_for_thirty_days() -> None:
    made = platform(3, changes=3)
    gone, *_ = made.connected
    fleet = Fleet(made, FEW)
    fleet.sync()
    itself = made.stored("account", gone)
    made.store.drop(itself)
    for days, kept in ((1, True), (20, True), (11, False)):
        made.advance(days * DAY)
        assert fleet.sync().error == ""
        state = json.dumps(vars(fleet.state["customers"].stream.stream_state))  # type: ignore[union-attr]
        assert (gone.removeprefix("acct_") in state) is kept


# --- who is meant ---


def test_an_id_that_is_not_connected_is_named_by_the_sync() -> None:
    made = platform(2)
    known = list(made.connected)
    for account in every(made).values():
        account.create("customer", created=NOW)
    fleet = Fleet(made, FEW, connected_accounts=[known[0], "acct_stranger"])
    synced = fleet.sync()
    assert all("acct_stranger" in said for [said] in synced.errors.values())
    assert {record["account_id"] for stream in FEW for record in synced.records(stream)} == {known[0]}
    assert fleet.differences({known[0]}) == {}


def test_snapshots_are_whole_in_every_sync() -> None:
    made = platform(3)
    fleet = Fleet(made, [balance, customers])
    for _ in range(2):
        synced = fleet.sync()
        assert {record["account_id"] for record in synced.records(balance)} == set(every(made))
        made.advance(HOUR)


# --- organizations ---


def test_an_organizations_accounts_are_read_by_their_contexts_and_nothing_is_asked_without_one() -> None:
    main, other = Account.populated(NOW, 3, customers=3, years=1), Account.populated(NOW, 4, customers=3, years=1)
    below = main.connect()
    below.live(0, 30, silent=False)
    for account in (main, other):
        account.advance(2 * HOUR)
    stripe = Sandbox(main, members=[other])
    contexts = [main.id, other.id, f"{main.id}/{below.id}"]
    options: dict[str, Any] = {"client_secret": ORGANIZATION_KEY, "contexts": contexts}
    streams = [*FEW, accounts, country_specs]
    first = sync(stripe, streams, **options)
    assert first.error == ""
    for stream in FEW:
        rows = bare(first.records(stream))
        for account in (main, other, below):
            assert len(rows.get(account.id, [])) == len(held(account, stream)), stream.name
    assert {record["id"] for record in first.records(accounts)} == {
        row["id"] for one in (main, other) for row in one.rows("/v1/accounts")
    }
    other.create("customer", name="new")
    main.update(below.id, email="new@example.com")
    for account in (main, other):
        account.advance(HOUR)
    second = sync(stripe, streams, first.state, **options)
    assert second.error == ""
    assert [record["account_id"] for record in second.records(customers)] == [other.id]
    assert [record["email"] for record in second.records(accounts)] == ["new@example.com"]
    assert stripe.count("/v1/country_specs") == 2
    assert checked(stripe, **options) is None
    assert {one.account is None for one in stripe.log} == {False}


# --- check and discover ---


def checked(stripe: Sandbox, **options: object) -> str | None:
    """What `check` says is wrong."""
    source = SourceStripe(Runtime(session=stripe.session, clock=lambda: float(stripe.account.now)))
    config = {"client_secret": KEY, **options}
    return source.check_connection(logging.getLogger("airbyte"), config)[1]


def test_check_names_the_accounts_that_cannot_be_read() -> None:
    made = platform(3)
    known, refused, _ = made.connected
    made.refusing.add(refused)
    said = checked(Sandbox(made), connected_accounts=[known, refused, "acct_stranger"]) or ""
    assert said.startswith(f"Not to be read: {refused}, acct_stranger. ")
    assert checked(Sandbox(made), connected_accounts=[known]) is None
    assert checked(Sandbox(made), connected_accounts=["all"]) is None


@pytest.mark.parametrize("options", [{"connected_accounts": ["all"]}, {"contexts": ["acct_1"]}, {}])
def test_discover_shows_the_account_in_key_and_schema_where_several_are_read(options: dict[str, object]) -> None:
    source = SourceStripe(Runtime(session=Sandbox(Account(NOW)).session))
    streams = {stream.name: stream.as_airbyte_stream() for stream in source.streams({"client_secret": KEY, **options})}
    for resource in CATALOG:
        shown = streams[resource.name]
        told_apart = bool(options) and resource.scope is Scope.ACCOUNT
        key = [["account_id"], *([name] for name in resource.key)] if told_apart else [[name] for name in resource.key]
        assert shown.source_defined_primary_key == key
        if told_apart:
            assert shown.json_schema["properties"]["account_id"] == {"type": ["null", "string"]}


# --- histories ---


@pytest.mark.parametrize("seed", range(8))
def test_the_replica_is_right_after_any_history_of_several_accounts(seed: int) -> None:
    history = FleetHistory(seed)
    assert history.run() == {}, history.told
