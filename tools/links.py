"""Which column of a stream holds the id of a row of which other stream, from declarations and Stripe's SDK."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache

from source_stripe.catalog import CATALOG
from source_stripe.declaration.resource import Parent, Resource
from source_stripe.declaration.takes import Embedded
from source_stripe.permissions import endpoints
from tools import words
from tools.sdk import Sdk
from tools.shapes import Array, Definition, Either, Expandable, Mapping, Page, Plain, Shape

AMBIGUOUS = {"capability", "card", "source", "tax_id"}
"""Objects whose names Stripe also gives to texts that are no ids: brands, ways in which something came, numbers."""


class Why(Enum):
    """How a link is known."""

    PARENT = "parent"
    """The id of the object that the row was found under, which the connector adds."""
    EXPANDABLE = "expandable"
    """Stripe can show the object in its place, so it is the id of one."""
    EMBEDDED = "embedded"
    """The object stands there, and holds its id."""
    NAMED = "named"
    """A text with the name of an object."""
    SAME = "same"
    """The row is a row of the other stream too, found in another way."""


@dataclass(frozen=True)
class Link:
    """A reference from one stream to another."""

    path: str
    """The column, or the way inside it: `customer`, `discounts[].coupon`."""
    target: str
    """The stream with the key `id` in which it is found; several links where it may be in one of several."""
    why: Why

    @property
    def column(self) -> str:
        return self.path.replace("[", ".").partition(".")[0]

    @property
    def whole(self) -> bool:
        """Whether the column holds the id and nothing else, so that SQL can join on it."""
        return self.path == self.column


@cache
def links(resource: Resource, sdk: Sdk) -> tuple[Link, ...]:
    """Those of a stream, each once: its parent first, then in the order of Stripe's fields."""
    found = {(one.path, one.target): one for one in reversed([*_links(resource, sdk)])}
    return tuple(reversed(found.values()))


def _links(resource: Resource, sdk: Sdk) -> Iterator[Link]:
    for part in resource.parts:
        if parent := part.parent:
            targets = _streams(parent.owner[1]) or _streams(_holder(part, parent, sdk))
            yield from (Link(parent.id_field, one, Why.PARENT) for one in targets)
    others = [one for one in CATALOG if one.object == resource.object and endpoints(one)[0] == endpoints(resource)[0]]
    if resource.parent:
        yield from (Link("id", one.name, Why.SAME) for one in others if not one.parent)
    row = words.row(resource, sdk)
    product = row.object.rpartition(".")[0]
    for name, field in row.fields.items():
        yield from _inside(field.shape, name, (row,), product)


def _holder(part: Resource, parent: Parent, sdk: Sdk) -> str:
    """The tag of what a row is taken from: of the parent, or of the items of it that hold the row."""
    match part.first.take:
        case Embedded(field=field, inside=inside) if inside:
            return next(_tags(sdk.object(parent.object).fields[field].shape), "")
        case _:
            return parent.object


def _inside(shape: Shape, path: str, within: tuple[Definition, ...], product: str) -> Iterator[Link]:
    """What lies at a path of a row. Paged lists are streams of their own, and errors repeat other objects."""
    match shape:
        case Expandable(whole):
            yield from (Link(path, one, Why.EXPANDABLE) for tag in _tags(whole) for one in _streams(tag))
        case Plain(("string",)):
            *_, holder, name = f".{path}".replace("[]", "").split(".")
            # A product's own objects go by short names in it, and under its name elsewhere: `treasury.transaction`.
            tags = [] if name in AMBIGUOUS else [f"{holder}.{name}", f"{product}.{name}", name]
            yield from (Link(path, one, Why.NAMED) for one in next(filter(None, map(_streams, tags)), ()))
        case Array(items):
            yield from _inside(items, f"{path}[]", within, product)
        case Mapping(values):
            yield from _inside(values, f"{path}.*", within, product)
        case Either(options):
            for option in options:
                yield from _inside(option, path, within, product)
        case Definition() if shape.object:
            yield from (Link(f"{path}.id", one, Why.EMBEDDED) for one in _streams(shape.object))
        case Definition() if shape not in within and not shape.name.endswith("Error"):
            for name, field in shape.fields.items():
                yield from _inside(field.shape, f"{path}.{name}", (*within, shape), product)


def _tags(shape: Shape) -> Iterator[str]:
    match shape:
        case Definition() if shape.object:
            yield shape.object
        case Page(items):
            yield from _tags(items)
        case Either(options):
            for option in options:
                yield from _tags(option)


def _streams(tag: str) -> list[str]:
    """Where an object is found by its id: in the stream that lists all of its kind, else in those that list some."""
    having = [one for one in CATALOG if one.object == tag and "id" in one.key]
    every = [one for one in having if not one.parent and not one.first.origin.single]
    return [one.name for one in every or having]
