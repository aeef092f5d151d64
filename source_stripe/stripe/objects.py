"""What is inside an object: what a path leads to, and the object without what other streams had put there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from source_stripe.stripe.answers import Object


def get_path(obj: Mapping[str, Any], path: str) -> Any:
    """What a path such as `computed.upfront.line_items` leads to; None where it leads nowhere."""
    value: Any = obj
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def is_truncated(value: object) -> bool:
    """Whether Stripe holds more of a list than it has put inside an object."""
    return isinstance(value, Mapping) and value.get("has_more") is True


def as_items(value: Any) -> list[Any]:
    """The data of a list, the elements of an array, or the one thing; nothing where there is nothing."""
    match value:
        case None:
            return []
        case list():
            return value
        case {"object": "list", **page}:
            data = page.get("data")
            return data if isinstance(data, list) else []
        case _:
            return [value]


def values(obj: Mapping[str, Any], path: str) -> list[Any]:
    """All that a path leads to where lists and arrays lie on the way: `items.price.id`."""
    found: list[Any] = [obj]
    for name in path.split("."):
        found = [inner for one in found if isinstance(one, Mapping) for inner in as_items(one.get(name))]
    return found


def strip_expansions(obj: Object, extra_expansions: Collection[str]) -> Object:
    """An object without what only other streams asked for, named as in `expand`: `lines.data.discounts`."""
    if not extra_expansions:
        return obj
    bare = obj.copy()
    for path in extra_expansions:
        name, _, rest = path.partition(".")
        if name in bare:
            bare |= _bare(name, bare.pop(name), rest)
    return bare


def _bare(name: str, value: Any, rest: str) -> Object:
    """A field as it is without being expanded: absent, or the ids of what was put in their place."""
    match value:
        case list() if rest:
            return {name: [strip_expansions(one, (rest,)) if isinstance(one, dict) else one for one in value]}
        case dict() if rest:
            return {name: strip_expansions(value, (rest,))}
        case {"id": str(key)}:
            return {name: key}
        case None | [] | str() | [str(), *_]:  # not expanded, as the key may not see it
            return {name: value}
        case [{"id": str()}, *_]:
            return {name: [one["id"] for one in value]}
        case _:
            return {}
