"""How a sync is cut, and that what is known of it is torn apart and put together without anything lost."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from source_stripe.catalog import CATALOG
from source_stripe.config import Config
from source_stripe.declaration.resource import Scope
from source_stripe.shards.cut import ACCOUNTS, STREAMS, Cut, Unit, cut
from source_stripe.shards.families import families, paths
from source_stripe.shards.folder import STATES, BusyError, Journal, last_states
from source_stripe.shards.report import plan_of
from source_stripe.shards.states import Blob, ClaimedTwiceError, divided, merged
from source_stripe.state.accounts import BLOCK, AccountStates, groups, without_block

BY_NAME = {resource.name: resource for resource in CATALOG}
SOME = ["customers", "charges", "accounts", "external_account_cards", "country_specs", "balance"]
FEW = [BY_NAME[name] for name in (*SOME, "invoices", "invoice_line_items", "persons", "tax_codes")]
OWN, OTHERS = "acct_own", [f"acct_{number}" for number in range(9)]


def units(accounts: Sequence[str], known: Sequence[str] = ()) -> list[Unit]:
    """The key's own account, and others that were connected one after the other."""
    mine = Unit((OWN,), (OWN,), 0, frozenset({OWN} & {*known}), has_own=True)
    return [mine, *(Unit((id,), (id,), 100 + n, frozenset({id} & {*known})) for n, id in enumerate(accounts))]


# What stays together.


def test_streams_that_read_the_same_list_or_the_same_objects_are_one_family() -> None:
    found = families(CATALOG)
    assert Counter(name for family in found for name in family) == Counter(one.name for one in CATALOG)
    reads = [set[str]().union(*(paths(BY_NAME[name]) for name in family)) for family in found]
    asked = Counter(path for paths in reads for path in paths)
    assert {path: count for path, count in asked.items() if count > 1} == {}


@pytest.mark.parametrize(
    "together",
    [
        {"invoices", "invoice_line_items"},
        {"customers", "customer_tax_ids"},
        {"discounts", "customers", "subscriptions", "invoices"},
        {"external_account_cards", "accounts", "account"},
        {"payouts", "payout_balance_transactions"},
    ],
)
def test_children_stay_with_their_parents_and_unions_with_their_members(together: set[str]) -> None:
    assert any(together <= {*family} for family in families(CATALOG))


# Who reads what.


@given(st.integers(1, 30), st.integers(0, 9), st.sampled_from(["", ACCOUNTS, STREAMS]), st.booleans())
def test_every_stream_of_every_account_is_read_by_one_shard(
    number: int, accounts: int, by: str, by_creation: bool
) -> None:
    found = cut(units(OTHERS[:accounts]), FEW, number, by, by_creation=by_creation)
    assert 1 <= len(found.shards) <= number
    reads = Counter(
        (account if one.scope is Scope.ACCOUNT or account != OWN else OWN, one.name)
        for shard in found.shards
        for account in shard.accounts
        for one in map(BY_NAME.__getitem__, shard.streams)
        if one.scope is not Scope.STRIPE
    )
    assert set(reads.values()) == {1}
    assert {account for account, _ in reads} == {OWN, *OTHERS[:accounts]}
    once = Counter(name for shard in found.shards for name in shard.streams if BY_NAME[name].scope is Scope.STRIPE)
    assert once == Counter(one.name for one in FEW if one.scope is Scope.STRIPE)


@given(st.integers(1, 12), st.integers(0, 9))
def test_the_stretches_of_a_platforms_shards_join_without_a_gap(number: int, accounts: int) -> None:
    found = cut(units(OTHERS[:accounts]), FEW, number, by_creation=True)
    stretches = [shard.stretch for shard in found.shards if shard.stretch]
    assert stretches[0][0] == 0
    assert [until for _, until in stretches[:-1]] == [start for start, _ in stretches[1:]]
    created = {unit.accounts[0]: unit.created for unit in units(OTHERS[:accounts])}
    for shard in found.shards:
        for account in shard.accounts if shard.stretch else ():
            assert shard.stretch
            assert shard.stretch[0] <= created[account] < shard.stretch[1]


def test_accounts_of_one_second_stay_together_where_they_are_found_by_it() -> None:
    same = [Unit((id,), (id,), 100) for id in OTHERS]
    found = cut([units([])[0], *same], CATALOG, 4, ACCOUNTS, by_creation=True)
    assert [shard.accounts for shard in found.shards] == [[OWN], OTHERS]


def test_shards_by_accounts_have_about_as_much_to_do() -> None:
    many = [f"acct_{number}" for number in range(1_000)]
    found = cut(units(many), CATALOG, 8, by_creation=True)
    expected = [shard.expected_requests for shard in found.shards]
    assert max(expected) <= 1.02 * min(expected)


