"""Plots as SVG, coloured by the style sheet of the page. Each is drawn for a width, wide or narrow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from source_stripe.report.figures import MINUS, Month, Payout, Report, decimals, percent

WIDE, NARROW = 760, 360
"""Pixels: of a laptop's column, and of a phone."""
LEFT, RIGHT, BOTTOM, TOP = 46, 6, 26, 18


def revenue(report: Report, width: int) -> str:
    """Of each month's charges, what was kept, what went back and what it cost."""
    months = report.months
    plot = _Plot(width, 250, len(months), max(month.charges for month in months), 0, report)
    for index, month in enumerate(months):
        back = -(month.refunds + month.disputes)
        parts = (("net", month.charges - back - month.fees), ("back", max(0, back)), ("fee", month.fees))
        below = 0
        for name, amount in parts:
            plot.bar(index, below, max(0, amount), f"{name}{_open(report, month)}")
            below += max(0, amount)
        said = f"{month.month:%B %Y}: charges {report.money(month.charges)}, refunds and disputes "
        plot.label(
            index, said + f"{report.money(-back)}, fees {report.money(month.fees)}, net {report.money(month.net)}"
        )
    return plot.svg([month.month.strftime("%b %y") for month in months], "Revenue by month")


def recurring(report: Report, width: int) -> str:
    """The monthly recurring revenue at the end of each month."""
    months = report.months
    plot = _Plot(width, 220, len(months), max(month.mrr for month in months), 0, report)
    plot.line([month.mrr for month in months], "mrr")
    for index, month in enumerate(months):
        said = f"{month.month:%B %Y}: {report.money(month.mrr)} a month from {month.customers:,} customers"
        plot.label(index, f"{said}, churn {percent(month.churn_rate)}")
    return plot.svg([month.month.strftime("%b %y") for month in months], "Monthly recurring revenue")


def movements(report: Report, width: int) -> str:
    """How the recurring revenue moved in each month: what came above the line, what went below."""
    months = report.months
    came = [month.new + month.reactivation for month in months]
    top = max(one + month.expansion for one, month in zip(came, months, strict=True))
    plot = _Plot(width, 220, len(months), top, min(month.churn + month.contraction for month in months), report)
    for index, (new, month) in enumerate(zip(came, months, strict=True)):
        open_ = _open(report, month)
        plot.bar(index, 0, new, f"net{open_}")
        plot.bar(index, new, month.expansion, f"more{open_}")
        plot.bar(index, month.churn, -month.churn, f"back{open_}")
        plot.bar(index, month.churn + month.contraction, -month.contraction, f"fee{open_}")
        said = f"{month.month:%B %Y}: new {report.money(new)}, expansion {report.money(month.expansion)}, "
        plot.label(index, said + f"contraction {report.money(month.contraction)}, churn {report.money(month.churn)}")
    return plot.svg([month.month.strftime("%b %y") for month in months], "How recurring revenue moved")


def waterfall(payout: Payout, report: Report, width: int) -> str:
    """From what a payout's transactions brought to what reached the bank."""
    parts = [part for part in payout.parts if part.amount]
    steps = [(part.name, part.amount) for part in parts]
    ends = [sum(amount for _, amount in steps[: index + 1]) for index in range(len(steps))]
    shown = report.money if width == WIDE else report.round_money  # there is no room for cents
    plot = _Plot(width, 210, len(steps) + 1, max([*ends, payout.amount]), min([0, *ends]), report)
    for index, ((name, amount), end) in enumerate(zip(steps, ends, strict=True)):
        plot.bar(
            index, min(end, end - amount), abs(amount), "net" if amount > 0 else "fee" if name == "Fees" else "back"
        )
        plot.value(index, max(end, end - amount), shown(amount))
        plot.label(index, f"{name}: {report.money(amount)}")
    plot.bar(len(steps), 0, payout.amount, "mrr-bar")
    plot.value(len(steps), payout.amount, shown(payout.amount))
    plot.label(len(steps), f"Paid out: {report.money(payout.amount)}")
    return plot.svg([*(name for name, _ in steps), "Paid out"], f"What payout {payout.id} is made of", every=True)


def _open(report: Report, month: Month) -> str:
    """A month that is not over is paler."""
    return " so-far" if month is report.now else ""


