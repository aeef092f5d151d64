"""The tables of pages that gather one thing of all streams: permissions, deletions, what cannot be known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import yaml

from source_stripe.catalog import CATALOG, PRODUCTS
from source_stripe.declaration.resource import Resource
from source_stripe.permissions import form, names, needed, row
from tools import options, pages, schema_drawing, tables, words
from tools.markdown import NONE, codes, table
from tools.sdk import Sdk

ROOT = Path(__file__).resolve().parent.parent
DOCS = Path("docs")
STREAMS = pages.FOLDER.relative_to(DOCS)


def blocks(sdk: Sdk) -> Mapping[Path, Mapping[str, str]]:
    """What stands between the marks of which page, by the path from the root of the repository."""
    links = _key_links()
    return {
        DOCS / "setup.md": {"key-links": links},
        DOCS / "options.md": {"options": options.options()},
        schema_drawing.PAGE: {"drawings": schema_drawing.listed()},
        DOCS / "permissions.md": {
            "links": f"{links}\n{_product_links()}",
            "names": _names(),
            "streams": _permissions(),
        },
        DOCS / "deletes.md": {"streams": _gathered("Marked when", lambda one: [words.deletes(one, sdk) or "never"])},
        DOCS / "unknown.md": {"streams": _gathered("Cannot be known", lambda one: _unknown(one, sdk))},
    }


def _key_links() -> str:
    suggested = yaml.safe_load((ROOT / "metadata.yaml").read_text())["data"]["suggestedStreams"]["streams"]
    usual = [one for one in CATALOG if one.name in suggested]
    named = {"for the usual streams": usual, "for all streams": CATALOG}
    return "".join(
        f"- {text}: {_link('live mode', some)}, {_link('test mode', some)}\n" for text, some in named.items()
    )


def _product_links() -> str:
    rows = (
        (one.title, _link("live mode", one.streams), _link("test mode", one.streams))
        for one in PRODUCTS
        if names(one.streams)
    )
    return table(("For the streams of", "Live", "Test"), rows)


def _link(mode: str, streams: Iterable[Resource]) -> str:
    return f"[{mode}]({form(names(streams), live=mode == 'live mode')})"


def _names() -> str:
    """Every permission, with what the form calls it, and what is to know of it."""
    asked = [one for resource in CATALOG for one in needed(resource) if one.name]
    rows = []
    for name in names(CATALOG):
        notes = dict.fromkeys(one.note for one in asked if one.name == name and one.note)
        rows.append((f"`{name}`", row(name), " ".join(notes) or NONE))
    return table(("Permission", "In the form", "To know"), rows)


def _permissions() -> str:
    ordered = sorted(CATALOG, key=lambda one: one.name)
    return table(("Stream", "Permissions", "Known"), ((pages.link(one, STREAMS), *_needed(one)) for one in ordered))


def _needed(resource: Resource) -> tuple[str, str]:
    asked = needed(resource)
    unnamed = " and one that Stripe does not name" if any(not one.name for one in asked) else ""
    return (codes(dict.fromkeys(one.name for one in asked if one.name)) or NONE) + unnamed, asked[0].known


def _unknown(resource: Resource, sdk: Sdk) -> Iterator[str]:
    """Without the names of objects, so that streams of which the same is said stand together."""
    for sentence in tables.unknown(resource, sdk):
        said = re.sub(r"edit of [\w ]+, such", "edit of these, such", sentence)
        said = re.sub(r"whose [\w ]+ may yet", "whose parent may yet", said)
        yield said.replace("events above", "stream's events").replace("Nor has it one", "Stripe has no event")


def _gathered(head: str, said: Callable[[Resource], Iterable[str]]) -> str:
    """What is said, the most particular first, and of which streams."""
    found: dict[str, list[str]] = {}
    for one in CATALOG:
        for sentence in said(one):
            found.setdefault(sentence, []).append(pages.link(one, STREAMS))
    rows = sorted(found.items(), key=lambda item: len(item[1]))
    return table((head, "Streams"), ((sentence, ", ".join(streams)) for sentence, streams in rows))
