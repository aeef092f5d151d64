"""Reads the states that Airbyte's own Stripe connector and its low-code framework have written over the years.

They come as a cursor (`{"updated": 1700000000}`, the number also as a string or an ISO date), as concurrent
slices (`{"slices": [{"start": ..., "end": ...}]}`), and for children as a global cursor (`state`), one per parent
(`states`) and the position of the parent (`parent_state`), the last of which is what a child is owed from.

Before version 4 the cursor was `created`, for invoice items `date`, and for checkout sessions and their line items the
time at which a session expires.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from source_stripe import dates
from source_stripe.windows import FOREVER
from source_stripe.wording import shown

CURSORS = ("updated", "created", "date")
EXPIRIES = ("expires_at", "checkout_session_expires_at")
LONGEST_OPEN_SECONDS = 86_400
"""How long after its creation a checkout session expires at the latest:
https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-expires_at."""
SENTINELS = frozenset({"__ab_no_cursor_state_message", "__ab_full_refresh_sync_complete"})


def position(blob: Mapping[str, object], cursor: str) -> int | None:
    """The second from which on nothing is known to be delivered; None when the state holds no position at all.

    Where a state names several positions the earliest counts: to read twice is harmless, to skip is not.
    Raises ValueError with the reason when the state cannot be understood.
    """
    if set(blob) <= SENTINELS | {"parent_state"} and not blob.get("parent_state"):
        return None
    found = list(_positions(blob, cursor))
    if not found:
        raise ValueError(f"it holds none of {cursor!r}, 'slices', 'state', 'states' or 'parent_state'")
    return min(found)


def _positions(blob: Mapping[str, object], cursor: str) -> Iterator[int]:
    parents = _mapping(blob, "parent_state")
    # The parent's position is what its children are owed from; their own cursors say less.
    if owed := [at for name in parents for at in _positions(_mapping(parents, name), "updated")]:
        yield from owed
        return
    for field in (cursor, *CURSORS):
        if blob.get(field) is not None:
            yield second(blob[field])
            return
    for field in EXPIRIES:
        if blob.get(field) is not None:
            # The last session that had been read was created a day before that, or later.
            yield max(0, second(blob[field]) - LONGEST_OPEN_SECONDS)
            return
    if slices := _sequence(blob, "slices"):
        first = min((_window(item) for item in slices), key=lambda pair: pair[0])
        yield first[1]
    elif state := _mapping(blob, "state"):
        yield from _positions(state, cursor)
    else:
        for item in _sequence(blob, "states"):
            if not isinstance(item, Mapping):
                raise ValueError("one of its 'states' is not an object")
            yield from _positions(_mapping(item, "cursor"), cursor)


def _window(item: object) -> tuple[int, int]:
    if not isinstance(item, Mapping):
        raise ValueError("one of its 'slices' is not an object")
    reached = item.get("most_recent_cursor_value") or item.get("end")
    return second(item.get("start")), second(reached)


def _mapping(blob: Mapping[str, object], field: str) -> Mapping[str, object]:
    value = blob.get(field)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ValueError(f"its {field!r} is not an object")
    return value


def _sequence(blob: Mapping[str, object], field: str) -> Sequence[object]:
    value = blob.get(field)
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise ValueError(f"its {field!r} is not a list")
    return value


def second(value: object) -> int:
    """A cursor value as Unix seconds: 1700000000, "1700000000", 1700000000.0 or "2023-11-14T22:13:20Z"."""
    match value:
        case bool():
            pass
        case int() | float() if 0 <= value < FOREVER:
            return int(value)
        case str() if re.fullmatch("[0-9]{1,18}", value.strip()):
            return second(int(value))
        case str():
            with suppress(ValueError):
                return second(dates.second(value))
        case _:
            pass
    raise ValueError(f"{shown(value)} is not a time")
