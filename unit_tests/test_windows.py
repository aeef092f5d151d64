"""Windows are sets of whole seconds; what is cut out of them is put together again without loss or overlap."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from source_stripe.windows import Window, gaps, merge, split, split_at

SECOND = st.integers(0, 200)
WINDOW = st.builds(lambda a, b: Window(min(a, b), max(a, b)), SECOND, SECOND)
WINDOWS = st.lists(WINDOW, max_size=8)


def seconds(*windows: Window) -> list[int]:
    return [second for window in windows for second in range(*window)]


@given(WINDOW, st.integers(1, 60))
def test_a_split_window_holds_the_same_seconds_once_each(whole: Window, step: int) -> None:
    pieces = list(split(whole, step))
    assert seconds(*pieces) == seconds(whole)
    assert all(0 < piece.end - piece.start <= step for piece in pieces)


@given(WINDOW, WINDOW, st.integers(1, 60))
def test_two_windows_are_split_alike_where_they_overlap(one: Window, other: Window, step: int) -> None:
    inner = {edge for piece in split(one, step) for edge in piece} - set(one)
    assert {edge for edge in inner if other.start < edge < other.end} <= {e for p in split(other, step) for e in p}


@given(WINDOW, st.lists(SECOND))
def test_a_window_cut_at_given_seconds_holds_the_same_seconds_once_each(whole: Window, cuts: list[int]) -> None:
    pieces = list(split_at(whole, cuts))
    assert seconds(*pieces) == seconds(whole)
    assert {piece.start for piece in pieces} >= {cut for cut in cuts if whole.start < cut < whole.end}


@given(WINDOWS)
def test_merged_windows_hold_the_same_seconds_and_neither_touch_nor_overlap(windows: list[Window]) -> None:
    merged = merge(windows)
    assert seconds(*merged) == sorted(set(seconds(*windows)))
    assert all(earlier.end < later.start for earlier, later in pairwise(merged))


@given(WINDOW, WINDOWS)
def test_what_is_left_is_the_whole_without_what_is_done(whole: Window, done: list[Window]) -> None:
    assert seconds(*gaps(whole, done)) == sorted(set(seconds(whole)) - set(seconds(*done)))
