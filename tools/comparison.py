"""Writes `docs/comparison.md`: what other connectors call each stream."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from source_stripe.catalog import CATALOG
from tools import pages
from tools.markdown import NONE, codes, table

PATH = Path("docs/comparison.md")
DATA = Path(__file__).parent / "other_names.json"

INTRODUCTION = """# What other connectors call these streams

For who comes from another connector: its table or collection, and the stream here that holds the same. The names are
those of 2026; where it was not noted that a connector has a name of its own, it is taken to use Airbyte's.
"""


class Connector(NamedTuple):
    """Another connector's names."""

    name: str
    which: str
    """Which of its versions, where there are several."""
    streams: Mapping[str, str]
    """Their name -> our stream."""
    without: Mapping[str, str]
    """Their name -> why there is no stream."""


@cache
def connectors() -> tuple[Connector, ...]:
    data = json.loads(DATA.read_text())
    return tuple(
        Connector(
            name,
            one["which"],
            {same: same for same in one["same"]} | one["renamed"],
            {theirs: data["reasons"][why] for theirs, why in one["without"].items()},
        )
        for name, one in data["connectors"].items()
    )


def names(stream: str, connector: Connector) -> list[str]:
    """What a connector calls one of our streams; several names where its versions differ."""
    return [theirs for theirs, ours in connector.streams.items() if ours == stream]


def document(provenance: str) -> str:
    known = {ours for connector in connectors() for ours in connector.streams.values()}
    alone = [stream for stream in CATALOG if stream.name not in known]
    folder = pages.FOLDER.relative_to(PATH.parent)
    only = ", ".join(pages.link(stream, folder) for stream in alone)
    counts = ((one.name, one.which or NONE, str(len(one.streams)), str(len(one.without))) for one in connectors())
    without = ((one.name, codes([theirs]), why) for one in connectors() for theirs, why in one.without.items())
    return "\n".join(
        (
            f"<!-- {provenance} -->",
            "",
            INTRODUCTION,
            table(("Connector", "Which", "Streams", "Without a stream here"), counts),
            "## Streams\n",
            table(("Stream", "Its names, and whose"), _rows(folder)),
            f"## In none of these\n\n{len(alone)} streams: {only}.\n",
            "## Theirs without a stream here\n",
            table(("Connector", "Name", "Why"), without),
        )
    )


def _rows(folder: Path) -> Iterator[tuple[str, str]]:
    """A column for each connector would be cut on most hosts."""
    for stream in sorted(CATALOG, key=lambda stream: stream.name):
        whose: dict[str, list[str]] = {}
        for one in connectors():
            for theirs in names(stream.name, one):
                whose.setdefault(theirs, []).append(one.name)
        if whose:
            yield pages.link(stream, folder), "; ".join(f"`{name}` {', '.join(them)}" for name, them in whose.items())
