"""An object of API v2 as Stripe shows it: times as text, and null what is shown on request only.

https://docs.stripe.com/api/include_dependent_response_values
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from integration_tests.sandbox.world.facts import INCLUDABLE, Json

_TIMES = ("created", "updated")


def milliseconds(id: str) -> int:
    """How far into its second an object came: the same whoever asks."""
    return crc32(id.encode()) % 1_000


def written(second: int, id: str = "") -> str:
    """A time as API v2 writes it: RFC 3339, in UTC with milliseconds."""
    part = milliseconds(id) if id else 0
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%S}.{part:03d}Z"


def shown(kind: str, body: Json, tree: Mapping[str, Any]) -> Json:
    """The body of a stored object with what `tree` includes."""
    whole = {**body, **{name: written(body[name], body["id"]) for name in _TIMES if isinstance(body.get(name), int)}}
    for path in INCLUDABLE.get(kind, ()):
        whole = _without(whole, path.split("."), tree)
    return whole


def _without(body: Json, names: list[str], tree: Mapping[str, Any]) -> Json:
    """Null at a path that `tree` does not name; a hash of which nothing is named is null itself."""
    head, rest = names[0], names[1:]
    if not rest:
        return body if head in tree else {**body, head: None}
    inner = body.get(head)
    if not isinstance(inner, dict):
        return body
    if head == "configuration" and head not in tree:
        return {**body, head: None}
    return {**body, head: _without(inner, rest, tree.get(head, {}))}
