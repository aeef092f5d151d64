"""The query of a request, read as strictly as Stripe reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import EllipsisType

from integration_tests.sandbox.world import errors
from integration_tests.sandbox.world.rendering import Tree, refused_expansion, refused_in_lists, tree_of

EXPANSION_DEPTH = 4
_BOUNDS = ("gt", "gte", "lt", "lte")
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_PAGING = frozenset(("limit", "starting_after", "ending_before", "expand"))


@dataclass(frozen=True, slots=True)
class Span:
    """Whole seconds from `first` to `last`, both included; None is without end."""

    first: int | None = None
    last: int | None = None

    def holds(self, stamp: object) -> bool:
        return (
            isinstance(stamp, int)
            and (self.first is None or stamp >= self.first)
            and (self.last is None or stamp <= self.last)
        )


@dataclass(frozen=True, slots=True)
class Query:
    """What a list is asked for."""

    limit: int = 10
    starting_after: str | None = None
    ending_before: str | None = None
    expand: Tree = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    filters: dict[str, str] = field(default_factory=dict)
    several: dict[str, list[str]] = field(default_factory=dict)


def read(
    pairs: Iterable[tuple[str, str]],
    allowed: frozenset[str],
    ranges: frozenset[str],
    required: tuple[str, ...],
    objects: tuple[str, ...],
    prefix: str = "data.",
) -> Query:
    """The query of a list of `objects` (of a single object if `prefix` is empty), or the refusal."""
    asked = _Asked(ranges)
    for name, value in pairs:
        asked.take(name, value, allowed)
    simple = asked.simple
    for name in required:
        if not asked.has(name):
            raise errors.missing_parameter(name)
    if "starting_after" in simple and "ending_before" in simple:
        raise errors.invalid("You cannot parameterize both starting_after and ending_before.", "starting_after")
    if "expand" in simple:
        raise errors.invalid("Invalid array", "expand")
    return Query(
        limit=_limit(simple.get("limit")),
        starting_after=simple.get("starting_after"),
        ending_before=simple.get("ending_before"),
        expand=_expansions(asked.several.pop("expand", []), objects, prefix),
        spans={name: _span(edges) for name, edges in asked.bounds.items()},
        filters={name: value for name, value in simple.items() if name not in _PAGING},
        several=asked.several,
    )


@dataclass(slots=True)
class _Asked:
    """The parameters of a query sorted by how they are written: `a=`, `a[]=`, and for ranges `a[gte]=`."""

    ranges: frozenset[str]
    simple: dict[str, str] = field(default_factory=dict)
    several: dict[str, list[str]] = field(default_factory=dict)
    bounds: dict[str, dict[str, int]] = field(default_factory=dict)

    def take(self, name: str, value: str, allowed: frozenset[str]) -> None:
        found = _NAME.match(name)
        head = found[1] if found else name
        if head not in allowed:
            raise errors.unknown_parameter(head)
        inner = found[2][1:-1] if found and found[2] else None
        if head in self.ranges:
            if inner is not None and inner not in _BOUNDS:
                raise errors.unknown_parameter(name)
            edges = ("gte", "lte") if inner is None else (inner,)
            self.bounds.setdefault(head, {}).update(dict.fromkeys(edges, _integer(value, name)))
        elif inner is None:
            self.simple[head] = value
        elif inner == "" or inner.isdigit():
            self.several.setdefault(head, []).append(value)
        else:
            self.simple[name] = value

    def has(self, name: str) -> bool:
        return any(key.partition("[")[0] == name for key in (*self.simple, *self.several, *self.bounds))


def _integer(value: str, name: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise errors.invalid(f"Invalid integer: {value}", name, "parameter_invalid_integer") from None


def _limit(value: str | None) -> int:
    if value is None:
        return 10
    limit = _integer(value, "limit")
    if limit < 1:
        message = f"This value must be greater than or equal to 1 (it currently is '{limit}')."
        raise errors.invalid(message, "limit", "parameter_invalid_integer")
    if limit > 100:
        message = f"This value must be less than or equal to 100 (it currently is '{limit}')."
        raise errors.invalid(message, "limit", "parameter_invalid_integer")
    return limit


def _span(edges: dict[str, int]) -> Span:
    firsts = [edges["gte"]] if "gte" in edges else []
    lasts = [edges["lte"]] if "lte" in edges else []
    if "gt" in edges:
        firsts.append(edges["gt"] + 1)
    if "lt" in edges:
        lasts.append(edges["lt"] - 1)
    return Span(max(firsts, default=None), min(lasts, default=None))


def _expansions(paths: list[str], objects: tuple[str, ...], prefix: str) -> Tree:
    below = []
    for path in paths:
        if path.count(".") >= EXPANSION_DEPTH:
            message = f"You cannot expand more than 4 levels of a property. Property: {path}"
            raise errors.invalid(message, "expand", "property_expansion_max_depth")
        inner = path.removeprefix(prefix)
        known = path.startswith(prefix) and any(
            not refused_expansion(kind, inner) and not (prefix and refused_in_lists(kind, inner)) for kind in objects
        )
        if not known:
            raise errors.invalid(f"This property cannot be expanded ({path}).", "expand")
        below.append(inner)
    return tree_of(below)


def pairs_of(params: dict[str, object]) -> list[tuple[str, str]]:
    """Python values as a query has them: `created={"gte": 1}`, `expand=["customer"]`, `active=True`."""
    pairs: list[tuple[str, str]] = []
    for name, value in params.items():
        match value:
            case None | EllipsisType():
                continue
            case dict():
                pairs.extend((f"{name}[{inner}]", str(bound)) for inner, bound in value.items())
            case list() | tuple():
                pairs.extend((f"{name}[]", str(item)) for item in value)
            case bool():
                pairs.append((name, str(value).lower()))
            case _:
                pairs.append((name, str(value)))
    return pairs
