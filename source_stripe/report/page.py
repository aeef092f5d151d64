"""The figures as one page of HTML that loads nothing: its plots are in it, and it is light or dark as the screen is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from importlib.resources import files
from string import Template

from source_stripe.report import plots
from source_stripe.report.figures import Report, counted, percent

INVOICES = 12
"""How many open ones are shown before the rest is folded."""


def page(report: Report) -> str:
    """The page, whole."""
    template = Template((files("source_stripe") / "report" / "page.html").read_text())
    others = f"; {', '.join(report.others).upper()} are not in it" if report.others else ""
    return template.substitute(
        title=f"{escape(report.account)}: Stripe report",
        account=escape(report.account),
        as_of=f"{report.as_of:%d %B %Y, %H:%M}",
        currency=report.currency.upper(),
        others=others,
        body="\n".join(_sections(report)),
    )


def _sections(report: Report) -> Iterator[str]:
    last, now = report.last_month, report.now
    yield _tiles(
        (report.round_money(last.net), f"net revenue, {last.month:%B %Y}"),
        (report.round_money(now.mrr), "recurring each month"),
        (f"{now.customers:,}", f"paying customers, churn {percent(last.churn_rate)} in {last.month:%B}"),
        (report.round_money(report.open_amount), f"open in {counted(len(report.invoices), 'invoice')}"),
    )
    if report.missing:
        names = ", ".join(map(escape, report.missing))
        yield f"<section><p>The file lacks {names}: what needs them is empty.</p></section>"
    yield _section(
        "Revenue and fees",
        "What customers were charged each month: what is left of it, what went back to them, and what Stripe took.",
        _drawn(lambda width: plots.revenue(report, width)),
        _key(net="Net", back="Refunds and disputes", fee="Fees"),
        _folded("Every month", _revenue(report)),
    )
    yield _section(
        "Recurring revenue and churn",
        "What the subscriptions bring in a month, and how that moved.",
        _drawn(lambda width: plots.recurring(report, width)),
        _key(mrr="Monthly recurring revenue"),
        _drawn(lambda width: plots.movements(report, width)),
        _key(net="New and back again", more="Expansion", back="Churn", fee="Contraction"),
        _folded("Every month", _recurring(report)),
    )
    yield from _payout(report)
    yield from _invoices(report)


def _payout(report: Report) -> Iterator[str]:
    if not (payout := report.payout):
        return
    said = "All" if not report.unequal else f"{report.reconciled - report.unequal} of"
    rows = [(part.name, str(part.transactions or ""), report.money(part.amount)) for part in payout.parts]
    good = "good" if payout.difference == 0 else "bad"
    yield _section(
        "A payout, to the cent",
        f"{escape(payout.id)} of {payout.created:%d %B %Y}, at the bank on {payout.arrival:%d %B}. "
        f"{said} {report.reconciled} reconciled payouts equal the balance transactions in them.",
        _drawn(lambda width: plots.waterfall(payout, report, width)),
        _table(
            ("What", "Transactions", "Amount"),
            rows,
            ("sum", ("Paid out", "", report.money(payout.amount))),
            (good, ("Difference", "", report.money(payout.difference))),
        ),
    )


def _invoices(report: Report) -> Iterator[str]:
    today = report.as_of.date()
    rows = []
    for one in report.invoices:
        late = one.days_late(today)
        due = f"{one.due:%d %b %Y}" if one.due else "by card"
        rows.append(
            (one.number, one.customer, f"{one.created:%d %b %Y}", due, str(late or ""), report.money(one.amount))
        )
    names = ("Invoice", "Customer", "Sent", "Due", "Days late", "Open")
    late = sum(one.amount for one in report.invoices if one.days_late(today))
    open_ = counted(len(report.invoices), "invoice")
    said = f"{report.money(report.open_amount)} in {open_}, {report.money(late)} of it late."
    yield _section(
        "Open invoices",
        said if rows else "None.",
        _table(names, rows[:INVOICES], text=2, less=(0, 2, 4)) if rows else "",
        _folded(f"{len(rows) - INVOICES} more", _table(names, rows[INVOICES:], text=2, less=(0, 2, 4)))
        if len(rows) > INVOICES
        else "",
    )


def _revenue(report: Report) -> str:
    names = ("Month", "Charges", "Refunds", "Disputes", "Fees", "Net")
    rows = [
        (f"{one.month:%b %Y}", *map(report.money, (one.charges, one.refunds, one.disputes, one.fees, one.net)))
        for one in reversed(report.months)
    ]
    return _table(names, rows)


def _recurring(report: Report) -> str:
    names = ("Month", "New", "Expansion", "Contraction", "Churn", "MRR", "Paying", "Lost")
    rows = []
    for one in reversed(report.months):
        moved = (one.new + one.reactivation, one.expansion, one.contraction, one.churn, one.mrr)
        rows.append(
            (f"{one.month:%b %Y}", *map(report.round_money, moved), f"{one.customers:,}", percent(one.churn_rate))
        )
    return _table(names, rows)


def _section(title: str, said: str, *parts: str) -> str:
    return "\n".join((f"<section><h2>{title}</h2><p>{said}</p>", *parts, "</section>"))


def _drawn(draw: Callable[[int], str]) -> str:
    """A plot for wide windows and one for narrow ones, of which the style sheet shows one."""
    return f'<div class="wide">{draw(plots.WIDE)}</div><div class="narrow">{draw(plots.NARROW)}</div>'


def _tiles(*tiles: tuple[str, str]) -> str:
    boxes = (f"<div><b>{escape(value)}</b><span>{escape(said)}</span></div>" for value, said in tiles)
    return f'<div class="tiles">{"".join(boxes)}</div>'


def _key(**names: str) -> str:
    entries = (f'<span><i class="{kind}"></i>{name}</span>' for kind, name in names.items())
    return f'<div class="key">{"".join(entries)}</div>'


def _folded(title: str, content: str) -> str:
    return f"<details><summary>{title}</summary>{content}</details>"


def _table(
    names: Sequence[str],
    rows: Iterable[Sequence[str]],
    *ends: tuple[str, Sequence[str]],
    text: int = 1,
    less: Sequence[int] = (),
) -> str:
    """A table whose first `text` columns are words; those in `less` are left out where it is narrow."""
    kinds = [" ".join((["text"] if index < text else []) + (["less"] if index in less else []))
             for index in range(len(names))]  # fmt: skip

    def row(cells: Sequence[str], tag: str = "td", kind: str = "") -> str:
        inner = "".join(
            f"<{tag}{f' class={chr(34)}{of}{chr(34)}' if of else ''}>{escape(cell)}</{tag}>"
            for cell, of in zip(cells, kinds, strict=True)
        )
        return f"<tr{f' class={chr(34)}{kind}{chr(34)}' if kind else ''}>{inner}</tr>"

    lines = [row(names, "th"), *map(row, rows), *(row(cells, kind=kind) for kind, cells in ends)]
    return f'<div class="wide-table"><table>{"".join(lines)}</table></div>'
