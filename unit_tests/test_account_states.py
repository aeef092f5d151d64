"""Where many accounts stand is written small, and read back as it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_stripe.accounts.pace import SMALL_BYTES, SharedPace
from source_stripe.state.accounts import BLOCK, AccountStates, groups, without_block, written
from source_stripe.state.pace import EVERY_MARK, PACE

LONG = 10 * SMALL_BYTES
STREAMS = ("charges", "customers")
Id = st.from_regex(r"acct_[A-Za-z0-9]{3}(/acct_[A-Za-z0-9]{3})?|[a-z]{3}", fullmatch=True)
State = st.fixed_dictionaries({"updated": st.integers(0, 3)}, optional={"start": st.integers(0, 2)})
Standings = st.dictionaries(Id, st.dictionaries(st.sampled_from(STREAMS), State), max_size=12)


def of(standings: Mapping[str, Mapping[str, Any]]) -> AccountStates:
    made = AccountStates(STREAMS)
    for account, states in standings.items():
        for stream, state in states.items():
            made.put(account, stream, state)
    return made


def read(blob: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {account: state for state, ids in groups(json.loads(json.dumps(blob))) for account in ids}


@given(Standings)
def test_what_is_written_is_read_back(standings: Mapping[str, Mapping[str, Any]]) -> None:
    states = of(standings)
    for stream in STREAMS:
        expected = {account: known[stream] for account, known in standings.items() if stream in known}
        assert read(states.pack(stream)) == expected


@given(Standings)
def test_accounts_that_stand_alike_share_one_state(standings: Mapping[str, Mapping[str, Any]]) -> None:
    for stream in STREAMS:
        block = of(standings).pack(stream).get(BLOCK, {"same": []})
        distinct = {written(known[stream]) for known in standings.values() if stream in known}
        assert len(block["same"]) == len(distinct)


@given(Standings, Standings)
def test_what_no_account_has_any_more_is_forgotten(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> None:
    states = of(before)
    for account, known in after.items():
        for stream, state in known.items():
            states.put(account, stream, state)
    for account in before.keys() - after.keys():
        states.drop(account)
    kept = {account: {**before.get(account, {}), **known} for account, known in after.items()}
    for stream in STREAMS:
        assert read(states.pack(stream)) == {one: known[stream] for one, known in kept.items() if stream in known}
    assert states.profiles <= len(states) + 1


def test_an_account_costs_seventeen_bytes() -> None:
    states = AccountStates(STREAMS)
    for number in range(1_000):
        states.put(f"acct_1Bench{number:010d}", "charges", {"updated": 1_790_000_000})
    assert len(json.dumps(states.pack("charges"))) < 17 * 1_000 + 100


@pytest.mark.parametrize(
    "block", [None, 5, [], {"v": 2, "same": []}, {"v": 1}, {"v": 1, "same": [5]}, {"v": 1, "same": [[{}, 5]]}]
)
def test_a_damaged_block_is_refused(block: object) -> None:
    with pytest.raises(ValueError, match="accounts"):
        list(groups({"updated": 5, BLOCK: block}))


def test_what_is_said_of_the_own_account_stands_beside_the_block() -> None:
    assert without_block({"updated": 5, BLOCK: {"v": 1, "same": []}}) == {"updated": 5}
    assert list(groups({"updated": 5})) == []


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_long_state_waits_for_records_that_are_worth_it_or_five_minutes() -> None:
    clock = Clock()
    pace = SharedPace(PACE, clock)
    pace.measured("charges", LONG)
    assert not pace.allows("charges")
    pace.add_records(100 * LONG)
    assert not pace.allows("charges")
    clock.now = 10.0
    assert pace.allows("charges")
    pace.emitted("charges", LONG)
    clock.now = 15.0
    assert not pace.allows("charges")
    clock.now = 20.0
    assert pace.allows("charges")
    for _ in range(5):
        pace.emitted("charges", LONG)
    clock.now = 40.0
    assert not pace.allows("charges")
    clock.now = 320.0
    assert pace.allows("charges")


def test_a_short_state_is_printed_where_a_stream_begins_and_every_one_where_tests_cut() -> None:
    clock = Clock()
    assert SharedPace(PACE, clock).allows("charges")
    every = SharedPace(EVERY_MARK, clock)
    every.emitted("charges", LONG)
    assert every.allows("charges")
