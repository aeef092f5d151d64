"""What is remembered is bounded, survives the wire, and forgets nothing that is still owed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_stripe.account import Account
from source_stripe.state.memory import LOOKBACK_SECONDS, MOST_RECENT, Maturity, Memory, MemoryDelta
from source_stripe.state.wire import dump_memory, load_memory
from source_stripe.windows import DAY, Window

T = 1_790_000_000


def read(memory: Memory, start: int, end: int, *times: int) -> Memory:
    """A window of the changes read to its end, with an event at each of `times`."""
    delta = MemoryDelta(Window(start, end))
    for at in times:
        delta.deliver(f"evt_{at}", at)
    return memory.followed(delta, start if memory.since is None else max(start, memory.since), end)


@given(st.lists(st.integers(1, 2000), min_size=1, max_size=8), st.sets(st.integers(0, 9000)))
def test_all_that_was_delivered_and_will_be_read_again_is_remembered(lengths: list[int], events: set[int]) -> None:
    memory, position = Memory(), T
    for length in lengths:
        start = position if memory.since is None else memory.since
        times = [T + at for at in events if start <= T + at < position + length]
        delta = MemoryDelta(Window(start, position + length))
        for at in times:
            delta.deliver(f"evt_{at}", at)
        memory = memory.followed(delta, position, position + length)
        position += length
        assert memory.since == max(T, position - LOOKBACK_SECONDS)
        owed = {f"evt_{T + at}" for at in events if memory.since <= T + at < position}
        assert set(memory.recent) == owed


def test_windows_that_finish_early_are_remembered_too() -> None:
    early = MemoryDelta(Window(T + 300, T + 600))
    early.deliver("evt_late", T + 590)
    memory = Memory().followed(early, T, T)
    assert memory.since is None
    late = MemoryDelta(Window(T, T + 300))
    late.deliver("evt_early", T + 10)
    assert set(memory.followed(late, T, T + 600).recent) == {"evt_late", "evt_early"}


def test_the_memory_of_the_last_minutes_is_bounded_and_keeps_the_newest() -> None:
    delta = MemoryDelta(Window(T, T + 600))
    for number in range(MOST_RECENT + 50):
        delta.deliver(f"evt_{number}", T + number * 600 // (MOST_RECENT + 50))
    memory = Memory().followed(delta, T, T + 600)
    assert len(memory.recent) == MOST_RECENT
    assert f"evt_{MOST_RECENT + 49}" in memory.recent


def test_what_matures_is_due_when_its_time_has_come_and_once() -> None:
    delta = MemoryDelta(Window(T, T + DAY))
    delta.await_change(T + 2 * DAY, T + 5)
    delta.await_change(T + 2 * DAY + 7, T + 50)
    memory = Memory().listed(delta)
    assert memory.due(T + 2 * DAY - 1) == ()
    due = memory.due(T + 2 * DAY + 3)
    assert due == (Maturity(T + 2 * DAY, T + 2 * DAY + 3, Window(T + 5, T + 51)),)
    memory = memory.settled(due, MemoryDelta(Window(T, T + 1)))
    assert memory.due(T + 2 * DAY + 3) == ()
    due = memory.due(T + 3 * DAY)
    assert due == (Maturity(T + 2 * DAY + 4, T + 2 * DAY + 7, Window(T + 5, T + 51)),)
    assert memory.settled(due, MemoryDelta(Window(T, T + 1))).pending == ()


def test_what_is_not_settled_yet_stays_due() -> None:
    delta = MemoryDelta(Window(T, T + DAY))
    delta.await_change(T + DAY, T + 5)
    memory = Memory().listed(delta)
    still = MemoryDelta(Window(T, T + DAY))
    still.await_change(T + DAY, T + 5)
    assert memory.settled(memory.due(T + 2 * DAY), still).due(T + 2 * DAY)


def test_what_is_found_pending_while_the_due_is_read_again_is_not_settled_with_it() -> None:
    known, new = MemoryDelta(Window(T, T + DAY)), MemoryDelta(Window(T + DAY, T + 2 * DAY))
    known.await_change(T + DAY, T + 5)
    memory = Memory().listed(known)
    due = memory.due(T + DAY + 50)
    new.await_change(T + DAY, T + DAY + 5)
    memory = memory.listed(new).settled(due, MemoryDelta(Window(T, T + 1)))
    assert memory.due(T + DAY + 50) == (Maturity(T + DAY, T + DAY, Window(T + DAY + 5, T + DAY + 6)),)


def test_a_memory_survives_the_wire() -> None:
    delta = MemoryDelta(Window(T, T + 100))
    delta.deliver("evt_1", T + 10)
    delta.await_change(T + DAY, T + 5)
    memory = Memory(start=5, account=Account("acct_1", live=False)).followed(delta, T, T + 100)
    assert load_memory(json.loads(json.dumps(dump_memory(memory)))) == memory
    assert dump_memory(Memory()) == {}


def test_a_key_that_was_taken_for_an_account_is_not_carried_on() -> None:
    assert load_memory({"start": 5, "account": "sk_live_1234567890"}).account == Account()


@pytest.mark.parametrize(
    "blob",
    [
        {"recent": 5},
        {"recent": {"since": "x"}},
        {"recent": {"ids": {"evt_1": "x"}}},
        {"pending": 5},
        {"pending": [[1]]},
        {"known": {"cus_1": 5}},
        {"known": 5},
        {"known": "c-"},
        {"known": "not base85"},
        {"account": 5},
        {"livemode": "live"},
        {"start": "x"},
    ],
)
def test_a_damaged_memory_is_refused(blob: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"is|damaged"):
        load_memory(blob)
