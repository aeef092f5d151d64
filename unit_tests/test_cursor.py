"""No pass finishes another: a state moves by what was read for its own reason, whatever else is read beside it."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from source_stripe.state.checkpoint import Checkpoint
from source_stripe.state.cursor import PAUSE_SECONDS, WindowCursor
from source_stripe.state.memory import Memory, MemoryDelta
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


def emitted(seconds: list[float], *, checkpoints: bool = True) -> tuple[WindowCursor, list[MutableMapping[str, Any]]]:
    """A first pass over ten slices, the list of the states that it emits, and a clock that the list holds."""
    said: list[MutableMapping[str, Any]] = []
    state = Backfill(Window(START, BEGUN), Incremental(BEGUN))
    cursor = WindowCursor(
        "updated",
        state,
        Memory(start=START),
        NOW,
        said.append,
        lambda: seconds[0],
        slice_seconds=100,
        checkpoints=checkpoints,
    )
    return cursor, said


def closing(scan: int, start: int, end: int) -> Checkpoint:
    return Checkpoint(scan, MemoryDelta(Window(start, end)), Window(start, end))


# Catches: a first pass that is called done at any window, or whose end waits to be told.
def test_a_state_is_emitted_when_a_slice_is_out_or_the_pass_over_or_time_has_passed_and_else_not() -> None:
    seconds = [0.0]
    cursor, said = emitted(seconds)
    cursor.begin()
    assert [set(state) for state in said] == [{"listing", "recent", "start"} & set(said[0])]
    cursor.advance_backfill(closing(1, 1_950, 2_000))
    assert len(said) == 1
    cursor.advance_backfill(closing(2, 1_900, 1_950))
    assert len(said) == 2
    cursor.advance_backfill(closing(3, 1_050, 1_900))
    assert len(said) == 2
    seconds[0] += PAUSE_SECONDS
    cursor.advance_backfill(closing(4, 1_030, 1_050))
    assert len(said) == 3
    cursor.advance_backfill(closing(5, 1_000, 1_010))
    assert len(said) == 4
    assert all("listing" in state for state in said)
    cursor.advance_backfill(closing(6, 1_010, 1_030))
    assert len(said) == 5
    assert said[-1]["updated"] == BEGUN
    cursor.advance_changes(closing(7, 2_000, 2_050))
    assert len(said) == 6
    cursor.advance_changes(closing(8, 2_050, 2_150))
    assert len(said) == 6
    cursor.emit_last()
    assert said[-1]["updated"] == 2_150


# Catches: a place that is forgotten before a state has told it, or told once its window is closed.
def test_a_place_in_an_open_window_is_in_the_next_state_and_gone_with_its_window() -> None:
    seconds = [0.0]
    cursor, said = emitted(seconds)
    window = Window(1_500, 2_000)
    cursor.advance_backfill(Checkpoint(1, MemoryDelta(window), None, Wanted(window, "ch_1", 1_900)))
    assert said == []
    seconds[0] += PAUSE_SECONDS
    cursor.advance_backfill(Checkpoint(1, MemoryDelta(window), None, Wanted(window, "ch_2", 1_800)))
    assert [wanted for wanted in cursor.backfill_gaps if wanted.after_id] == [Wanted(window, "ch_2", 1_800)]
    assert said[-1]["listing"]["places"]
    cursor.advance_backfill(Checkpoint(1, MemoryDelta(window), None, Wanted(window, "ch_3", 1_700)))
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
