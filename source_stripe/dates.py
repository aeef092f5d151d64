"""Dates as people and other connectors write them, and as sentences show them. In UTC, and Unix seconds.

`pendulum` takes a tenth of a second to load, which `spec` does without: it is loaded with the first date. Pure.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

LAST_SECOND = 253_402_300_799
"""That of the year 9999, the last that dates can tell."""
_HAS_A_DAY = re.compile(r"\d{4}-?(\d{2}-?\d{2}|\d{3}|W\d{2}-?\d)(?!\d)")
"""What stands for a day, and not for a month or a time of today alone."""


def second(date: str) -> int:
    """An ISO date or time, UTC where it names no zone: the second it is in, which may be before 1970.

    Raises ValueError for anything else.
    """
    import pendulum  # noqa: PLC0415

    text = date.strip().upper()
    if not _HAS_A_DAY.match(text):
        raise ValueError("it is no date")
    match pendulum.parse(text, exact=True):
        case pendulum.DateTime() as at:
            return at.int_timestamp
        case pendulum.Date() as day:
            return pendulum.datetime(day.year, day.month, day.day).int_timestamp
    raise ValueError("it is no moment")


def timestamp(text: str) -> int | None:
    """The second that a time of API v2 is in, `2022-09-18T13:22:18.123Z`; None for what is no time by RFC 3339."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int(at.timestamp() // 1) if at.tzinfo and "T" in text else None


def rfc3339(moment: int) -> str:
    """`2022-09-18T13:22:18Z`, as API v2 takes times."""
    return datetime.fromtimestamp(min(moment, LAST_SECOND), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def days_before(moment: int, days: int) -> int:
    """The second so many days before another."""
    import pendulum  # noqa: PLC0415

    return pendulum.from_timestamp(moment).subtract(days=days).int_timestamp


def day(moment: int) -> str:
    """`2026-11-26`."""
    return _at(moment, "YYYY-MM-DD")


def written(moment: int) -> str:
    """`2026-11-26 10:39:37 UTC`."""
    return f"{_at(moment, 'YYYY-MM-DD HH:mm:ss')} UTC"


def _at(moment: int, form: str) -> str:
    import pendulum  # noqa: PLC0415

    return pendulum.from_timestamp(min(moment, LAST_SECOND)).format(form)
