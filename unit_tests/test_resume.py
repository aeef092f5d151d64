"""Where a stream goes on: from our own states, from Airbyte's, and where neither can be trusted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_stripe import dates
from source_stripe.account import Account
from source_stripe.catalog.billing import customer_balance_transactions, invoice_line_items
from source_stripe.catalog.connect import external_account_cards
from source_stripe.catalog.core import balance_transactions, charges, customers
from source_stripe.catalog.products import prices
from source_stripe.declaration.resource import Resource
from source_stripe.state.memory import Memory
from source_stripe.state.position import Backfill, Incremental, begin
from source_stripe.state.resume import SAFE_DAYS, OtherAccountError, resume
from source_stripe.state.wire import dump_memory, dump_position
from source_stripe.windows import DAY, Window

NOW, START = 1_790_000_000, 1_500_000_000
T = NOW - 5 * DAY


def test_without_a_state_everything_is_listed() -> None:
    assert resume(customers, {}, START, NOW).state == begin(START, NOW - 60)


@pytest.mark.parametrize(
    ("resource", "blob"),
    [
        (customers, {"updated": T}),
        (customers, {"updated": str(T)}),
        (customers, {"updated": float(T)}),
        (customers, {"updated": "2026-09-16T14:13:20Z"}),
        (invoice_line_items, {"invoice_updated": str(T)}),
        (invoice_line_items, {"updated": T}),
        (customers, {"slices": [{"start": START, "end": T}], "state_type": "date-range", "legacy": {}}),
        (
            customers,
            {
                "state_type": "date-range",
                "slices": [
                    {"start": str(T + DAY), "end": str(T + 2 * DAY)},
                    {"start": str(START), "end": str(T + 9), "most_recent_cursor_value": str(T)},
                ],
            },
        ),
        (
            customer_balance_transactions,
            {
                "use_global_cursor": True,
                "state": {"created": str(T + DAY)},
                "lookback_window": 3,
                "parent_state": {"customers": {"updated": str(T)}},
            },
        ),
        (
            customer_balance_transactions,
            {"parent_state": {"customers": {"slices": [{"start": START, "end": T}]}}, "states": []},
        ),
        (customer_balance_transactions, {"use_global_cursor": True, "state": {"created": T}, "parent_state": {}}),
        (
            customer_balance_transactions,
            {
                "states": [
                    {"partition": {"id": "cus_2", "parent_slice": {}}, "cursor": {"created": str(T + DAY)}},
                    {"partition": {"id": "cus_1", "parent_slice": {}}, "cursor": {"created": str(T)}},
                ]
            },
        ),
    ],
)
def test_a_state_of_airbytes_connector_goes_on_from_its_earliest_position(
    resource: Resource, blob: dict[str, object]
) -> None:
    assert resume(resource, blob, START, NOW).state == Incremental(T)


@pytest.mark.parametrize("mark", ["__ab_no_cursor_state_message", "__ab_full_refresh_sync_complete"])
def test_the_mark_of_a_full_refresh_is_no_position(mark: str) -> None:
    assert resume(customers, {mark: True}, START, NOW).state == begin(START, NOW - 60)


def test_a_state_older_than_the_events_lists_again_with_records_that_win() -> None:
    state, _, note = resume(customers, {"updated": NOW - 30 * DAY}, START, NOW)
    # Of what was deleted the events still tell, as far back as they go.
    assert state == begin(START, NOW - 60, again=True, since=NOW - 29 * DAY)
    assert isinstance(state, Backfill)
    assert state.stamp == NOW - 61
    assert "listed again" in note


def test_an_old_state_of_a_stream_without_events_goes_on() -> None:
    assert resume(balance_transactions, {"created": NOW - 300 * DAY}, START, NOW).state == Incremental(NOW - 300 * DAY)


@pytest.mark.parametrize(("beyond", "anew"), [(0, False), (1, True)])
def test_a_state_is_good_for_as_long_as_stripe_keeps_events_and_no_second_longer(beyond: int, anew: bool) -> None:
    found = resume(customers, {"updated": dates.days_before(NOW, SAFE_DAYS) - beyond, "start": START}, START, NOW)
    assert isinstance(found.state, Backfill) is anew
    assert bool(found.note) is anew


def test_an_unfinished_pass_goes_on_and_takes_in_an_earlier_start_date() -> None:
    blob: dict[str, object] = {"listing": {"whole": [START, NOW - DAY], "done": [[START, START + 9]]}}
    state = resume(customers, blob, START - DAY, NOW).state
    assert isinstance(state, Backfill)
    assert state.backfill_gaps == (Window(START - DAY, START), Window(START + 9, NOW - DAY))


@pytest.mark.parametrize(
    "blob",
    [
        {"updated": "yesterday"},
        {"updated": NOW * 1000},
        {"updated": True},
        {"updated": {"a": 1}},
        {"cursor": 5},
        {"slices": "all"},
        {"slices": [7]},
        {"slices": [{"start": "x", "end": 3}]},
        {"states": [4]},
        {"states": {"a": 1}},
        {"state": 3},
        {"parent_state": 3},
        {"states": []},
        {"listing": None},
    ],
)
def test_a_state_that_cannot_be_understood_is_refused_not_restarted(blob: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"is|has|holds|says"):
        resume(customers, blob, START, NOW)


def test_a_position_of_airbytes_connector_up_to_a_day_ahead_is_when_something_expires() -> None:
    resumed = resume(customers, {"updated": NOW + DAY}, START, NOW)
    assert resumed.state == Incremental(NOW)
    assert resumed.note == ""


@pytest.mark.parametrize("position", [NOW + DAY + 1, 10_000_000_000])
def test_where_a_state_of_airbytes_connector_is_in_the_future_nothing_is_new(position: int) -> None:
    # Airbyte's acceptance tests give a connector {"updated": 10000000000} and want no record.
    state, _, note = resume(customers, {"updated": position}, START, NOW)
    assert state == Incremental(position)
    assert "until then nothing is new" in note


def test_a_state_of_ours_that_claims_the_future_is_listed_again_with_records_that_win() -> None:
    blob: dict[str, object] = {"updated": NOW + 5, "start": START}
    state, memory, note = resume(customers, blob, START, NOW)
    assert state == begin(START, NOW - 60, again=True, since=NOW - 29 * DAY)
    assert memory.start == START
    assert "ahead" in note
    assert resume(customers, blob, START, NOW, latest=NOW + 5).state == Incremental(NOW + 5)


@pytest.mark.parametrize(
    ("written", "read", "refused"),
    [
        (Account("acct_1", live=True), Account("acct_1", live=False), True),
        (Account("acct_1", live=True), Account("acct_2", live=True), True),
        (Account("acct_1", live=True), Account("", live=False), True),
        (Account("acct_1", live=True), Account("", live=True), False),
        (Account("", live=None), Account("acct_2", live=True), False),
        (Account("acct_1", live=True), Account("acct_1", live=True), False),
    ],
)
def test_a_state_is_of_one_account_in_one_mode(written: Account, read: Account, refused: bool) -> None:
    blob: dict[str, object] = {"updated": T, **dump_memory(Memory(start=START, account=written))}
    if refused:
        with pytest.raises(OtherAccountError, match="acct_1 in live mode"):
            resume(customers, blob, START, NOW, read)
    else:
        resumed = resume(customers, blob, START, NOW, read)
        assert resumed.state == Incremental(T)
        assert resumed.memory.account == Account(read.id or written.id, read.live)


def test_a_place_is_gone_on_from_only_where_its_filter_still_has_its_number() -> None:
    places = [
        [0, 10, "id_1", 5, 0],
        [10, 20, "id_2", 15, 1],
        [20, 30, "id_3", 25, 1, "active=true"],
        [30, 40, "x", 1, 7],
    ]
    blob: dict[str, object] = {"listing": {"whole": [0, NOW - 60], "places": places}}
    state = resume(prices, blob, 0, NOW).state
    assert isinstance(state, Backfill)
    assert [place.after_id for place in state.places] == ["id_1", "id_2"]


def test_a_place_of_a_list_that_is_one_answer_is_passed_over() -> None:
    blob: dict[str, object] = {"listing": {"whole": [0, NOW - 60], "places": [[0, 1 << 40, "acct_1", 0, 0]]}}
    assert resume(external_account_cards.members[0], blob, 0, NOW).state == begin(0, NOW - 60)


@given(position=st.integers(0, NOW), known=st.booleans())
def test_whatever_the_state_the_last_ten_minutes_are_read_again(position: int, known: bool) -> None:
    blob: dict[str, object] = {"updated": position, **({"start": START} if known else {})}
    resumed = resume(charges, blob, START, max(NOW, position + 61))
    if isinstance(resumed.state, Incremental):
        assert resumed.memory.since == max(START, position - 600)
    unread_from = resume(charges, {}, START, NOW)
    assert unread_from.memory.since == NOW - 60 - 600


def test_a_first_pass_that_takes_longer_than_the_events_are_kept_lists_again_too() -> None:
    blob: dict[str, object] = {"listing": {"whole": [START, NOW - 40 * DAY], "done": [[START, START + 9]]}}
    state, _, note = resume(customers, blob, START, NOW)
    assert state == begin(START, NOW - 60, again=True, since=NOW - 29 * DAY)
    assert "listed again" in note


def test_a_listing_that_was_begun_again_is_resumed_and_not_begun_once_more() -> None:
    begun = dump_position(begin(START, NOW - 60, again=True, since=NOW - 29 * DAY), "updated")
    assert resume(customers, begun, START, NOW + DAY).state == begin(START, NOW - 60, again=True, since=NOW - 29 * DAY)
