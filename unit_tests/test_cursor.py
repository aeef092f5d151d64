"""No pass finishes another: a state moves by what was read for its own reason, whatever else is read beside it."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from source_stripe.state.checkpoint import Checkpoint
from source_stripe.state.cursor import WindowCursor
from source_stripe.state.memory import Memory, MemoryDelta
from source_stripe.state.pace import PACE, StateBudget, size_of
from source_stripe.state.position import Backfill, Incremental
from source_stripe.windows import Wanted, Window, gaps

START, BEGUN, NOW = 1_000, 2_000, 3_000

WINDOWS = st.tuples(st.integers(0, 20), st.integers(1, 20)).map(
    lambda drawn: Window(START + drawn[0] * 50, min(BEGUN, START + (drawn[0] + drawn[1]) * 50))
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("listed"), WINDOWS),
        st.tuples(st.just("followed"), WINDOWS.map(lambda window: Window(window.start + 1_000, window.end + 1_000))),
        st.tuples(st.just("relisted"), st.just(Window(0, NOW))),
        st.tuples(st.just("settled"), st.just(Window(0, NOW))),
    ),
    max_size=12,
)


@given(STEPS)
def test_a_first_pass_is_over_when_its_own_windows_are_and_not_before(steps: list[tuple[str, Window]]) -> None:
    said: list[MutableMapping[str, Any]] = []
    seconds = iter(range(0, 1_000_000, 10))
    state = Backfill(Window(START, BEGUN), Incremental(BEGUN))
    cursor = WindowCursor("updated", state, Memory(start=START), NOW, said.append, lambda: float(next(seconds)))
    listed: list[Window] = []
    passed: list[Window] = []
    for number, (kind, window) in enumerate(steps):
        checkpoint = Checkpoint(number, MemoryDelta(window), window)
        match kind:
            case "listed":
                cursor.advance_backfill(checkpoint)
                listed.append(window)
            case "followed":
                cursor.advance_changes(checkpoint)
                passed.append(window)
            case "relisted":
                cursor.finish_diff(checkpoint)
                passed.append(window)
            case _:
                cursor.recheck_done((), checkpoint.delta)
        backfill_gaps = gaps(Window(START, BEGUN), listed)
        assert ("listing" in cursor.state) is bool(backfill_gaps)
        assert tuple(wanted.window for wanted in cursor.backfill_gaps) == backfill_gaps
        assert cursor.unread_from == next((gap.start for gap in gaps(Window(BEGUN, NOW), passed)), NOW)
        if not backfill_gaps:
            break


def emitted(
    seconds: list[float], *, checkpoints: bool = True, records: int = 0
) -> tuple[WindowCursor, list[MutableMapping[str, Any]]]:
    """A first pass after so many bytes of records, the list of the states that it emits, and a clock that the list
    holds."""
    budget = StateBudget()
    budget.add_records(records)

    def emit(state: MutableMapping[str, Any]) -> None:
        budget.add_state(size_of(state))
        said.append(state)

    said: list[MutableMapping[str, Any]] = []
    state = Backfill(Window(START, BEGUN), Incremental(BEGUN))
    cursor = WindowCursor(
        "updated",
        state,
        Memory(start=START),
        NOW,
        emit,
        lambda: seconds[0],
        budget=budget,
        checkpoints=checkpoints,
    )
    return cursor, said


def closing(scan: int, start: int, end: int) -> Checkpoint:
    return Checkpoint(scan, MemoryDelta(Window(start, end)), Window(start, end))


def test_a_state_is_emitted_where_a_pass_begins_and_at_the_end_and_between_at_most_once_a_second() -> None:
    seconds = [0.0]
    cursor, said = emitted(seconds, records=1 << 30)
    cursor.begin()
    assert [set(state) for state in said] == [{"listing", "start"}]
    cursor.advance_backfill(closing(1, 1_900, 2_000))
    assert len(said) == 1
    seconds[0] += PACE.pause_seconds
    cursor.advance_backfill(closing(2, 1_050, 1_900))
    assert len(said) == 2
    cursor.advance_backfill(closing(3, 1_000, 1_050))
    assert len(said) == 2
    seconds[0] += PACE.pause_seconds
    cursor.advance_changes(closing(4, 2_000, 2_050))
    assert len(said) == 3
    assert said[-1]["updated"] == 2_050
    seconds[0] += PACE.pause_seconds
    cursor.advance_changes(closing(4, 2_000, 2_050))
    assert len(said) == 3, "nothing has moved"
    cursor.advance_changes(closing(5, 2_050, 2_150))
    cursor.emit_last()
    assert said[-1]["updated"] == 2_150


# Catches: a share that counts the last state out, or that no record ever fills.
@given(
    steps=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 40_000), st.integers(0, 900)), min_size=1, max_size=40)
)
def test_all_states_together_have_at_most_their_share_of_the_bytes_of_records(
    steps: list[tuple[int, int, int]],
) -> None:
    """But for those of every five minutes."""
    seconds, records, overdue, last = [0.0], 0, 0, 0.0
    cursor, said = emitted(seconds)
    cursor.begin()
    first = size_of(said[0])
    for number, (after, size, ids) in enumerate(steps):
        seconds[0] += after
        records += size
        cursor.budget.add_records(size)
        delta = MemoryDelta(Window(START, BEGUN), {f"ch_{number}_{id}": BEGUN for id in range(ids)})
        before = len(said)
        cursor.advance_backfill(Checkpoint(number, delta, None, Wanted(Window(START, BEGUN), f"ch_{number}", 1_500)))
        waited, said_one = seconds[0] - last, len(said) > before
        if waited >= PACE.longest_seconds:
            assert said_one
            overdue += size_of(said[-1])
        elif said_one:
            assert waited >= PACE.pause_seconds
            assert first + sum(map(size_of, said[1:])) + size_of(said[-1]) <= PACE.share * records + first + overdue
        last = seconds[0] if said_one else last


def test_while_states_are_worth_their_bytes_one_comes_every_second() -> None:
    seconds = [0.0]
    cursor, said = emitted(seconds)
    for number in range(50):
        seconds[0] += PACE.pause_seconds
        cursor.budget.add_records(100_000)
        cursor.advance_backfill(closing(number, BEGUN - 10 * number - 10, BEGUN - 10 * number))
    assert len(said) == 50


def test_a_pass_that_goes_on_does_not_tell_again_where_it_stands() -> None:
    said: list[MutableMapping[str, Any]] = []
    state = Backfill(Window(START, BEGUN), Incremental(BEGUN), (Window(1_500, BEGUN),))
    WindowCursor("updated", state, Memory(start=START), NOW, said.append, lambda: 0.0).begin()
    assert said == []


# Catches: a place that is forgotten before a state has told it, or told once its window is closed.
def test_a_place_in_an_open_window_is_in_the_next_state_and_gone_with_its_window() -> None:
    seconds = [0.0]
    cursor, said = emitted(seconds, records=1 << 30)
    window = Window(1_500, 2_000)
    cursor.advance_backfill(Checkpoint(1, MemoryDelta(window), None, Wanted(window, "ch_1", 1_900)))
    assert said == []
    seconds[0] += PACE.pause_seconds
    cursor.advance_backfill(Checkpoint(1, MemoryDelta(window), None, Wanted(window, "ch_2", 1_800)))
    assert [wanted for wanted in cursor.backfill_gaps if wanted.after_id] == [Wanted(window, "ch_2", 1_800)]
    assert said[-1]["listing"]["places"]
    cursor.advance_backfill(Checkpoint(1, MemoryDelta(window), None, Wanted(window, "ch_3", 1_700)))
    seconds[0] += PACE.pause_seconds
    cursor.advance_backfill(closing(1, *window))
    assert "places" not in said[-1]["listing"]
    assert cursor.backfill_gaps == (Wanted(Window(1_000, 1_500)),)


# Catches: a full refresh that leaves a state to go on from.
def test_a_full_refresh_leaves_nothing_to_a_later_sync() -> None:
    cursor, said = emitted([0.0], checkpoints=False)
    cursor.begin()
    cursor.advance_backfill(closing(1, 1_000, 1_100))
    assert said == []
    assert cursor.incremental_gaps == ()
    assert cursor.due == ()
    cursor.emit_last()
    assert [set(state) & {"listing", "updated"} for state in said] == [set()]
