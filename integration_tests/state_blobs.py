"""What a stream may be said to have reached: in Airbyte's words of all years, in none at all, and in broken ones."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from integration_tests.vocabulary import DAY

Blob = Mapping[str, Any]

NONE: tuple[Blob, ...] = (
    {},
    {"__ab_no_cursor_state_message": True},
    {"__ab_full_refresh_sync_complete": True},
)
"""Said of a stream that was never read incrementally."""


def airbytes(cursor: str, at: int) -> list[Blob]:
    """That everything before a second is out, as versions of Airbyte's connector said it."""
    partition = {"partition": {"id": "cus_1", "parent_slice": {}}, "cursor": {cursor: str(at)}}
    return [
        {cursor: at},
        {cursor: str(at)},
        {cursor: float(at)},
        {cursor: datetime.fromtimestamp(at, UTC).isoformat()},
        {"updated": at},
        {"created": at},
        {"date": at},
        {"expires_at": at + DAY},
        {"checkout_session_expires_at": at + DAY},
        {"slices": [{"start": "1485302400", "end": str(at)}], "state_type": "date-range"},
        {"slices": [{"start": 0, "end": at, "most_recent_cursor_value": at}], "state_type": "date-range", "legacy": {}},
        {"use_global_cursor": True, "state": {cursor: str(at)}, "parent_state": {"customers": {"updated": str(at)}}},
        {"state": {cursor: str(at)}, "lookback_window": 1},
        {"states": [partition], "parent_state": {}},
        {"states": [partition], "parent_state": {"invoices": {"updated": at}}},
    ]


def broken(cursor: str, at: int) -> list[Blob]:
    """What says something, but nothing that anybody can go on from."""
    values: tuple[object, ...] = (
        "soon",
        "",
        [at],
        {"at": at},
        True,
        -at,
        at * 1000,
        str(at * 1000),
        1e300,
        "2026-13-01",
    )
    return [
        *({cursor: value} for value in values),
        {"cursor": at},
        {f"{cursor}s": at},
        {cursor.upper(): at},
        {"start": 5},
        {"pending": []},
        {"listing": None},
        {"listing": {}},
        {"slices": []},
        {"slices": [], "state_type": "date-range"},
        {"slices": [{"start": "x", "end": at}]},
        {"state": "x"},
        {"states": [4]},
        {"x": {}},
        {"": None},
    ]


def mutated(rng: random.Random, blob: Blob) -> Blob:
    """A state of this connector with something taken out, misspelt or replaced; numbers are left as they are."""
    changed = dict(blob)
    key = rng.choice(list(changed))
    match rng.choice(("without", "misspelt", "replaced", "more")):
        case "without":
            del changed[key]
        case "misspelt":
            changed[f"{key}x"] = changed.pop(key)
        case "replaced":
            changed[key] = rng.choice(("x", [], [5], {"x": 5}, True, None))
        case _:
            changed[rng.choice(("x", "state_type", "lookback_window"))] = rng.choice((5, "x", {}))
    return changed
