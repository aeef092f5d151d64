"""Which permissions a restricted key needs for an address, and for what is expanded in an object."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from integration_tests.sandbox.world.facts import ENDPOINTS, LINKED, UNIQUE, Endpoint

_FACTS = json.loads(Path(__file__).with_suffix(".json").read_text())
_OF_OBJECT: Mapping[str, str] = {kind: name for name, kinds in _FACTS["objects"].items() for kind in kinds}
_EITHER: Mapping[str, list[str]] = _FACTS["either"]
_IMPLIES: Mapping[str, list[str]] = _FACTS["implies"]
DIRECT = frozenset(_FACTS["direct"])
"""Those that are good for the key's own account alone, and not on behalf of a connected one."""

Permissions = tuple[str, ...]
"""Names of which any one will do; none where Stripe publishes none."""


def of_endpoint(path: str, endpoint: Endpoint | None) -> Permissions:
    """What reading an address takes, `endpoint` being what it is of; it is None where there is one object."""
    if path in UNIQUE:
        return of_object(UNIQUE[path])
    known = endpoint.path if endpoint and endpoint.path else path
    if known in _FACTS["unpublished"]:
        return ()
    for prefix, name in _FACTS["paths"].items():
        if known == prefix or known.startswith(f"{prefix}/"):
            return _with_others(name)
    if endpoint is None:
        return ()
    return next((some for kind in (*endpoint.objects, endpoint.owner) if (some := of_object(kind))), ())


def of_object(kind: str) -> Permissions:
    """What seeing an object of a type takes; nothing where it has no permission of its own."""
    return _with_others(_OF_OBJECT[kind]) if kind in _OF_OBJECT else ()


def with_implied(given: Iterable[str]) -> frozenset[str]:
    """What a key may that was given these: https://docs.stripe.com/stripe-apps/reference/permissions."""
    may, left = set[str](), list(given)
    while left:
        name = left.pop()
        if name not in may:
            may.add(name)
            left += _IMPLIES.get(name, [])
    return frozenset(may)


def row(name: str) -> str:
    """What the dashboard calls a permission."""
    known: str | None = _FACTS["rows"].get(name)
    return known or name.removeprefix("rak_").removesuffix("_read").replace("_", " ").title()


def every_permission() -> frozenset[str]:
    """All there are, as far as they are known."""
    return frozenset(_FACTS["objects"])


def unpublished() -> frozenset[str]:
    """The addresses of lists whose permission nobody knows by name."""
    first = {path for path, endpoint in ENDPOINTS.items() if not of_endpoint(path, endpoint)}
    return frozenset(first | {path for path, endpoint in LINKED.items() if not of_object(endpoint.object)})


def _with_others(name: str) -> Permissions:
    return (name, *_EITHER.get(name, []))
