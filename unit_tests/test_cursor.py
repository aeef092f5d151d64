"""No pass finishes another: a state moves by what was read for its own reason, whatever else is read beside it."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from source_stripe.state.checkpoint import Mark
from source_stripe.state.cursor import WindowCursor
from source_stripe.state.memory import Memory, Notes
from source_stripe.state.position import Following, Listing
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
    state = Listing(Window(START, BEGUN), Following(BEGUN))
    cursor = WindowCursor("updated", state, Memory(start=START), NOW, said.append, lambda: float(next(seconds)))
    listed: list[Window] = []
    passed: list[Window] = []
    for number, (kind, window) in enumerate(steps):
        mark = Mark(number, Notes(window), window)
        match kind:
            case "listed":
                cursor.reach(mark)
                listed.append(window)
            case "followed":
                cursor.follow(mark)
                passed.append(window)
            case "relisted":
                cursor.relist(mark)
                passed.append(window)
            case _:
                cursor.settle((), mark.notes)
        unlisted = gaps(Window(START, BEGUN), listed)
        assert ("listing" in cursor.state) is bool(unlisted)
        assert tuple(wanted.window for wanted in cursor.unlisted) == unlisted
        assert cursor.fresh == next((gap.start for gap in gaps(Window(BEGUN, NOW), passed)), NOW)
        if not unlisted:
            break
