"""Draws `docs/engine.svg`: the packages of the connector by level, and which imports which, out of the imports."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parent.parent
PATH = Path("docs/engine.svg")
PACKAGE = "source_stripe"
WIDTH, HEIGHT, GAP, ROW, MARGIN = 118, 34, 22, 66, 24
"""Pixels: of a box, between two boxes of a row, from row to row, around all."""
STYLE = (
    "text{font:13px sans-serif;text-anchor:middle;fill:#1f2933}.small{font-size:10px;fill:#52606d}"
    "rect{fill:#f0f4f8;stroke:#627d98;rx:5}.package{fill:#d9e8fb}path{fill:none;stroke:#829ab1;marker-end:url(#end)}"
)


def layers() -> list[list[str]]:
    """The levels as import-linter holds them, from the top down; each with its packages and modules."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    declared = next(one["layers"] for one in contracts if one["id"] == "layers")
    return [[name.strip() for name in level.split("|")] for level in declared]


def imports() -> dict[str, set[str]]:
    """By package or module directly below the connector's: those of its siblings that it imports."""
    graph = grimp.build_graph(PACKAGE)
    found: dict[str, set[str]] = {_top(name): set() for name in graph.modules if name != PACKAGE}
    for importer in graph.modules - {PACKAGE}:
        for imported in graph.find_modules_directly_imported_by(importer) - {PACKAGE}:
            found[_top(importer)] |= {_top(imported)} - {_top(importer)}
    return found


def drawing() -> str:
    """The picture; an arrow that follows from two others is left out."""
    rows, found = layers(), imports()
    modules = _modules()
    widest = max(map(len, rows)) * (WIDTH + GAP) - GAP + 2 * MARGIN
    at = {name: place for number, row in enumerate(rows) for name, place in _places(row, number, widest)}
    height = len(rows) * ROW - (ROW - HEIGHT) + 2 * MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {widest} {height}" width="{widest}" height="{height}">',
        "<!-- Written by tools/engine_drawing.py from the imports of source_stripe. -->",
        f"<style>{STYLE}</style>",
        '<defs><marker id="end" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" style="fill:#829ab1;stroke:none;marker-end:none"/></marker></defs>',
        *(_arrow(at[one], at[imported], alone=[one] in rows) for one, imported in _reduced(found)),
        *(_box(name, place, modules.get(name, 0)) for name, place in at.items()),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _top(module: str) -> str:
    return module.split(".")[1]


def _modules() -> dict[str, int]:
    """How many modules a package has."""
    folders = (path for path in (ROOT / PACKAGE).iterdir() if (path / "__init__.py").exists())
    return {folder.name: sum(path.name != "__init__.py" for path in folder.glob("*.py")) for folder in folders}


def _places(row: list[str], number: int, widest: int) -> Iterator[tuple[str, tuple[int, int]]]:
    left = (widest - len(row) * (WIDTH + GAP) + GAP) // 2
    for index, name in enumerate(row):
        yield name, (left + index * (WIDTH + GAP), MARGIN + number * ROW)


def _reduced(found: Mapping[str, set[str]]) -> Iterator[tuple[str, str]]:
    for importer in sorted(found):
        for imported in sorted(found[importer]):
            others = found[importer] - {imported}
            if not any(imported in _below(other, found) for other in others):
                yield importer, imported


def _below(name: str, found: Mapping[str, set[str]]) -> set[str]:
    """All that is imported, directly or not."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        news = found[waiting.pop()] - seen
        seen |= news
        waiting += news
    return seen


def _arrow(start: tuple[int, int], end: tuple[int, int], alone: bool) -> str:
    """To the next row straight down; past rows from the side of a box that has its row alone, around the others."""
    (x, y), (to_x, to_y) = start, end
    middle, to_middle = x + WIDTH // 2, to_x + WIDTH // 2
    if to_y - y <= ROW or not alone:
        half = (y + HEIGHT + to_y) // 2
        return f'<path d="M{middle} {y + HEIGHT}C{middle} {half} {to_middle} {half} {to_middle} {to_y}"/>'
    side, height = x + WIDTH if to_x >= x else x, y + HEIGHT // 2
    if abs(to_x - x) < WIDTH:
        away, to_side, to_height = x + WIDTH + 12 + (to_y - y) // 8, to_x + WIDTH, to_y + HEIGHT // 2
        return f'<path d="M{x + WIDTH} {height}C{away} {height} {away} {to_height} {to_side} {to_height}"/>'
    return f'<path d="M{side} {height}C{to_middle} {height} {to_middle} {(height + to_y) // 2} {to_middle} {to_y}"/>'


def _box(name: str, place: tuple[int, int], modules: int) -> str:
    x, y = place
    kind = ' class="package"' if modules else ""
    middle = x + WIDTH // 2
    words = f'<text x="{middle}" y="{y + (16 if modules else 21)}">{escape(name)}</text>'
    if modules:
        words += f'<text class="small" x="{middle}" y="{y + 28}">{modules} modules</text>'
    return f'<rect{kind} x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}"/>{words}'
