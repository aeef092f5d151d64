"""A bar chart as SVG, in plain code. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

WIDTH, LEFT, RIGHT, BAR, GAP, HEAD = 760, 260, 90, 22, 10, 34
FONT = "font-family='system-ui, sans-serif'"
COLOURS = {"ours": "#635bff", "airbyte": "#9aa5b1", "singer": "#c3cad2"}


class Bar(NamedTuple):
    label: str
    value: float
    colour: str


class Chart(NamedTuple):
    title: str
    unit: str
    bars: Sequence[Bar]


def drawn(charts: Sequence[Chart], comment: str) -> str:
    """Charts under one another, each on a scale of its own that begins at nothing."""
    parts, top = [], 16
    for chart in charts:
        parts.append(_text(20, top + 14, chart.title, weight=600, size=15))
        top += HEAD
        longest = max((bar.value for bar in chart.bars), default=0.0) or 1.0
        for bar in chart.bars:
            width = max(1.0, (WIDTH - LEFT - RIGHT) * bar.value / longest)
            parts.append(_text(LEFT - 10, top + 15, bar.label, anchor="end"))
            parts.append(f"<rect x='{LEFT}' y='{top}' width='{width:.1f}' height='{BAR}' rx='3' fill='{bar.colour}'/>")
            parts.append(_text(LEFT + width + 8, top + 15, f"{bar.value:,.0f} {chart.unit}"))
            top += BAR + GAP
        top += 16
    frame = f"<rect width='{WIDTH}' height='{top}' rx='8' fill='#ffffff' stroke='#e3e8ee'/>"
    size = f"width='{WIDTH}' height='{top}' viewBox='0 0 {WIDTH} {top}'"
    head = f"<!-- {comment} -->\n<svg xmlns='http://www.w3.org/2000/svg' {size} {FONT}>"
    return "\n".join([head, frame, *parts, "</svg>"]) + "\n"


def _text(x: float, y: float, words: str, anchor: str = "start", weight: int = 400, size: int = 13) -> str:
    return (
        f"<text x='{x:.1f}' y='{y}' text-anchor='{anchor}' font-weight='{weight}' font-size='{size}' "
        f"fill='#1a1f36'>{escape(words)}</text>"
    )
