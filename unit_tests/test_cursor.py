"""No pass finishes another: a state moves by what was read for its own reason, whatever else is read beside it."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from source_stripe.state.checkpoint import Checkpoint
from source_stripe.state.cursor import WindowCursor
from source_stripe.state.memory import Memory, MemoryDelta
from source_stripe.state.position import Backfill, Incremental
from source_stripe.windows import Window, gaps

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
