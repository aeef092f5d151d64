"""Which permissions a restricted key needs for a stream, and the link to Stripe's form with these ticked. Pure.

What Stripe publishes of them is little: `permissions.json` says of each endpoint how its permission is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal
from urllib.parse import quote, urlencode

import orjson

from source_stripe.declaration.origins import Events, Listing
from source_stripe.declaration.resource import Resource, Route
from source_stripe.declaration.takes import Children, Embedded, Take

EVENTS, THIN_EVENTS = "/v1/events", "/v2/core/events"
FORM = "https://dashboard.stripe.com/{mode}apikeys/create"


@dataclass(frozen=True)
class Permission:
    """What reading an endpoint needs."""

    endpoint: str
    """A path whose parameters are called `id`: `/v1/customers/{id}/sources`."""
    name: str
    """As refusals name it, and the link takes it: `rak_charge_read`; empty where Stripe publishes none."""
    known: Literal["documented", "observed", "inferred", "unknown"]
    note: str = ""


@cache
def permissions() -> Mapping[str, Permission]:
    """Those of every endpoint that a stream reads, by its path."""
    read = orjson.loads((files("source_stripe") / "permissions.json").read_bytes())["endpoints"]
    return {path: Permission(path, one["permission"], one["known"], one.get("note", "")) for path, one in read.items()}


def needed(resource: Resource) -> tuple[Permission, ...]:
    """What a stream needs, its own endpoint first: also its parents', and events where these tell of changes."""
    return tuple(permissions()[path] for path in endpoints(resource))


def names(resources: Iterable[Resource]) -> tuple[str, ...]:
    """The names of all that these streams need, sorted, each once; of some endpoints there is none to be named."""
    return tuple(sorted({one.name for resource in resources for one in needed(resource) if one.name}))


def form(wanted: Iterable[str], *, title: str = "source-stripe", live: bool = True) -> str:
    """The address of the form for a new restricted key in Stripe's dashboard, with these permissions ticked.

    Stripe ignores a name that it does not know, and documents neither the address nor its parameters.
    """
    query = urlencode([("name", title), *(("permissions[]", name) for name in wanted)], quote_via=quote)
    return f"{FORM.format(mode='' if live else 'test/')}?{query}"


def endpoints(resource: Resource) -> tuple[str, ...]:
    """The paths of all that a stream reads, its own first."""
    return tuple(dict.fromkeys(re.sub(r"{\w+}", "{id}", path) for path in _paths(resource)))


def _paths(resource: Resource) -> Iterator[str]:
    routes: list[Route[Listing] | Route[Events]] = []
    for part in resource.parts:
        routes += [part.first, *part.routes]
    for route in routes:
        yield from _under(route.take)
    for route in routes:
        match route.origin:
            case Listing(path=path):
                yield path
            case Events(retrieve=one):
                yield one.removesuffix("/{id}")
    if resource.routes:
        yield THIN_EVENTS if any(route.origin.thin for route in resource.routes) else EVENTS


def _under(take: Take) -> Iterator[str]:
    match take:
        case Children(path=path, whole=whole):
            yield path
            yield from _under(whole) if whole else ()
        case Embedded(whole=Children(path=path)):
            yield path
