"""However many streams are read, a few threads read them: as many as the system lets there be, and never too many."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import pytest
from airbyte_cdk.models import AirbyteStreamStatus

from integration_tests.oracle import wrong
from integration_tests.vocabulary import CATALOG, DAY, HOUR, Account, Sandbox, Synced, Time, settled, sync
from integration_tests.warehouse import Warehouse
from source_stripe.reasons import NO_THREADS

MOST = 64
"""Threads of a sync at 20 workers."""
LONGEST_SECONDS = 90
FAST = 60
"""Seconds that pass in one."""
START = threading.Thread.start

T = TypeVar("T")


@contextmanager
def threads(monkeypatch: pytest.MonkeyPatch, may_start: Callable[[threading.Thread, int], bool]) -> Iterator[list[int]]:
    """What is started inside, at each start how many of these are alive; refused as the system does where `may_start`
    says so, of a thread and the number of those that are alive."""
    start, lock, ours, counts = threading.Thread.start, threading.Lock(), list[threading.Thread](), list[int]()

    def watched(thread: threading.Thread) -> None:
        with lock:
            ours[:] = [one for one in ours if one.is_alive()]
            if not may_start(thread, len(ours)):
                raise RuntimeError("can't start new thread")
            start(thread)
            ours.append(thread)
            counts.append(len(ours))

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", watched)
        yield counts


def always(_thread: threading.Thread, _alive: int) -> bool:
    return True


def at_most(most: int) -> Callable[[threading.Thread, int], bool]:
    return lambda _, alive: alive < most


def readings_at_most(most: int) -> Callable[[threading.Thread, int], bool]:
    """As many threads as it takes for requests, and so many that read streams."""
    return lambda thread, _: not thread.name.startswith("readings") or int(thread.name.partition("-")[2]) <= most


def in_time(what: Callable[[], T]) -> T:
    """What comes of it, if it ends at all."""
    done = list[T]()
    thread = threading.Thread(target=lambda: done.append(what()), daemon=True)
    START(thread)
    thread.join(LONGEST_SECONDS)
    assert done, "It does not end."
    return done[0]


class Fast(Time):
    """A clock by which threads that sleep side by side wait together."""

    def now(self) -> float:
        return time.monotonic() * FAST

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / FAST)


def moved(account: Account) -> None:
    account.live(DAY, 120, silent=False)
    account.advance(HOUR)


def two_syncs(stripe: Sandbox, warehouse: Warehouse, workers: int = 6) -> tuple[Synced, Synced]:
    """All streams, and again after a day."""
    first = warehouse.take(in_time(lambda: sync(stripe, slice_range=60, num_workers=workers)))
    moved(stripe.account)
    return first, warehouse.take(in_time(lambda: sync(stripe, state=first.state, num_workers=workers)))


# Catches: a thread for each pass.
@pytest.mark.parametrize("fails", [False, True])
def test_all_streams_together_take_few_threads(monkeypatch: pytest.MonkeyPatch, fails: bool) -> None:
    stripe = settled(customers=20, seed=8)
    if fails:
        # Who waits before a request is sent again has another take its place.
        stripe.faults(0.15, seed=3)
    # The main thread and the one for signals are not started in a sync.
    with threads(monkeypatch, always) as counts:
        first, second = two_syncs(stripe, Warehouse(), 20)
    assert (first.error, second.error) == ("", "")
    assert max(counts) + 2 <= MOST


# Catches: a pass that holds its thread while it waits for a list that another pass has to go on with.
@pytest.mark.parametrize("most", [1, 2, 16])
def test_any_number_of_threads_that_read_brings_the_same(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    stripe, warehouse = settled(customers=20, seed=8), Warehouse()
    with threads(monkeypatch, readings_at_most(most)):
        first, second = two_syncs(stripe, warehouse)
    assert (first.error, second.error) == ("", "")
    assert wrong(stripe.account, warehouse) == {}
    reference = settled(customers=20, seed=8)
    expected = two_syncs(reference, Warehouse())
    for one, other in zip((first, second), expected, strict=True):
        assert {r.name: rows(one, r.name) for r in CATALOG} == {r.name: rows(other, r.name) for r in CATALOG}


def rows(synced: Synced, stream: str) -> list[str]:
    return sorted(repr(sorted(record.items())) for record in synced.records(stream))


@pytest.mark.parametrize("most", [2, 3, 8, 70])
def test_where_only_some_threads_can_be_started_these_read_everything(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    stripe, warehouse = settled(customers=10, seed=4), Warehouse()
    with threads(monkeypatch, at_most(most)) as counts:
        first, second = two_syncs(stripe, warehouse, 20)
    assert (first.error, second.error) == ("", "")
    assert max(counts) <= most
    assert wrong(stripe.account, warehouse) == {}


@pytest.mark.parametrize("most", [0, 1])
def test_where_no_stream_can_be_read_for_want_of_a_thread_a_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    stripe = settled(customers=5, seed=2)
    with threads(monkeypatch, at_most(most)):
        synced = in_time(lambda: sync(stripe))
    said = [synced.error, *(one for errors in synced.errors.values() for one in errors)]
    assert any(NO_THREADS in one for one in said)
    assert not any(synced.records(resource) for resource in CATALOG)


# Catches: a thread that a failing stream keeps from the others, and a list that waits for a stream that has failed.
@pytest.mark.parametrize("status", [403, 500])
def test_streams_that_fail_hold_up_no_other_even_in_one_thread(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    stripe = settled(customers=10, seed=4)
    first = sync(stripe)
    moved(stripe.account)
    refused = {"/v1/charges", "/v1/customers"}
    for path in refused:
        stripe.refuses(path, status)
    for state in (None, first.state):
        with threads(monkeypatch, readings_at_most(1)):
            synced = in_time(partial(sync, stripe, state=state, time=Fast()))
        failed = {name for name, how in synced.statuses.items() if how is AirbyteStreamStatus.INCOMPLETE}
        assert {"charges", "customers"} <= failed == set(synced.errors)
        assert set(synced.statuses) == {resource.name for resource in CATALOG}
        assert len(failed) < len(CATALOG) / 3


@pytest.mark.parametrize("taken", [3, 200, 600, 700])
@pytest.mark.parametrize("others", [[], ["all"]], ids=["one account", "all accounts"])
def test_a_sync_that_is_broken_off_leaves_no_thread(taken: int, others: list[str]) -> None:
    stripe = settled(customers=20, seed=8)
    before = set(threading.enumerate())
    sync(stripe, at_most=taken, connected_accounts=others)
    ends = [thread for thread in threading.enumerate() if thread not in before]
    for thread in ends:
        thread.join(20)
    assert not [thread for thread in ends if thread.is_alive()]
