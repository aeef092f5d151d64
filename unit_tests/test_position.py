"""A state can only mean "all of this is out", and survives the wire."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_stripe.state.position import MOST_PARTLY_OUT, Backfill, Incremental, PartlyOut, State, begin
from source_stripe.state.wire import dump_position, load_position
from source_stripe.windows import Wanted, Window, gaps, merge, split_at

CUTS = st.lists(st.integers(1, 999), max_size=6)


@given(CUTS, st.randoms(use_true_random=False), st.data())
def test_a_pass_closed_in_any_order_ends_in_following_from_where_it_began(cuts: list[int], random, data) -> None:  # type: ignore[no-untyped-def]
    pieces = list(split_at(Window(0, 1000), cuts))
    random.shuffle(pieces)
    state: State = begin(0, 1000)
    for piece in pieces:
        assert isinstance(state, Backfill)
        state = state.close(piece)
    assert state == Incremental(1000)


@given(CUTS, st.randoms(use_true_random=False), st.integers(0, 7))
def test_what_a_state_says_is_done_is_exactly_what_was_closed(cuts: list[int], random, count: int) -> None:  # type: ignore[no-untyped-def]
    pieces = list(split_at(Window(100, 1000), cuts))
    random.shuffle(pieces)
    state = Incremental(100)
    for piece in pieces[:count]:
        state = state.close(piece)
    assert state.incremental_gaps(1000) == gaps(Window(100, 1000), merge(pieces[:count]))


@given(CUTS, CUTS, st.booleans(), st.integers(0, 7))
def test_a_state_survives_the_wire(listed: list[int], followed: list[int], again: bool, count: int) -> None:
    state: State = begin(0, 1000, again=again)
    for piece in list(split_at(Window(1000, 2000), [1000 + cut for cut in followed]))[::-1][:count]:
        assert isinstance(state, Backfill)
        state = state.close_changes(piece)
    for piece in list(split_at(Window(0, 1000), listed))[1::2]:
        assert isinstance(state, Backfill)
        state = state.close(piece)
    assert load_position(json.loads(json.dumps(dump_position(state, "updated"))), "updated") == state


def every_other(cuts: list[int]) -> tuple[Window, ...]:
    return merge(list(split_at(Window(0, 1000), cuts))[::2])


PARTLY = st.builds(
    PartlyOut,
    CUTS.map(every_other),
    st.dictionaries(st.sampled_from(["/v1/a/{id}", "/v1/b/{id}"]), CUTS.map(every_other)),
)


@given(st.lists(PARTLY, max_size=6))
def test_what_is_partly_out_survives_the_wire(partly: list[PartlyOut]) -> None:
    state = Incremental(0)
    for one in partly:
        state = state.close_partly(one)
    assert len(state.partly) <= MOST_PARTLY_OUT
    assert load_position(json.loads(json.dumps(dump_position(state, "updated"))), "updated") == state


@given(PARTLY, CUTS, st.randoms(use_true_random=False))
def test_what_is_partly_out_is_told_until_its_windows_are_closed(partly: PartlyOut, cuts: list[int], random) -> None:  # type: ignore[no-untyped-def]
    state, closed = Incremental(0).close_partly(partly), list[Window]()
    pieces = list(split_at(Window(0, 1000), cuts))
    random.shuffle(pieces)
    for piece in pieces:
        state = state.close(piece)
        closed.append(piece)
        assert bool(state.partly) is any(gaps(window, merge(closed)) for window in partly.windows)


@given(PARTLY, st.lists(st.integers(-5, 1005), min_size=1, max_size=3), st.integers(-5, 1005))
def test_an_object_is_out_where_all_its_changes_are_and_it_is_known_how_old_it_is(
    partly: PartlyOut, times: list[int], created: int
) -> None:
    def inside(second: int, windows: tuple[Window, ...]) -> bool:
        return any(second in range(*window) for window in windows)

    for path, stretches in partly.created.items():
        held = created > 0 and inside(created, stretches) and all(inside(at, partly.windows) for at in times)
        assert partly.holds(path, times, created) is held
    assert not partly.holds("/v1/c/{id}", times, created)


def test_a_finished_stream_is_on_the_wire_what_users_of_airbyte_know() -> None:
    assert dump_position(Incremental(1_760_000_000), "invoice_updated") == {"invoice_updated": 1_760_000_000}


def test_an_unfinished_pass_cannot_be_taken_for_a_finished_one() -> None:
    assert set(dump_position(begin(0, 1000), "updated")) == {"listing"}


def test_a_pass_over_nothing_is_finished() -> None:
    assert begin(1000, 1000) == Incremental(1000)
    assert begin(2000, 1000) == Incremental(1000)


def test_the_position_goes_on_when_nothing_happened_and_never_back() -> None:
    assert Incremental(100).close(Window(100, 200)) == Incremental(200)
    assert Incremental(100).close(Window(50, 80)) == Incremental(100)


@pytest.mark.parametrize(
    "blob",
    [
        {"listing": 7},
        {"listing": {}},
        {"listing": {"whole": [1]}},
        {"listing": {"whole": [1, "2"]}},
        {"listing": {"whole": [1, 2], "done": 3}},
        {"listing": {"whole": [1, 2], "since": "soon"}},
        {"listing": {"whole": [1, 2], "dome": [[1, 2]]}},
        {"updated": 5, "done": [[1]]},
        {"updated": -5},
        {"updated": 1_760_000_000_000},
    ],
)
def test_a_damaged_state_is_refused(blob: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"is|has|holds|says"):
        load_position(blob, "updated")


PLACES = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 20), st.integers(0, 60)).map(
        lambda drawn: Wanted(Window(drawn[0], drawn[0] + drawn[1]), f"id_{drawn[2]}", drawn[2])
    ),
    max_size=5,
    unique_by=lambda place: place.window.end,
)


@given(PLACES, st.lists(st.tuples(st.integers(0, 59), st.integers(1, 20)), max_size=4))
def test_what_is_wanted_is_what_is_not_done_and_a_place_holds_where_its_window_ends(
    places: list[Wanted], closed: list[tuple[int, int]]
) -> None:
    state: State = Backfill(Window(0, 60), Incremental(60)).advance(places)
    for start, length in closed:
        state = state.close(Window(start, min(60, start + length)))
    if isinstance(state, Incremental):
        return
    # Catches: a state that drops the places of open windows, or keeps those of closed ones.
    ends = {start + length for start, length in closed}
    done = merge(Window(start, min(60, start + length)) for start, length in closed)
    going_on = {one.window.end: one for one in state.wanted}
    for place in places:
        last = place.window.end - 1
        if not any(window.start <= last < window.end for window in done):
            assert going_on[place.window.end]._replace(window=place.window) == place
    assert not ends & {place.window.end for place in state.places}
    assert merge(one.window for one in state.wanted) == state.backfill_gaps
    assert sum(one.window.end - one.window.start for one in state.wanted) == sum(
        gap.end - gap.start for gap in state.backfill_gaps
    )
    known = {place.window.end: place for place in places}
    for one in state.wanted:
        if one.after_id:
            assert known[one.window.end].after_id == one.after_id
            assert known[one.window.end].window.start <= one.window.start or one.window.start == 0
    assert load_position(dump_position(state, "updated"), "updated") == state


@pytest.mark.parametrize("place", [5, [1, 2], [1, 2, 3, 4, 0], [1, 2, "id", 4, -1], ["1", 2, "id", 4, 0]])
def test_a_damaged_place_is_told(place: object) -> None:
    with pytest.raises(ValueError, match=r"place|window|time"):
        load_position({"listing": {"whole": [0, 10], "places": [place]}}, "updated")
