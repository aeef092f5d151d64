"""Fills `docs/registry/stripe.md`, a page in the form of Airbyte's pages on connectors, with streams and options."""

from __future__ import annotations

from pathlib import Path

from source_stripe.catalog import PRODUCTS
from source_stripe.declaration.resource import Resource
from tools import options, tables
from tools.markdown import codes, filled, table

PATH = Path("docs/registry/stripe.md")
MIGRATIONS = Path("docs/registry/stripe-migrations.md")


def document(text: str) -> str:
    """The page with its tables anew. It stands alone: where it is shown there are no other pages of this project."""
    return filled(filled(text, "options", options.options()), "streams", _streams())


def _streams() -> str:
    heads = ("Product", "Stream", "Primary key", "Cursor", "Endpoint")
    return table(heads, ((product.title, *_row(one)) for product in PRODUCTS for one in product.streams))


def _row(resource: Resource) -> tuple[str, str, str, str]:
    cursor = f"`{resource.cursor}`" if resource.cursor else "full refresh only"
    return f"`{resource.name}`", codes(resource.key), cursor, f"`GET {tables.endpoint(resource)}`"
