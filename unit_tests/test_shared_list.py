"""The windows that several streams want of a list, as one plan."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from source_stripe.listing.shared_list import planned
from source_stripe.windows import Wanted, Window, merge

SECONDS = st.integers(0, 60)


@st.composite
def wanted(draw: st.DrawFn) -> dict[str, list[Wanted]]:
    """What up to three streams want: each some windows that do not overlap."""
    streams: dict[str, list[Wanted]] = {}
    for name in "abc"[: draw(st.integers(1, 3))]:
        edges = sorted(draw(st.sets(SECONDS, min_size=2, max_size=8)))
        windows = [Window(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False)]
        streams[name] = [
            Wanted(window, f"id_{name}", draw(st.integers(window.start, window.end - 1)))
            if draw(st.booleans())
            else Wanted(window)
            for window in windows
        ]
    return streams


@given(wanted())
def test_all_that_any_stream_wants_is_planned_once(streams: dict[str, list[Wanted]]) -> None:
    pieces = [one.window for one in planned(streams)]
    assert sum(piece.end - piece.start for piece in pieces) == sum(w.end - w.start for w in merge(pieces))
    assert merge(pieces) == merge(one.window for windows in streams.values() for one in windows)


@given(wanted())
def test_each_stream_wants_a_piece_whole_or_not_at_all(streams: dict[str, list[Wanted]]) -> None:
    for piece in planned(streams):
        for windows in streams.values():
            for one in windows:
                apart = one.window.end <= piece.window.start or piece.window.end <= one.window.start
                assert apart or (one.window.start <= piece.window.start and piece.window.end <= one.window.end)


@given(wanted())
def test_a_piece_goes_on_where_the_stream_stands_that_has_come_least_far(streams: dict[str, list[Wanted]]) -> None:
    every = [one for windows in streams.values() for one in windows]
    for piece in planned(streams):
        takers = [one for one in every if one.window.start <= piece.window.start < one.window.end]
        if piece.after_id:
            assert all(one.window == piece.window and one.after_id for one in takers)
            assert piece.created == max(one.created for one in takers)
        else:
            assert any(one.window != piece.window or not one.after_id for one in takers)
