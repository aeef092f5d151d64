"""What customers use of what is metered: Stripe is told of each use and shows sums, which are no objects of their own.

https://docs.stripe.com/api/billing/meter-event-summary
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from integration_tests.sandbox.world import errors
from integration_tests.sandbox.world.facts import DAY_SECONDS, Json
from integration_tests.sandbox.world.stored import Stored

MOST_DAYS_LATE = 35
_MINUTE_SECONDS, _HOUR_SECONDS = 60, 3_600
_SECONDS = {"day": DAY_SECONDS, "hour": _HOUR_SECONDS}

_AGGREGATED: Mapping[str, Callable[[list[float]], float]] = {
    "sum": sum,
    "count": len,
    "last": lambda values: values[-1],
    "max": max,
}


class Usage:
    """Every use that was reported, by meter and customer."""

    def __init__(self) -> None:
        self._reported: dict[tuple[str, str], list[tuple[int, float]]] = {}

    def report(self, meter: str, customer: str, value: float, at: int) -> None:
        self._reported.setdefault((meter, customer), []).append((at, value))

    def summaries(self, meter: Json, asked: Mapping[str, str]) -> list[Stored]:
        """What a customer used between two seconds: in one sum, or one for each day or hour that has any; newest first.

        The id of a summary says what it sums up.
        """
        first, end = _moment(asked, "start_time"), _moment(asked, "end_time")
        window = asked.get("value_grouping_window")
        if window not in (None, *_SECONDS):
            raise errors.invalid(
                f"Invalid value_grouping_window: must be one of day or hour, not {window}", "value_grouping_window"
            )
        unit = _SECONDS.get(window or "", _MINUTE_SECONDS)
        for name, moment in (("start_time", first), ("end_time", end)):
            if moment % unit:
                raise errors.invalid(f"{name} must be aligned with {window or 'minute'} boundaries.", name)
        if end <= first:
            raise errors.invalid("end_time must be later than start_time.", "end_time")
        step = unit if window else end - first
        used: dict[int, list[float]] = {}
        for at, value in sorted(self._reported.get((meter["id"], asked["customer"]), ()), key=lambda use: use[0]):
            if first <= at < end:
                used.setdefault(first + (at - first) // step * step, []).append(value)
        aggregated = _AGGREGATED[meter["default_aggregation"]["formula"]]
        return [
            _summary(meter, asked["customer"], start, start + step, aggregated(values))
            for start, values in sorted(used.items(), reverse=True)
        ]

    def daily(self, meter: Json, customer: str, now: int) -> list[Json]:
        """What a customer has used so far, in a sum for each day that has any; newest first."""
        days = {"customer": customer, "value_grouping_window": "day", "start_time": "0"}
        end = -(-(now + 1) // DAY_SECONDS) * DAY_SECONDS
        return [stored.body for stored in self.summaries(meter, {**days, "end_time": str(end)})]


def _moment(asked: Mapping[str, str], name: str) -> int:
    try:
        return int(asked[name])
    except ValueError:
        raise errors.invalid(f"Invalid integer: {asked[name]}", name, "parameter_invalid_integer") from None


def _summary(meter: Json, customer: str, start: int, end: int, value: float) -> Stored:
    summed = f"{meter['id']} {customer} {start} {end}"
    new_id = f"mtrusg_test_{hashlib.sha256(summed.encode()).hexdigest()[:40]}"
    kind = "billing.meter_event_summary"
    body = {
        "id": new_id,
        "object": kind,
        "aggregated_value": value,
        "end_time": end,
        "livemode": False,
        "meter": meter["id"],
        "start_time": start,
    }
    return Stored(body, (start, 0.0, kind, new_id), meter["id"])
