"""Draws `docs/schema/<product>.svg`: the tables of a product, with their keys and what they refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from source_stripe.catalog import PRODUCTS
from source_stripe.catalog.product import Product
from source_stripe.declaration.resource import Resource
from tools.links import links
from tools.markdown import table
from tools.sdk import Sdk

FOLDER = Path("docs/schema")
PAGE = Path("docs/schema.md")
WIDTH, HEAD, ROW, GAP, BETWEEN, MARGIN = 330, 28, 18, 18, 70, 20
"""Pixels: of a table, its head and a row of it; between tables of a column, between columns, around all."""
LONGEST = 42
"""Letters of a row; more are cut in the middle."""
MOST_COLUMNS = 4
DEEPEST = 4
"""Steps of references that are followed to put tables in order."""
STYLE = (
    "text{font:12px ui-monospace,monospace;fill:#1f2933}.head{font:600 13px system-ui,sans-serif}.out{fill:#829ab1}"
    ".key{font-weight:600}rect{fill:#fff;stroke:#627d98}.top{fill:#d9e8fb}path{fill:none;stroke:#829ab1;opacity:.75}"
    "circle{fill:#627d98}"
)


@dataclass(frozen=True)
class Row:
    """A line of a table: a key, or a column, or a path in one, with the tables whose ids it holds."""

    text: str
    key: bool
    here: tuple[str, ...] = ()
    """Tables of the same drawing."""
    elsewhere: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        targets = " | ".join((*self.here, *self.elsewhere))
        text = f"{self.text} \N{RIGHTWARDS ARROW} {targets}" if targets else self.text
        half = LONGEST // 2 - 1
        return text if len(text) <= LONGEST else f"{text[:half]}\N{HORIZONTAL ELLIPSIS}{text[-half:]}"


def drawings(sdk: Sdk, provenance: str) -> dict[Path, str]:
    """By the path from the root of the repository."""
    return {FOLDER / f"{product.name}.svg": _drawing(product, sdk, provenance) for product in PRODUCTS}


def listed() -> str:
    """Links to the drawings, for the page on the schema."""
    rows = ((f"[{one.title}](schema/{one.name}.svg)", str(len(one.streams))) for one in PRODUCTS)
    return table(("Drawing", "Tables"), rows)


def _drawing(product: Product, sdk: Sdk, provenance: str) -> str:
    names = [one.name for one in product.streams]
    rows = {one.name: list(_rows(one, names, sdk)) for one in product.streams}
    at, width, height = _places(rows)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<!-- {provenance} -->",
        f"<title>{escape(product.title)}</title>",
        f"<style>{STYLE}</style>",
        f'<rect width="{width}" height="{height}" style="stroke:none"/>',
        *(line for name in names for line in _edges(name, rows[name], at)),
        *(line for name in names for line in _box(name, rows[name], at[name])),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _rows(resource: Resource, here: Sequence[str], sdk: Sdk) -> Iterator[Row]:
    """The keys first. Paths inside one column that lead to the same tables are one row."""
    paths: dict[str, list[str]] = {name: [] for name in resource.key}
    for link in links(resource, sdk):
        paths.setdefault(link.path, []).append(link.target)
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for path, targets in paths.items():
        alike.setdefault((path.replace("[", ".").partition(".")[0], tuple(targets)), []).append(path)
    for (column, those), some in alike.items():
        text = some[0] if len(some) == 1 else f"{column} ({len(some)} places)"
        inside = tuple(one for one in those if one in here)
        yield Row(text, some[0] in resource.key, inside, tuple(one for one in those if one not in here))


def _places(rows: Mapping[str, Sequence[Row]]) -> tuple[dict[str, tuple[int, int]], int, int]:
    """The upper left corner of each table, and the size of all.

    Columns of about the same height; what others refer to stands at the left.
    """
    refers = {name: {one for row in some for one in row.here} - {name} for name, some in rows.items()}
    ordered = sorted(rows, key=lambda name: _level(name, refers, ()))
    whole = sum(_height(rows[name]) + GAP for name in rows)
    columns = min(MOST_COLUMNS, max(1, round((whole / WIDTH) ** 0.5)))
    at, column, top, deepest = {}, 0, MARGIN, 0
    for name in ordered:
        if top > MARGIN + whole / columns and column < columns - 1:
            column, top = column + 1, MARGIN
        at[name] = (MARGIN + column * (WIDTH + BETWEEN), top)
        top += _height(rows[name]) + GAP
        deepest = max(deepest, top)
    return at, 2 * MARGIN + (column + 1) * (WIDTH + BETWEEN), deepest - GAP + MARGIN


def _level(name: str, refers: Mapping[str, set[str]], above: tuple[str, ...]) -> int:
    """How many tables one refers to in a row; a circle counts once."""
    below = sorted(refers[name] - {*above, name})
    return 1 + max(_level(one, refers, (*above, name)) for one in below) if below and len(above) < DEEPEST else 0


def _height(rows: Sequence[Row]) -> int:
    return HEAD + len(rows) * ROW + 6


def _edges(name: str, rows: Sequence[Row], at: Mapping[str, tuple[int, int]]) -> Iterator[str]:
    x, y = at[name]
    for number, row in enumerate(rows):
        for target in row.here:
            to_x, to_y = at[target]
            start, end = y + HEAD + number * ROW + ROW // 2, to_y + HEAD // 2
            if to_x < x:
                middle = (x + to_x + WIDTH) // 2
                yield f'<path d="M{x} {start}C{middle} {start} {middle} {end} {to_x + WIDTH} {end}"/>'
            else:
                from_x, out = x + WIDTH, max(x, to_x) + WIDTH + 30
                yield f'<path d="M{from_x} {start}C{out} {start} {out} {end} {to_x + WIDTH} {end}"/>'
            yield f'<circle cx="{to_x + WIDTH}" cy="{end}" r="3"/>'


def _box(name: str, rows: Sequence[Row], place: tuple[int, int]) -> Iterator[str]:
    x, y = place
    yield f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{_height(rows)}" rx="5"/>'
    yield f'<rect class="top" x="{x}" y="{y}" width="{WIDTH}" height="{HEAD}" rx="5"/>'
    yield f'<text class="head" x="{x + 10}" y="{y + 19}">{escape(name)}</text>'
    for number, row in enumerate(rows):
        kind = ' class="key"' if row.key else ' class="out"' if row.elsewhere and not row.here else ""
        yield f'<text{kind} x="{x + 10}" y="{y + HEAD + number * ROW + 15}">{escape(row.shown)}</text>'
