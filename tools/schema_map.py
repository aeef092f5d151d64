"""Writes `docs/schema-map.html`: all tables, keys and links as one interactive page, and `docs/schema.dbml`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from source_stripe.catalog import CATALOG, PRODUCTS
from source_stripe.columns import Kind
from source_stripe.declaration.resource import Resource
from source_stripe.permissions import names
from tools.column_table import Column, table_columns
from tools.links import links
from tools.sdk import Sdk
from tools.tables import endpoint

MAP = Path("docs/schema-map.html")
DBML = Path("docs/schema.dbml")
TEMPLATE = Path(__file__).parent / "schema_map.html"
TYPES = {
    Kind.TEXT: "text",
    Kind.INTEGER: "bigint",
    Kind.NUMBER: "double",
    Kind.BOOLEAN: "boolean",
    Kind.TIME: "bigint",
    Kind.JSON: "json",
}


def page(sdk: Sdk, provenance: str) -> str:
    """The interactive page, with its data inside."""
    data = json.dumps(_data(sdk), ensure_ascii=False, separators=(",", ":"))
    # Nothing in the data may end the element that holds it.
    safe = data.replace("</", "<\\/")
    return TEMPLATE.read_text().replace("PROVENANCE", provenance).replace(">DATA<", f">{safe}<")


def _data(sdk: Sdk) -> dict[str, object]:
    product = {stream.name: number for number, one in enumerate(PRODUCTS) for stream in one.streams}
    number = {stream.name: place for place, stream in enumerate(CATALOG)}
    return {
        "products": [{"title": one.title} for one in PRODUCTS],
        "tables": [
            {
                "name": one.name,
                "product": product[one.name],
                "endpoint": endpoint(one),
                "key": one.key,
                "cursor": one.cursor,
                "permission": ", ".join(names([one])),
                "columns": [_column(column) for column in table_columns(one, sdk)],
            }
            for one in CATALOG
        ],
        "links": [[number[one.name], link.path, number[link.target]] for one in CATALOG for link in links(one, sdk)],
    }


def _column(column: Column) -> list[str]:
    kind = column.kind.value + (f", {column.unit}" if column.unit else "")
    cells = [column.name, kind, column.text, ", ".join(column.fields)]
    return cells[: 3 + bool(column.fields)]


def dbml(sdk: Sdk, provenance: str) -> str:
    """Tables, keys and references in DBML: https://dbml.dbdiagram.io/docs. References inside JSON are left out."""
    lines = [f"// {provenance}", "", "Project source_stripe {", "  database_type: 'Generic'", "}", ""]
    for one in CATALOG:
        lines += [*_table(one, sdk), ""]
    for product in PRODUCTS:
        lines += [f"TableGroup {product.name} {{", *(f"  {stream.name}" for stream in product.streams), "}", ""]
    lines += [
        f"Ref: {one.name}.{link.path} > {link.target}.id"
        for one in CATALOG
        for link in links(one, sdk)
        if link.whole and (one.name, link.path) != (link.target, "id")
    ]
    return "\n".join(lines) + "\n"


def _table(resource: Resource, sdk: Sdk) -> Iterator[str]:
    alone = len(resource.key) == 1
    yield f"Table {resource.name} {{"
    for column in table_columns(resource, sdk):
        settings = ["pk"] if alone and column.key else []
        settings += [f"note: {_quoted(column.text)}"] if column.text else []
        yield f'  "{column.name}" {TYPES[column.kind]}' + (f" [{', '.join(settings)}]" if settings else "")
    if not alone:
        yield "  indexes {"
        yield f"    ({', '.join(resource.key)}) [pk]"
        yield "  }"
    yield "}"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
