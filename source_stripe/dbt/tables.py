"""The tables that syncs fill, as the models need to know them: columns with their kinds, keys, and links to others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any, Literal

import orjson

from source_stripe import columns
from source_stripe.catalog import CATALOG, PRODUCTS
from source_stripe.declaration.resource import ACCOUNT_ID, Resource, Scope

Kind = Literal["text", "integer", "number", "boolean", "timestamp", "json"]

_KINDS: Mapping[columns.Kind, Kind] = {
    columns.Kind.TEXT: "text",
    columns.Kind.INTEGER: "integer",
    columns.Kind.NUMBER: "number",
    columns.Kind.BOOLEAN: "boolean",
    columns.Kind.TIME: "timestamp",
    columns.Kind.JSON: "json",
}
KEPT: Mapping[str, str] = {"canceled": "status = 'canceled'"}
"""How a model tells the rows that are marked as deleted and are still what they were, by the declaration's test. A
detached payment method is none: it is nobody's any more."""


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind
    text: str
    """Stripe's description."""

    @property
    def unit(self) -> str:
        """What its numbers count, where a reader may wonder."""
        if self.kind == "timestamp":
            return "UTC."
        is_amount = re.search(r"(^|_)(amount|amounts|balance|total|subtotal|fee|net|due|paid)(_|$)", self.name)
        return "In the smallest unit of the currency." if self.kind == "integer" and is_amount else ""


@dataclass(frozen=True)
class Table:
    """What one stream fills."""

    resource: Resource
    columns: tuple[Column, ...]

    @property
    def name(self) -> str:
        return self.resource.name

    @property
    def model(self) -> str:
        """The staging view over it."""
        return f"stg_stripe__{self.name}"

    @property
    def kept(self) -> str:
        """Which rows stay although they are marked as deleted; empty for none."""
        tests = {part.deleted_if.__name__ for part in self.resource.parts}
        return " or ".join(KEPT[name] for name in sorted(tests & KEPT.keys()))

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        return {column.name: column for column in self.columns}


def tables() -> tuple[Table, ...]:
    """One for each stream, in the order of the catalogue."""
    return tuple(Table(resource, (*_columns(resource.name), *_whose(resource))) for resource in CATALOG)


def product_of(resource: Resource) -> str:
    """Which of Stripe's products a table is of, in words."""
    return next(product.title for product in PRODUCTS if resource in product.streams)


def data(name: str) -> Any:
    """A JSON file of this package."""
    return orjson.loads((files("source_stripe") / "dbt" / name).read_bytes())


def _columns(stream: str) -> tuple[Column, ...]:
    described = columns.schema(stream)["properties"]
    return tuple(
        Column(name, _KINDS[kind], described[name].get("description", ""))
        for name, kind in columns.columns(stream).items()
    )


def _whose(resource: Resource) -> tuple[Column, ...]:
    """Where one connection reads many accounts, the column that tells them apart; else it is null."""
    if resource.scope is not Scope.ACCOUNT:
        return ()
    return (Column(ACCOUNT_ID, "text", "The account that the row is of, where one connection reads many; else null."),)