class _Plot:
    """Columns side by side, over an axis of amounts."""

    def __init__(self, width: int, height: int, columns: int, top: int, bottom: int, report: Report) -> None:
        self._width, self._height, self._columns = width, height, max(1, columns)
        unit = 10 ** decimals(report.currency)
        self._step = _step((max(top, 1) - bottom) / unit) * unit
        self._top: float = math.ceil(max(top, 1) / self._step) * self._step
        self._bottom: float = math.floor(bottom / self._step) * self._step
        self._parts: list[str] = []
        self._unit = unit

    def bar(self, index: int, low: int, amount: int, name: str) -> None:
        if amount > 0:
            left, width = self._left(index), self._column * 0.72
            y, height = self._y(low + amount), self._y(low) - self._y(low + amount)
            self._parts.append(
                f'<rect class="{name}" x="{left:.1f}" y="{y:.1f}" width="{width:.1f}" height="{max(height, 0.8):.1f}"/>'
            )

    def line(self, values: Sequence[int], name: str) -> None:
        points = [(self._middle(index), self._y(value)) for index, value in enumerate(values)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        zero = self._y(0)
        self._parts.append(f'<polygon class="{name}-area" points="{points[0][0]:.1f},{zero:.1f} {path} '
                           f'{points[-1][0]:.1f},{zero:.1f}"/>')  # fmt: skip
        self._parts.append(f'<polyline class="{name}" points="{path}"/>')
        self._parts.extend(f'<circle class="{name}-dot" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in points)

    def value(self, index: int, above: int, text: str) -> None:
        y = max(self._y(above) - 5, 11)
        self._parts.append(f'<text class="value" x="{self._middle(index):.1f}" y="{y:.1f}">{escape(text)}</text>')

    def label(self, index: int, text: str) -> None:
        """What a column says when it is pointed at."""
        self._parts.append(
            f'<rect class="over" x="{LEFT + index * self._column:.1f}" y="{TOP}" width="{self._column:.1f}" '
            f'height="{self._height - TOP - BOTTOM}"><title>{escape(text)}</title></rect>'
        )

    def svg(self, names: Sequence[str], title: str, *, every: bool = False) -> str:
        axis, value = [], self._bottom
        while value <= self._top:
            y = self._y(value)
            axis.append(f'<line class="{"zero" if value == 0 else "grid"}" x1="{LEFT}" x2="{self._width - RIGHT}" '
                        f'y1="{y:.1f}" y2="{y:.1f}"/><text class="tick" x="{LEFT - 6}" y="{y + 4:.1f}">'
                        f"{_short(value / self._unit)}</text>")  # fmt: skip
            value += self._step
        # As many names as there is room for; the last one is always there.
        room = 1 if every else max(1, math.ceil(48 / self._column))
        most = self._width - 20  # half a name
        axis.extend(
            f'<text class="name" x="{min(self._middle(index), most):.1f}" y="{self._height - 8}">{escape(name)}</text>'
            for index, name in enumerate(names)
            if (len(names) - 1 - index) % room == 0
        )
        return (
            f'<svg viewBox="0 0 {self._width} {self._height}" role="img" aria-label="{escape(title)}">'
            + "".join(axis + self._parts)
            + "</svg>"
        )

    @property
    def _column(self) -> float:
        return (self._width - LEFT - RIGHT) / self._columns

    def _left(self, index: int) -> float:
        return LEFT + (index + 0.14) * self._column

    def _middle(self, index: int) -> float:
        return LEFT + (index + 0.5) * self._column

    def _y(self, value: float) -> float:
        room = self._height - TOP - BOTTOM
        return TOP + room * (self._top - value) / (self._top - self._bottom)


def _step(span: float) -> float:
    """A round distance between lines, so that there are three to six."""
    size: float = 10.0 ** math.floor(math.log10(max(span, 1) / 3))
    return next(factor * size for factor in (1, 2, 2.5, 5, 10) if span / (factor * size) <= 5)


def _short(amount: float) -> str:
    for size, letter in ((1e9, "b"), (1e6, "m"), (1e3, "k")):
        if abs(amount) >= size:
            return f"{amount / size:g}{letter}".replace("-", MINUS)
    return f"{amount:g}".replace("-", MINUS)
