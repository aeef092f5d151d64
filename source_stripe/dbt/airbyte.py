"""Views for those who come from Airbyte's own connector, which reads API version 2022-11-15: the columns it had.

`airbyte_columns.csv` says which of these Stripe has moved or dropped since, in which version, and where they are now.
The facts are from the classes of Stripe's SDK for Python, versions 10.12.0 to 16.1.0 compared (MIT), and for 2024-04-10
from https://docs.stripe.com/changelog.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from typing import cast

from source_stripe.dbt import documents
from source_stripe.dbt.expressions import expression, joins
from source_stripe.dbt.tables import Kind, Table


@dataclass(frozen=True)
class Moved:
    """A column that was there in 2022."""

    table: str
    name: str
    since: str
    """The API version that no longer has it."""
    kind: Kind
    field: str
    """Where it is now; empty where it is nowhere."""
    said: str
    """What is not the same."""


def moved() -> tuple[Moved, ...]:
    """Every column that moved or went, by table."""
    text = (files("source_stripe") / "dbt" / "airbyte_columns.csv").read_text()
    return tuple(
        Moved(one["table"], one["column"], one["since"], cast("Kind", one["kind"]), one["field"], one["said"])
        for one in csv.DictReader(text.splitlines())
    )


def models(every: Sequence[Table]) -> dict[str, str]:
    """The views, by their path in the project: each is the staging view and the columns that were."""
    tables = {table.name: table for table in every}
    made, described = {}, list[documents.Value]()
    for name, group in groupby(moved(), key=lambda column: column.table):
        columns = tuple(group)
        made[f"models/airbyte/airbyte__{name}.sql"] = _view(columns, tables[name])
        described.append(
            {
                "name": f"airbyte__{name}",
                "description": f"`{name}` with the columns that it had in API version 2022-11-15.",
                "columns": [{"name": one.name, "description": sentence(one)} for one in columns],
            }
        )
    made["models/airbyte/_airbyte.yml"] = documents.text({"version": 2, "models": described})
    return made


def sentence(column: Moved) -> str:
    """What became of a column."""
    where = "Moved" if column.field else "Gone"
    return f"{where} with API version {column.since}{f': {column.said}' if column.said else ''}."


def _view(columns: Sequence[Moved], table: Table) -> str:
    selected = ",\n".join(
        f"    {expression(column.field, table, column.kind)} as {{{{ stripe_quoted('{column.name}') }}}}"
        for column in columns
    )
    head = [f"{{{{ config(alias='{table.name}') }}}}", "", "select", "    base.*,", selected]
    return "\n".join((*head, f"from {{{{ ref('{table.model}') }}}} as base", *joins(table))) + "\n"
