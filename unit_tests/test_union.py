"""The laws of a union's state: it holds what each member has said last, and each finds its own again."""

from __future__ import annotations

from typing import Any

import pytest
from airbyte_cdk.sources.streams import NO_CURSOR_STATE_KEY
from hypothesis import given
from hypothesis import strategies as st

from source_stripe.state.union import Union
from source_stripe.state.wire import NOTHING_KEPT, of_member

positions = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1 << 31)), min_size=1, max_size=12)


@given(positions)
def test_each_member_finds_what_it_said_last(said: list[tuple[int, int]]) -> None:
    emitted: list[Any] = []
    union = Union("updated", 3, emitted.append)
    for number, position in said:
        union.member(number, {"updated": position})
    blob = emitted[-1]
    assert {number: of_member(blob, number) for number in dict(said)} == {n: {"updated": at} for n, at in said}
    assert all(of_member(blob, number) == {} for number in {0, 1, 2} - dict(said).keys())


@given(positions)
def test_there_is_one_position_to_read_once_all_members_follow(said: list[tuple[int, int]]) -> None:
    emitted: list[Any] = []
    union = Union("updated", 3, emitted.append)
    for number, position in said:
        union.member(number, {"updated": position})
    latest = dict(said)
    assert emitted[-1].get("updated") == (min(latest.values()) if len(latest) == 3 else None)


def test_a_state_that_is_not_by_member_says_the_same_of_all() -> None:
    assert of_member({"updated": 5}, 0) == of_member({"updated": 5}, 1) == {"updated": 5}


@pytest.mark.parametrize("blob", [{"members": []}, {"members": {"0": 5}}, {"members": "x"}])
def test_a_damaged_state_is_not_understood(blob: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="members"):
        of_member(blob, 0)


def test_a_full_refresh_remembers_nothing() -> None:
    emitted: list[Any] = []
    Union("updated", 2, emitted.append).member(0, dict(NOTHING_KEPT))
    assert emitted == [NOTHING_KEPT] == [{NO_CURSOR_STATE_KEY: True}]
