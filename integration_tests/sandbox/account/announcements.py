"""Which events tell of a birth or a change, and what they say was there before."""

from __future__ import annotations

from typing import Any

from integration_tests.sandbox.objects.registry import RESOURCES, TEMPLATES
from integration_tests.sandbox.world.facts import Json

# Besides the `.updated` ones, these show what was there before.
_COMPARING = frozenset(("charge.refunded", "transfer.reversed", "application_fee.refunded"))


def births(object: str, body: Json) -> tuple[str, ...]:
    """The events of a new object. One born in a later state has that state's events as well."""
    row = RESOURCES[object]
    initial = TEMPLATES[object]
    types = [] if row.untold(body) else list(row.born)
    for turn in row.turns:
        value = body[turn.field]
        turned = initial[turn.field] is None if turn.value is ... else value == turn.value and value is not None
        if turned and (object == "charge" or value != initial[turn.field]):
            types.extend(name for name in turn.types if name not in row.changed)
    return row.told(tuple(types), body)


def changes(object: str, body: Json, changed: set[str]) -> tuple[str, ...]:
    """The events of an object in which the fields `changed` have just changed."""
    row = RESOURCES[object]
    for turn in row.turns:
        value = body[turn.field]
        if turn.field in changed and (value == turn.value or (turn.value is ... and value is not None)):
            return turn.types
    return () if row.untold(body) else row.told(row.changed, body)


def compares(type: str) -> bool:
    return type.endswith(".updated") or type in _COMPARING


def difference(before: Json, after: Json) -> Json:
    """What `before` held where `after` holds something else; in objects only the fields that differ."""
    previous: Json = {}
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        previous[name] = _inner(old, new)
    return previous


def _inner(old: Any, new: Any) -> Any:
    match old, new:
        case {"object": "list"}, _:
            return old
        case {"id": _}, _:
            return old
        case dict(), dict():
            return difference(old, new)
        case _:
            return old
