"""What an account holds, and how a replica differs from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from integration_tests.sandbox import Account
from integration_tests.vocabulary import DAY, Record
from integration_tests.warehouse import Warehouse, additions
from source_stripe.catalog import CATALOG
from source_stripe.declaration.resource import Parent, Resource
from source_stripe.declaration.takes import Children, Embedded


def held(account: Account, resource: Resource) -> dict[str, Record]:
    """The rows that the account holds now, as its own lists show them."""
    return {
        part.identity(row): {name: value for name, value in row.items() if name not in additions(resource)}
        for part in resource.parts
        for row in _rows(account, part)
        if row.get("object", "") == part.object and not part.deleted_if(row) and not row.get("deleted")
    }


def _rows(account: Account, resource: Resource) -> Iterator[Record]:
    """What stands in the lists of a stream, or in and under their objects; with what is part of its key."""
    take, link = resource.first.take, resource.parent
    for thing in _listed(account, resource).values():
        match take:
            case Embedded(whole=Children() as whole, inside=""):
                children = _under(account, whole, thing)
            case Embedded(whole=Children() as whole):
                children = _inside(_under(account, replace(whole, expand=(take.inside,)), thing), take, link)
            case Embedded():
                children = _inside(_at(thing, take.field), take, link)
            case Children():
                children = _under(account, take, thing)
            case _:
                yield thing
                continue
        for child in children:
            yield {link.id_field: thing[link.owner[0] or "id"], **child} if link else child


def _inside(things: list[Record], take: Embedded, link: Parent | None) -> list[Record]:
    if take.numbered:
        return [{**thing, "position": position} for position, thing in enumerate(things)]
    if take.inside and link:
        return [{**inner, link.id_field: thing["id"]} for thing in things for inner in thing[take.inside]]
    return things


def _at(thing: Record, path: str) -> list[Record]:
    """What is at a path: in a list, in an array, or one thing."""
    value: Any = thing
    for name in path.split("."):
        value = (value or {}).get(name)
    return value if isinstance(value, list) else [value] if value else []


def _listed(account: Account, resource: Resource) -> dict[str, Record]:
    origin = resource.first.origin
    if origin.single:
        return {"": account.rows(origin.path)[0]}
    return {
        thing["id"]: thing
        for params in origin.filters
        for thing in account.rows(origin.path, expand=list(origin.expand), **dict(params))
    }


def _under(account: Account, children: Children, parent: Record) -> list[Record]:
    """The lists under an object: those that it has."""
    if not children.where(parent) or (children.unless_null and parent.get(children.unless_null) is None):
        return []
    if children.each:
        metered = {
            item["price"]["recurring"] and item["price"]["recurring"]["meter"] for item in parent["items"]["data"]
        }
        born = parent["created"] // DAY * DAY - children.back_days * DAY
        stretch = dict(zip(children.between, (born, -(-account.now // DAY) * DAY), strict=True))
        return [
            row for each in metered - {None} for row in _filled(account, children, {**parent, "each": each}, stretch)
        ]
    return _filled(account, children, parent, {})


def _filled(account: Account, children: Children, fields: Record, further: Record) -> list[Record]:
    filled = {name: value.format_map(fields) for name, value in children.params}
    params = {name: value for name, value in filled.items() if value != "None"}
    expand = {"expand": list(children.expand)} if children.expand else {}
    quoted = {name: quote(value, safe="") for name, value in fields.items() if isinstance(value, str)}
    return account.rows(children.path.format_map(quoted), **params, **expand, **further)


def differences(account: Account, warehouse: Warehouse, resource: Resource) -> list[str]:
    """What is missing, too much or other than the account has it; empty when the replica is right."""
    expected, actual = held(account, resource), warehouse.rows(resource)
    return [
        *(f"missing {key}" for key in expected.keys() - actual.keys()),
        *(f"too much {key}" for key in actual.keys() - expected.keys()),
        *(
            f"wrong {key}: {_unlike(expected[key], actual[key])}"
            for key in expected.keys() & actual.keys()
            if expected[key] != actual[key]
        ),
    ]


def _unlike(expected: Mapping[str, object], actual: Mapping[str, object]) -> dict[str, tuple[object, object]]:
    names = expected.keys() | actual.keys()
    return {n: (expected.get(n), actual.get(n)) for n in names if expected.get(n) != actual.get(n)}


def wrong(account: Account, warehouse: Warehouse) -> dict[str, list[str]]:
    """The streams whose replica is not right, and why. Events are left out: the account forgets them after 30 days."""
    found = {resource.name: differences(account, warehouse, resource) for resource in CATALOG}
    return {name: rows for name, rows in found.items() if rows and name != "events"}
