"""Which permissions a restricted key needs for a stream, and the link to Stripe's form with these ticked. Pure.

What Stripe publishes of them is little: `permissions.json` says of each endpoint how its permission is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal
from urllib.parse import quote, urlencode

import orjson

from source_stripe.declaration.origins import Events, Listing
from source_stripe.declaration.resource import Resource, Route, Scope
from source_stripe.declaration.takes import Children, Embedded, Take

EVENTS, THIN_EVENTS = "/v1/events", "/v2/core/events"
FORM = "https://dashboard.stripe.com/{mode}apikeys/create"


@dataclass(frozen=True)
class Permission:
    """What reading an endpoint needs, or a field of its objects that is expanded."""

    endpoint: str
    """A path whose parameters are called `id`: `/v1/customers/{id}/sources`."""
    name: str
    """As refusals name it, and the link takes it: `rak_charge_read`; empty where Stripe publishes none."""
    known: Literal["documented", "observed", "inferred", "unknown"]
    note: str = ""
    field: str = ""
    """What is expanded in the objects of the endpoint; empty for these themselves."""


@cache
def permissions() -> Mapping[str, Permission]:
    """Those of every endpoint that a stream reads, by its path."""
    return {path: _permission(path, one) for path, one in _table()["endpoints"].items()}


@cache
def expansions() -> Mapping[tuple[str, str], Permission]:
    """Those of every field that holds other objects and is expanded, by the path of the endpoint and the field."""
    every = _table()["expansions"].items()
    return {(path, field): _permission(path, one, field) for path, fields in every for field, one in fields.items()}


@cache
def row(name: str) -> str:
    """What Stripe's form for keys calls a permission: `Charges and Refunds`.

    But for the few that are known otherwise it is the name without what all have.
    """
    known: str | None = _table()["rows"].get(name)
    return known or name.removeprefix("rak_").removesuffix("_read").replace("_", " ").capitalize()


def spoken(name: str) -> str:
    """A permission in a sentence, as the form and as the link calls it: `"Charges and Refunds" (rak_charge_read)`."""
    return f'"{row(name)}" ({name})'


def needed(resource: Resource) -> tuple[Permission, ...]:
    """What a stream needs, its own endpoint first: also its parents', what is expanded, and events where these tell of
    changes."""
    return tuple(_needed(resource))


def names(resources: Iterable[Resource]) -> tuple[str, ...]:
    """The names of all that these streams need, sorted, each once; of some endpoints there is none to be named."""
    return tuple(sorted({one.name for resource in resources for one in needed(resource) if one.name}))


def connected_names(resources: Iterable[Resource]) -> tuple[str, ...]:
    """The names of all that these streams need in the form's column for connected accounts, sorted, each once.

    What a platform has of an account changes by the account's own events, which a platform's do not tell of
    (https://github.com/stripe/stripe-go/issues/315). The link ticks nothing in that column.
    """
    parts = (part for resource in resources for part in resource.parts)
    followed = any(part.scope is Scope.PLATFORM and part.routes for part in parts)
    return (permissions()[EVENTS].name,) if followed else ()


def form(wanted: Iterable[str], *, title: str = "source-stripe", live: bool = True) -> str:
    """The address of the form for a new restricted key in Stripe's dashboard, with these permissions ticked.

    Stripe ignores a name that it does not know, and documents neither the address nor its parameters.
    """
    query = urlencode([("name", title), *(("permissions[]", name) for name in wanted)], quote_via=quote)
    return f"{FORM.format(mode='' if live else 'test/')}?{query}"


def endpoints(resource: Resource) -> tuple[str, ...]:
    """The paths of all that a stream reads, its own first."""
    return tuple(dict.fromkeys(map(_plain, _paths(resource))))


def expanded(resource: Resource) -> tuple[tuple[str, str], ...]:
    """What a stream expands, by the path of the endpoint and the field."""
    return tuple(dict.fromkeys((_plain(path), field) for path, fields in _fields(resource) for field in fields))


def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = orjson.loads((files("source_stripe") / "permissions.json").read_bytes())
    return table


def _permission(path: str, one: Mapping[str, Any], field: str = "") -> Permission:
    return Permission(path, one["permission"], one["known"], one.get("note", ""), field)


def _needed(resource: Resource) -> Iterator[Permission]:
    for path in endpoints(resource):
        yield permissions()[path]
    for place in expanded(resource):
        if place in expansions():
            yield expansions()[place]


def _plain(path: str) -> str:
    return re.sub(r"{\w+}", "{id}", path)


def _routes(resource: Resource) -> Iterator[Route[Listing] | Route[Events]]:
    for part in resource.parts:
        yield part.first
        yield from part.routes


def _paths(resource: Resource) -> Iterator[str]:
    for route in _routes(resource):
        yield from (one.path for one in below(route.take))
    for route in _routes(resource):
        yield _path(route.origin)
    if resource.routes:
        yield THIN_EVENTS if any(route.origin.thin for route in resource.routes) else EVENTS


def _fields(resource: Resource) -> Iterator[tuple[str, tuple[str, ...]]]:
    for route in _routes(resource):
        yield _path(route.origin), route.origin.expand
        yield from ((one.path, one.expand) for one in below(route.take))


def _path(origin: Listing | Events) -> str:
    """Of a list, or of the list that an object is one of."""
    return origin.path if isinstance(origin, Listing) else origin.retrieve.removesuffix("/{id}")


def below(take: Take | None) -> Iterator[Children]:
    """The lists that are asked for below an object."""
    match take:
        case Children():
            yield take
            yield from below(take.whole)
        case Embedded(whole=Children() as children):
            yield children
