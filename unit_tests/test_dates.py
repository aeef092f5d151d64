"""Dates as people write them."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_stripe.dates import LAST_SECOND, day, days_before, second, written

AT = 1_699_999_200  # 2023-11-14 22:00:00 UTC


@pytest.mark.parametrize(
    "date",
    [
        "2023-11-14T22:00:00Z",
        " 2023-11-14T22:00:00Z\n",
        "2023-11-14t22:00:00z",
        "2023-11-14 22:00:00",
        "2023-11-14T22:00:00.999Z",
        "2023-11-15T00:00:00+02:00",
        "2023-11-14T22:00:00+0000",
        "20231114T220000Z",
        "2023-W46-2T22:00",
        "2023-11-14T22",
    ],
)
def test_a_moment_is_understood_however_iso_writes_it(date: str) -> None:
    assert second(date) == AT


@pytest.mark.parametrize("date", ["2023-11-14", "20231114", "2023-318", "2023-W46-2"])
def test_a_day_begins_at_midnight_utc(date: str) -> None:
    assert second(date) == AT - 22 * 3_600


@pytest.mark.parametrize(
    "date",
    ["", "nonsense", "2023", "2023-11", "22:00", "P1D", "2023-11-14/2023-11-15", "2023-02-30", "2023-11-14T25:00:00Z",
     "1700000000", "99999999", "٢٠٢٣-11-14", "2023-11-14 and more"],
)  # fmt: skip
def test_what_names_no_day_is_no_date(date: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        second(date)


@given(st.integers(0, LAST_SECOND))
def test_what_is_written_is_understood(moment: int) -> None:
    assert second(written(moment).removesuffix(" UTC")) == moment
    assert second(day(moment)) == moment - moment % 86_400
    assert written(days_before(moment, 0)) == written(moment)


def test_beyond_the_last_year_the_last_second_is_written() -> None:
    assert written(LAST_SECOND + 1) == "9999-12-31 23:59:59 UTC"
    assert days_before(AT, 29) == AT - 29 * 86_400


def test_spec_does_not_wait_for_it() -> None:
    code = "import sys; from source_stripe.run import main; main(['spec']); sys.exit('pendulum' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0