def test_by_streams_is_only_cut_where_accounts_are_too_few() -> None:
    assert [len(shard.streams) for shard in cut(units(OTHERS[:3]), CATALOG, 4).shards][1:] == 3 * [
        sum(one.scope is not Scope.STRIPE for one in CATALOG)
    ]
    found = cut(units(OTHERS[:3]), CATALOG, 8)
    assert len(found.shards) == 8
    assert max(len({*shard.accounts}) for shard in found.shards) == 1


def test_of_accounts_that_are_not_named_only_a_platforms_streams_are_read() -> None:
    own = Unit((OWN,), (), 0, has_own=True)
    found = cut(
        [own, Unit(("acct_1",), (), 5), Unit(("acct_2",), ("acct_2",), 9)], CATALOG, 3, ACCOUNTS, by_creation=True
    )
    scopes = [{BY_NAME[name].scope for name in shard.streams} for shard in found.shards]
    assert scopes == [{Scope.STRIPE, Scope.PLATFORM}, {Scope.PLATFORM}, {Scope.PLATFORM, Scope.ACCOUNT}]


# States.


def blobs() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"updated": st.integers(1, 5), "start": st.just(0)})


@st.composite
def states(draw: st.DrawFn) -> dict[str, Blob]:
    """What a sync of many accounts has printed, or one of one account."""
    found: dict[str, Blob] = {}
    for stream in draw(st.sets(st.sampled_from(SOME[:5]))):
        block = AccountStates([stream])
        some = st.sampled_from([*OTHERS, "acct_gone"])
        for account, blob in draw(st.dictionaries(some, blobs(), max_size=9)).items():
            block.put(account, stream, blob)
        top = draw(st.one_of(st.just({}), blobs(), blobs().map(lambda blob: blob | {"account": OWN})))
        if stream in ("customers", "charges") and draw(st.booleans()):
            top = draw(blobs()) | {"account": draw(st.sampled_from(OTHERS))}
        if one := top | block.pack(stream):
            found[stream] = one
    return found


def said(states: Mapping[str, Blob]) -> dict[tuple[str, str], Any]:
    """What they say of each account and stream. A state of one account that was read alone is one of many; the position
    that stands beside the accounts of a platform is only for people."""
    found: dict[tuple[str, str], Any] = {}
    for stream, blob in states.items():
        top = without_block(blob)
        found |= {(account, stream): state for state, ids in groups(blob) for account in ids}
        if top.get("account", OWN) != OWN:
            found[top.pop("account"), stream] = top
        elif top:
            found["", stream] = {
                name: value for name, value in top.items() if stream != "accounts" or name != "updated"
            }
    return {key: state for key, state in found.items() if state}


def cuts() -> st.SearchStrategy[Cut]:
    resources = [BY_NAME[name] for name in SOME]
    return st.builds(
        lambda accounts, number, by: cut(units(accounts), resources, number, by, by_creation=True),
        st.lists(st.sampled_from(OTHERS), unique=True),
        st.integers(1, 12),
        st.sampled_from(["", ACCOUNTS, STREAMS]),
    )


@given(states(), cuts())
def test_states_that_are_divided_and_merged_are_what_they_were(before: dict[str, Blob], plan: Cut) -> None:
    parts = divided(before, plan.home, len(plan.shards))
    after = merged({f"{number:03d}": part for number, part in enumerate(parts)}, BY_NAME)
    known = {account for shard in plan.shards for account in shard.accounts}
    if all(blob.get("account", OWN) in known for blob in before.values()):
        assert said(after) == said(before)
    # Whoever is read nowhere keeps its state all the same.
    assert json.loads(json.dumps(after)) == after
    assert {key for key in said(before) if key[0]} <= said(after).keys() | {
        (one["account"], name) for name, one in after.items() if "account" in one
    }


@given(states(), cuts(), st.data())
def test_a_pair_of_account_and_stream_that_two_shards_claim_is_refused_by_name(
    before: dict[str, Blob], plan: Cut, data: st.DataObject
) -> None:
    parts = {str(number): dict(part) for number, part in enumerate(divided(before, plan.home, len(plan.shards)))}
    claimed = [(name, account, stream) for name, part in parts.items() for account, stream in said(part) if account]
    if not claimed:
        return
    name, account, stream = data.draw(st.sampled_from(claimed))
    block = AccountStates([stream])
    block.put(account, stream, {"updated": 1})
    if BLOCK in parts[name].get(stream, {}) and parts[name][stream].get("account") != account:
        with pytest.raises(ClaimedTwiceError, match=f"{stream} of {account} by the shards {name} and other"):
            merged({**parts, "other": {stream: block.pack(stream)}}, BY_NAME)


def test_the_own_account_that_two_shards_claim_is_refused_too() -> None:
    with pytest.raises(ClaimedTwiceError, match="customers of the key's own account by the shards 000 and 001"):
        merged({"000": {"customers": {"updated": 1}}, "001": {"customers": {"updated": 2}}}, BY_NAME)


