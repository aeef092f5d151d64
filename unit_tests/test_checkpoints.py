"""The laws of a union's state: it holds what each member has said last, and each finds its own again."""

from __future__ import annotations

from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessage
from airbyte_cdk.sources.message import InMemoryMessageRepository
from hypothesis import given
from hypothesis import strategies as st

from source_stripe.checkpoints import Checkpoints, of_member

positions = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1 << 31)), min_size=1, max_size=12)


def last(repository: InMemoryMessageRepository) -> dict[str, Any]:
    messages: list[AirbyteMessage] = list(repository.consume_queue())
    state = messages[-1].state
    assert state
    assert state.stream
    assert state.stream.stream_state
    return dict(state.stream.stream_state.__dict__)


@given(positions)
def test_each_member_finds_what_it_said_last(said: list[tuple[int, int]]) -> None:
    repository = InMemoryMessageRepository()
    checkpoints = Checkpoints("discounts", "updated", repository)
    for number, position in said:
        checkpoints.member(number, 3, {"updated": position})
    blob = last(repository)
    assert {number: of_member(blob, number) for number in dict(said)} == {n: {"updated": at} for n, at in said}
    assert all(of_member(blob, number) == {} for number in {0, 1, 2} - dict(said).keys())


@given(positions)
def test_there_is_one_position_to_read_once_all_members_follow(said: list[tuple[int, int]]) -> None:
    repository = InMemoryMessageRepository()
    checkpoints = Checkpoints("discounts", "updated", repository)
    for number, position in said:
        checkpoints.member(number, 3, {"updated": position})
    latest = dict(said)
    assert last(repository).get("updated") == (min(latest.values()) if len(latest) == 3 else None)


def test_a_state_that_is_not_by_member_says_the_same_of_all() -> None:
    assert of_member({"updated": 5}, 0) == of_member({"updated": 5}, 1) == {"updated": 5}


@pytest.mark.parametrize("blob", [{"members": []}, {"members": {"0": 5}}, {"members": "x"}])
def test_a_damaged_state_is_not_understood(blob: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="members"):
        of_member(blob, 0)


def test_a_full_refresh_remembers_nothing() -> None:
    repository = InMemoryMessageRepository()
    Checkpoints("discounts", "updated", repository).member(0, 2, {"__ab_no_cursor_state_message": True})
    assert last(repository) == {"__ab_no_cursor_state_message": True}
