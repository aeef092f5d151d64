"""The figures as tables in a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from source_stripe.report.figures import Report, counted, percent

MONTHS, INVOICES = 7, 6
"""How many are shown; the page has all."""


def show(report: Report, console: Console) -> None:
    """Prints the tables, which fit 80 columns."""
    console.print(f"[bold]{escape(report.account)}[/bold], up to {report.as_of:%d %B %Y, %H:%M} UTC, "
                  f"in {report.currency.upper()}{_others(report)}", highlight=False)  # fmt: skip
    for name in report.missing:
        console.print(f"[yellow]The file has no table {name}: what needs it is empty.[/yellow]")
    months = _table("Month", "Charges", "Refunds, disputes", "Fees", "Net", "MRR", "Paying", "Churn")
    for one in report.months[-MONTHS:]:
        sums = (one.charges, one.refunds + one.disputes, one.fees, one.net, one.mrr)
        name = f"{one.month:%b %Y}" + (" …" if one is report.now else "")
        months.add_row(name, *map(report.round_money, sums), f"{one.customers:,}", percent(one.churn_rate))
    _print(console, "Revenue, fees, recurring revenue and churn", months)
    if payout := report.payout:
        parts = _table("What", "Transactions", "Amount")
        for part in payout.parts:
            parts.add_row(part.name, f"{part.transactions:,}" if part.transactions else "", report.money(part.amount))
        parts.add_row("Paid out", "", report.money(payout.amount), style="bold")
        parts.add_row(
            "Difference", "", report.money(payout.difference), style="green" if not payout.difference else "red"
        )
        _print(console, f"Payout {payout.id}, {payout.created:%d %B %Y}", parts)
        console.print(_reconciled(report))
    invoices = _table("Invoice", "Customer", "Open", "Due", text=2)
    for invoice in report.invoices[:INVOICES]:
        late = invoice.days_late(report.as_of.date())
        due = f"{invoice.due:%d %b}" + (f", {counted(late, 'day')} late" if late else "") if invoice.due else "by card"
        invoices.add_row(escape(invoice.number), escape(invoice.customer), report.money(invoice.amount), due)
    if len(report.invoices) > INVOICES:
        invoices.add_row("", f"and {len(report.invoices) - INVOICES} more", "", "")
    if report.invoices:
        _print(
            console,
            f"{counted(len(report.invoices), 'open invoice')} over {report.money(report.open_amount)}",
            invoices,
        )


def _reconciled(report: Report) -> str:
    if report.unequal:
        return f"[red]{report.unequal} of {report.reconciled} reconciled payouts differ from their transactions.[/red]"
    return f"All {report.reconciled} reconciled payouts equal their transactions to the cent."


def _others(report: Report) -> str:
    return f" (not in it: {', '.join(report.others).upper()})" if report.others else ""


def _table(*names: str, text: int = 1) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for number, name in enumerate(names):
        table.add_column(name, justify="left" if number < text else "right", overflow="fold")
    return table


def _print(console: Console, title: str, table: Table) -> None:
    console.print(f"\n[bold]{escape(title)}[/bold]", highlight=False)
    console.print(table)
