"""Writes README's list of products, `docs/streams.md`, the index of all of them, and a page for each product."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from source_stripe.catalog import CATALOG, PRODUCTS
from source_stripe.catalog.product import Product
from source_stripe.declaration.resource import Resource
from tools import tables
from tools.markdown import NONE, codes, table
from tools.sdk import Sdk

INDEX = Path("docs/streams.md")
FOLDER = Path("docs/streams")

INTRODUCTION = """# Streams

What each stream reads from Stripe, and what it cannot know, on a page for each of Stripe's products.

A stream with events is listed once. Later syncs read `/v1/events`, once for all streams, and then the objects that the
events tell of, as they are now. Stripe keeps events for 30 days: a stream that was not synced for that long is listed
again.

Which of Stripe's lists are read, and why some are not: [coverage.md](coverage.md). What other connectors call these
streams: [comparison.md](comparison.md).
"""


def documents(sdk: Sdk, provenance: str) -> dict[Path, str]:
    """The index and the pages, by their path from the root of the repository."""
    written = {FOLDER / f"{product.name}.md": _page(product, sdk, provenance) for product in PRODUCTS}
    return {INDEX: _index(provenance)} | written


def readme() -> str:
    """README's list: each product, a link to its page, and how many streams it has."""
    named = (f"[{product.title}](docs/streams/{product.name}.md) {len(product.streams)}" for product in PRODUCTS)
    return "\n".join(textwrap.wrap(f"{len(CATALOG)}: {', '.join(named)}.", 128, break_on_hyphens=False)) + "\n"


def link(resource: Resource, folder: Path) -> str:
    """A stream as a link to its section, from a document beside the `folder` of the pages."""
    page = next(product.name for product in PRODUCTS if resource in product.streams)
    return f"[`{resource.name}`]({folder / page}.md#{resource.name})"


def _index(provenance: str) -> str:
    folder = FOLDER.relative_to(INDEX.parent)
    products = table(
        ("Product", "Streams", "For accounts that use"),
        ((f"[{one.title}]({folder / one.name}.md)", str(len(one.streams)), one.enable or NONE) for one in PRODUCTS),
    )
    streams = table(("Stream", "Endpoint", "Key", "Cursor"), (_entry(one, folder) for one in _by_name(CATALOG)))
    heads = ("## By product\n\n" + products, f"## All {len(CATALOG)} by name\n\n" + streams)
    return "\n".join((f"<!-- {provenance} -->", "", INTRODUCTION, *heads))


def _by_name(resources: Iterable[Resource]) -> list[Resource]:
    return sorted(resources, key=lambda resource: resource.name)


def _entry(resource: Resource, folder: Path) -> Iterator[str]:
    yield link(resource, folder)
    yield f"`{tables.endpoint(resource)}`"
    yield codes(resource.key)
    yield f"`{resource.cursor}`" if resource.cursor else NONE


def _page(product: Product, sdk: Sdk, provenance: str) -> str:
    needed = (
        f"For accounts that use {product.feature}, which is enabled at {product.where}. "
        "To others Stripe may refuse these streams; then deselect them.\n"
    )
    sections = (tables.section(resource, sdk) for resource in product.streams)
    return "\n".join(
        (
            f"<!-- {provenance} -->",
            "",
            f"# {product.title}",
            "",
            *([needed] if product.enable else []),
            "What the streams have in common, and those of other products: [streams.md](../streams.md).",
            "",
            tables.overview(product.streams, sdk),
            *sections,
        )
    )
