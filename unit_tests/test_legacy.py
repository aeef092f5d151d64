"""The states of Airbyte's connector, of all years, give the second from which on a stream is owed everything."""

from __future__ import annotations

import pytest

from source_stripe.state.legacy import position, second

T, DAY = 1_700_000_000, 86_400
KEY = "sk_live_51HrandomlyChosen"


@pytest.mark.parametrize("cursor", ["updated", "created", "invoice_updated"])
@pytest.mark.parametrize("field", ["updated", "created", "date"])
@pytest.mark.parametrize("value", [T, str(T), float(T), f" {T} ", "2023-11-14T22:13:20Z", "2023-11-14T23:13:20+01:00"])
def test_a_cursor_of_any_year_is_the_position(cursor: str, field: str, value: object) -> None:
    """Whatever the cursor is called now: until version 4 it was `created`, and `date` for invoice items."""
    assert position({field: value}, cursor) == T
    assert position({"state": {field: value}}, cursor) == T


def test_the_streams_own_cursor_is_asked_for_first() -> None:
    assert position({"invoice_updated": T, "updated": T + 5, "created": T + 9, "date": T + 10}, "invoice_updated") == T
    assert position({"updated": T, "created": T - 9}, "updated") == T


@pytest.mark.parametrize("field", ["expires_at", "checkout_session_expires_at"])
def test_of_checkout_sessions_all_is_out_that_was_created_a_day_before_the_last_expires(field: str) -> None:
    """A session that expires then was created within the day before, and was there when the state was written."""
    assert position({field: T + DAY}, "updated") == T
    assert position({field: 5}, "updated") == 0
    assert position({field: T + DAY, "updated": T + 7}, "updated") == T + 7


@pytest.mark.parametrize(
    "value",
    [
        *(True, None, -1, 1 << 40, 1e300, float("nan"), float("inf"), [T], {"at": T}, KEY, {KEY: KEY}),
        *(
            "",
            "soon",
            "-5",
            "9" * 5_000,
            "²",
            "1e9",
            "1700000000.5",
            "0001-01-01",
            "2023-02-30",
        ),
    ],
)
def test_what_is_not_a_time_is_refused_and_shown_short_and_without_keys(value: object) -> None:
    with pytest.raises(ValueError, match=r"is not a time$") as raised:
        second(value)
    assert KEY not in str(raised.value)
    assert len(str(raised.value)) < 100
