"""The columns of a stream with type, unit and meaning, and their table for its section in `docs/streams/`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from source_stripe.catalog import PRODUCTS
from source_stripe.columns import Kind, kind
from source_stripe.declaration.resource import Resource
from tools import schemas
from tools.links import Link, links
from tools.markdown import codes, table
from tools.sdk import Sdk

_MONEY = re.compile(r"(^|_)(amounts?|fees?|net|balance|total|subtotal|cost)(_|$)")
_DECIMAL = re.compile(r"amount_decimal$")


MOST_FIELDS = 12
"""Fields inside a column that are named."""


@dataclass(frozen=True)
class Column:
    """A column of a stream's table."""

    name: str
    kind: Kind
    unit: str
    """Empty where it has none, or Stripe does not say."""
    text: str
    """What Stripe's SDK says of it, or the connector of one that it adds; may be empty."""
    fields: tuple[str, ...]
    """What an object, or each object of an array, holds; empty where Stripe does not say."""
    key: bool
    links: tuple[Link, ...]

    @property
    def targets(self) -> tuple[str, ...]:
        """The streams whose ids it holds, and nothing else."""
        return tuple(dict.fromkeys(one.target for one in self.links if one.whole))

    @property
    def inside(self) -> tuple[str, ...]:
        """The streams whose ids stand inside it."""
        return tuple(dict.fromkeys(one.target for one in self.links if not one.whole))


@cache
def table_columns(resource: Resource, sdk: Sdk) -> tuple[Column, ...]:
    """All columns of a stream, in the order of its schema, which is written here and not read from its file."""
    properties = schemas.schema(resource, sdk)["properties"]
    found = links(resource, sdk)
    return tuple(
        _column(name, declared, name in resource.key, tuple(one for one in found if one.column == name))
        for name, declared in (properties.items() if isinstance(properties, dict) else ())
    )


def _column(name: str, declared: Mapping[str, Any], key: bool, found: tuple[Link, ...]) -> Column:
    text, what = str(declared.get("description", "")), kind(name, declared)
    inside = declared.get("properties") or declared.get("items", {}).get("properties", {})
    return Column(name, what, unit(name, what, text), text, tuple(inside), key, found)


def unit(name: str, what: Kind, description: str) -> str:
    """The unit of a column's value; empty where it has none, or Stripe does not say."""
    match what:
        case Kind.TIME:
            return "Unix seconds"
        case Kind.INTEGER if _MONEY.search(name):
            return "minor units"
        case Kind.INTEGER if "in bytes" in description:
            return "bytes"
        case Kind.INTEGER if found := re.search(r"(^|_)(days|months)(_|$)", name):
            return found[2]
        case Kind.NUMBER if "percent" in name:
            return "percent"
        case Kind.TEXT if _DECIMAL.search(name):
            return "decimal, minor units"
    return ""


def folded(resource: Resource, sdk: Sdk) -> str:
    """All columns of a stream, folded away: a page holds the streams of a whole product."""
    every = table_columns(resource, sdk)
    return "\n".join(
        (
            f'<details markdown="1"><summary>{len(every)} columns</summary>',
            "",
            table(("Column", "Type", "Meaning"), map(_row, every)),
            "</details>",
            "",
        )
    )


def _row(column: Column) -> Iterator[str]:
    yield f"`{column.name}`" + (" (key)" if column.key else "")
    yield column.kind.value + (f", {column.unit}" if column.unit else "")
    yield " ".join(_meaning(column))


def _meaning(column: Column) -> Iterator[str]:
    if column.text:
        yield column.text
    if column.fields:
        more = f" and {len(column.fields) - MOST_FIELDS} more" if len(column.fields) > MOST_FIELDS else ""
        yield f"Fields: {codes(column.fields[:MOST_FIELDS])}{more}."
    if column.targets:
        yield f"Refers to {' or '.join(map(_link, column.targets))}."
    if column.inside:
        yield f"Holds ids of {', '.join(map(_link, column.inside))}."


def _link(stream: str) -> str:
    """From one page of a product to a section of another."""
    page = next(product.name for product in PRODUCTS if any(one.name == stream for one in product.streams))
    return f"[`{stream}`]({page}.md#{stream})"
