"""After any history of the account and of its syncs the replica is right. `make histories` looks at thousands."""

from __future__ import annotations

import pytest

from integration_tests.histories import run
from integration_tests.machine import History
from integration_tests.replica import Replica
from integration_tests.vocabulary import HOUR


@pytest.mark.timeout(900)  # a history that goes wrong is shortened for minutes before it is shown
def test_the_replica_is_right_after_any_history() -> None:
    run(examples=40)


@pytest.mark.parametrize("luck", range(6))
def test_of_two_events_of_one_second_the_one_that_appears_later_is_not_the_row(luck: int) -> None:
    replica = Replica()
    account = replica.account
    customer = account.create("customer")
    replica.sync()
    account.advance(HOUR)
    account.rng.seed(luck)
    account.late(180)
    method = account.create("payment_method", customer=customer["id"])
    account.late(0)
    account.update(method["id"], customer=None)
    account.advance(61)
    replica.sync()
    assert replica.settle() == {}


def test_an_update_that_appears_late_is_not_taken_for_the_birth_of_what_the_first_sync_listed() -> None:
    history = History()
    history.a_customer_comes_with_everything()
    history.a_sync_follows_close_on_a_change(after=61, kind="invoice", which=0)
    history.what_was_received_is_taken_back(of="credit", which=0)
    history.a_sync_follows_close_on_a_change(after=61, kind="customer", which=0)
    history.end()


def test_a_list_below_an_object_that_no_event_announces_is_asked_for_again_while_it_may_show_more() -> None:
    history = History()
    history.what_happens_is_seen_late(rows=127, seconds=0)
    history.something_is_deleted(kind="customer", which=0)
    history.something_is_deleted(kind="person", which=0)  # of a connected account, which comes with capabilities
    history.a_sync(after=0, ahead=0, days=1, workers=1)
    history.a_sync(after=61, ahead=0, days=1, workers=1)
    history.end()


def test_what_lies_under_an_object_that_was_deleted_and_made_again_within_a_second_is_delivered() -> None:
    history = History()
    history.something_named_is_deleted_and_made_again(kind="product", pause=0)
    history.life_goes_on(changes=17, luck=1, seconds=0)
    history.a_sync(after=0, ahead=0, days=1, workers=1)
    history.end()