# A plan says what it costs.


def test_a_plan_holds_no_secret_and_says_what_is_asked_for_twice() -> None:
    config = Config.model_validate({"client_secret": "sk_test_1234567890", "connected_accounts": ["all"]})
    plan = plan_of(cut(units(OTHERS), CATALOG, 4, by_creation=True), config, BY_NAME, 2, str)
    assert "1234567890" not in json.dumps(plan)
    assert {one["request"]: one["by"] for one in plan["read_twice"]} == {
        "/v1/account": ["plan", "0", "1", "2", "3"],
        "/v1/accounts": ["plan", "0", "1", "2", "3"],
    }
    by_streams = plan_of(
        cut(units([]), CATALOG, 3), Config.model_validate({"client_secret": "rk_test_1"}), BY_NAME, 2, str
    )
    assert {one["request"] for one in by_streams["read_twice"]} == {"/v1/account", "/v1/events", "/v1/events?limit=1"}


# What a shard leaves behind.


class Killed(BaseException):
    pass


Step = tuple[str, str, int]
"""`record`, a stream and how many; `state` and a stream."""
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.sampled_from("abw"), st.integers(1, 3)),
        st.tuples(st.just("state"), st.sampled_from("ab"), st.just(0)),
        st.tuples(st.just("whole"), st.just("w"), st.just(0)),
    ),
    max_size=12,
)


def line(stream: str, number: int) -> bytes:
    return b'{"type":"RECORD","record":{"stream":"%b","data":{"id":%d},"emitted_at":1}}\n' % (stream.encode(), number)


@example(
    [
        ([("record", "a", 3), ("record", "b", 1), ("state", "b", 0)], 30, 0),
        ([("record", "b", 2)], 30, 0),
    ],
    [("record", "b", 1)],
)
@given(st.lists(st.tuples(STEPS, st.integers(0, 30), st.integers(0, 80)), min_size=1, max_size=4), STEPS)
def test_a_shard_that_is_killed_at_any_byte_keeps_what_its_states_vouch_for_once_and_nothing_else(
    killed: list[tuple[list[Step], int, int]], last: list[Step]
) -> None:
    """`b` and `a` go on from their states; `w` is read anew in every run."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for steps, syncs, torn in killed:
            _run(folder, steps, syncs, torn)
        known = last_states(folder)
        came = {stream: known[0].get(stream, {}).get("at", 0) if known else 0 for stream in "ab"}
        counts = _run(folder, last, None, 0)
        records = folder / "records.jsonl"
        lines = records.read_bytes().splitlines(keepends=True) if records.exists() else []
        for stream in "ab":
            assert [one for one in lines if b'"%b"' % stream.encode() in one] == [
                line(stream, number) for number in range(came[stream] + counts[stream])
            ]
        assert [one for one in lines if b'"w"' in one] == [line("w", number) for number in range(counts["w"])]


def _run(folder: Path, steps: list[Step], syncs: int | None, torn: int) -> Counter[str]:
    """Reads on from the last states, until it is killed after so many writes that reach the disk, or then in the middle
    of a line after so many bytes; returns how many records of each stream came."""
    came: Counter[str] = Counter()
    left = [syncs]

    def synced(_: int) -> None:
        if left[0] is not None:
            left[0] -= 1
            if left[0] < 0:
                raise Killed

    clock = iter(range(1_000_000))
    try:
        with mock.patch("os.fsync", synced), Journal(folder, lambda: float(next(clock)), "w") as journal:
            at = {stream: journal.states.get(stream, {}).get("at", 0) for stream in "abw"}
            at["w"] = 0
            for what, stream, number in steps:
                if what == "record":
                    for _ in range(number):
                        journal.records(line(stream, at[stream] + came[stream]))
                        came[stream] += 1
                elif what == "state":
                    journal.state(stream, {"at": at[stream] + came[stream]})
                else:
                    journal.vouch(stream)
            if syncs is not None:
                journal.records(line("a", 99)[:torn])
                left[0] = 0
                raise Killed
    except Killed:
        pass
    return came


def test_a_folder_takes_one_process_at_a_time(tmp_path: Path) -> None:
    with Journal(tmp_path, lambda: 0.0), pytest.raises(BusyError):
        Journal(tmp_path, lambda: 0.0)
    Journal(tmp_path, lambda: 0.0).__exit__(None, None, None)


def test_what_a_shard_writes_is_for_its_owner_alone(tmp_path: Path) -> None:
    with Journal(tmp_path, lambda: 0.0) as journal:
        journal.records(line("a", 1))
        journal.state("a", {})
    assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == dict.fromkeys(
        [".lock", "records.jsonl", STATES], 0o600
    )
