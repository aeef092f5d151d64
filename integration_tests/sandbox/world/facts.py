"""What Stripe publishes about its list endpoints, objects and versions, read from the files beside this module."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
"""A JSON object. Once stored it is never changed in place, so that it may be shared."""

DAY_SECONDS = 86_400
API_VERSION = "2026-10-28.endive"

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A list endpoint: which objects it yields and which parameters it takes."""

    path: str
    """Empty where there is no list, and objects are read one by one."""
    objects: tuple[str, ...]
    params: frozenset[str]
    required: tuple[str, ...]
    ranges: frozenset[str]
    retrieve: str | None
    owner: str
    """The object whose id is in the path; empty where none is."""


@dataclass(frozen=True, slots=True)
class LinkedEndpoint:
    """A list endpoint of API v2: which objects it yields, and which parameters it takes."""

    path: str
    object: str
    params: frozenset[str]
    """As a query has them: `created[gte]`, `types[]` for each of several."""
    page: int
    """The most objects on a page."""
    retrieve: str


@dataclass(frozen=True, slots=True)
class Sublist:
    """A list inside an object, and the address that pages it."""

    field: str
    objects: tuple[str, ...]
    url: str
    always: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """What of an object can be expanded (path -> objects), what is left out until then, and what it embeds."""

    expandable: Mapping[str, tuple[str, ...]]
    includable: tuple[str, ...]
    embedded: Mapping[str, str]
    sublists: Mapping[str, Sublist]


def _load(name: str) -> Json:
    loaded: Json = json.loads((_HERE / name).read_text())
    return loaded


_FACTS = _load("endpoints.json")


def _endpoint(path: str, raw: Json) -> Endpoint:
    return Endpoint(
        path,
        tuple(raw["objects"]),
        frozenset(raw["params"]),
        tuple(raw["required"]),
        frozenset(raw["ranges"]),
        raw["retrieve"],
        _FACTS["endpoints"][path.partition("/{")[0]]["objects"][0] if "{" in path else "",
    )


def _shape(raw: Json) -> Shape:
    return Shape(
        expandable={path.replace("[]", ""): tuple(targets) for path, targets in raw["expandable"].items()},
        includable=tuple(raw["includable"]),
        embedded={path.replace("[]", ""): targets[0] for path, targets in raw["embedded"].items()},
        sublists={
            field: Sublist(field, tuple(sub["objects"]), sub["url"], sub["always"])
            for field, sub in raw["sublists"].items()
        },
    )


ENDPOINTS: Mapping[str, Endpoint] = {path: _endpoint(path, raw) for path, raw in _FACTS["endpoints"].items()}
UNIQUE: Mapping[str, str] = _FACTS["unique"]
"""The addresses that answer with one object of which an account has one, and which it is."""
RETRIEVES: tuple[Endpoint, ...] = tuple(
    Endpoint("", (name,), frozenset(), (), frozenset(), path, "") for path, name in _FACTS["retrieves"].items()
)
"""Objects that are read one by one, and listed elsewhere or nowhere."""
_V2 = _load("v2.json")
LINKED: Mapping[str, LinkedEndpoint] = {
    path: LinkedEndpoint(path, raw["object"], frozenset(raw["params"]), raw["page"], raw["retrieve"])
    for path, raw in _V2["endpoints"].items()
}
INCLUDABLE: Mapping[str, tuple[str, ...]] = {name: tuple(paths) for name, paths in _V2["includable"].items()}
"""What of an object of API v2 is null until it is asked for."""
THIN_EVENTS: Mapping[str, str] = _V2["event_types"]
"""The types of thin events about objects of API v2, and which they are; empty for those about none."""
_PLAIN = Shape({}, (), {}, {})
SHAPES: Mapping[str, Shape] = {name: _shape(raw) for name, raw in _FACTS["objects"].items()} | {
    endpoint.object: _PLAIN for endpoint in LINKED.values()
}
EVENT_TYPES: frozenset[str] = frozenset(_FACTS["event_types"])
FIXTURES: Mapping[str, Json] = _load("fixtures.json")["resources"]
MAJORS: tuple[Json, ...] = tuple(_load("versions.json")["majors"])
"""The major versions, oldest first, each with the fields it added to and removed from objects."""
