"""Writes the tables of docs/dbt.md: what the models of `source-stripe dbt` fill for those who come from elsewhere."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from source_stripe.dbt.airbyte import moved
from source_stripe.dbt.compatibility import filled, wanted
from source_stripe.dbt.tables import tables
from tools.markdown import NONE, codes, table

PATH = Path("docs/dbt.md")


def compatibility() -> str:
    """Each expected table, the stream that fills it, and the columns that stay empty."""
    known = {one.name: one for one in tables()}
    rows = []
    for name, group in groupby(wanted(), key=lambda column: column.table):
        columns = list(group)
        stream = columns[0].stream
        empty = [one.name for one in columns if not filled(one, known[stream])]
        rows.append(
            (f"`{name}`", f"`{stream}`", f"{len(columns) - len(empty)} of {len(columns)}", codes(empty) or NONE)
        )
    return table(("Table", "From", "Filled", "Always null"), rows)


def airbyte() -> str:
    """Each column that moved or went, and where it is."""
    rows = ((f"`{one.table}`", f"`{one.name}`", one.since, _where(one.field), one.said or NONE) for one in moved())
    return table(("Table", "Column", "Until", "Now", "What is other"), rows)


def _where(field: str) -> str:
    if not field:
        return "gone"
    return f"`{field}`" if field.replace(".", "").replace("_", "").replace("[0]", "").isalnum() else "computed"
