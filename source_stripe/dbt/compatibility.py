"""Views with the tables and columns that dbt packages written for Fivetran's tables expect.

`compatibility.csv` says which: the names are those that the package dbt_stripe 1.10 asks for, each beside the stream
and field that holds the same. A field is a column, a path into one, or empty where Stripe has nothing of the kind any
more; what takes more than that is in `SPECIAL`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby

from source_stripe.dbt import documents
from source_stripe.dbt.expressions import JOINS, expression, head_of, joins, spelled
from source_stripe.dbt.tables import Kind, Table

_KINDS: Mapping[str, Kind] = {
    "string": "text",
    "integer": "integer",
    "numeric": "number",
    "boolean": "boolean",
    "timestamp": "timestamp",
}

SPECIAL: Mapping[tuple[str, str], str] = {
    ("charge", "card_id"): "case when {text:source:object} = 'card' then {text:source:id} end",
    ("charge", "bank_account_id"): "case when {text:source:object} = 'bank_account' then {text:source:id} end",
    ("charge", "invoice_id"): "coalesce(by_intent.invoice, by_charge.invoice)",
    ("balance_transaction", "payout_id"): "paid_out.payout_id",
    ("customer", "default_card_id"): "case when base.default_source like 'card_%' then base.default_source end",
    ("customer", "bank_account_id"): "case when base.default_source like 'ba_%' then base.default_source end",
    ("payout", "destination_card_id"): "case when base.destination like 'card_%' then base.destination end",
    ("payout", "destination_bank_account_id"): "case when base.destination like 'ba_%' then base.destination end",
    ("invoice", "paid"): "(base.status = 'paid')",
    ("invoice", "payment_intent_id"): "paid_by.payment_intent",
    ("invoice", "charge_id"): "coalesce(paid_by.charge, intent.latest_charge)",
    ("invoice", "application_fee_amount"): "charge.application_fee_amount",
    ("invoice", "tax"): "case when base.total_taxes is not null then {sum:total_taxes::amount} end",
    ("discount", "type"): (
        "case when base.holder_id like 'cus_%' then 'customer' when base.holder_id like 'sub_%' then 'subscription' "
        "when base.holder_id like 'si_%' then 'subscription_item' when base.holder_id like 'in_%' then 'invoice' "
        "when base.holder_id like 'il_%' then 'invoice_line_item' when base.holder_id like 'ii_%' then 'invoice_item' "
        "end"
    ),
    **{(table, "_fivetran_active"): "true" for table in ("subscription", "subscription_history")},
}
"""Columns that are an expression."""
WHERE: Mapping[str, str] = {
    "payment_method_card": "base.type = 'card'",
    "subscription_discount": "base.subscription is not null",
}
KINDS: Mapping[tuple[str, str], Kind] = {
    ("credit_note_line_item", "unit_amount_decimal"): "number",
    ("credit_note", "customer_balance_transaction"): "text",
}
"""Columns whose kind is not the one that the table says: a decimal is a text here, and an id no number anywhere."""
SYNCED = ("_fivetran_synced", "fivetran_synced")
"""When a row was last read: here, the time of the version it holds."""


@dataclass(frozen=True)
class Wanted:
    """A column that is expected, and the field of the stream that fills it."""

    table: str
    name: str
    stream: str
    field: str
    type: str

    @property
    def kind(self) -> Kind:
        return KINDS.get((self.table, self.name)) or _KINDS.get(self.type, "text")


def wanted() -> tuple[Wanted, ...]:
    """Every column, by table."""
    text = (files("source_stripe") / "dbt" / "compatibility.csv").read_text()
    return tuple(
        Wanted(one["table"], one["column"], one["stream"], one["field"], one["type"])
        for one in csv.DictReader(text.splitlines())
    )


def filled(column: Wanted, table: Table) -> bool:
    """Whether there is something to fill it with."""
    if (column.table, column.name) in SPECIAL:
        return True
    if column.name in SYNCED:
        return bool(_synced(table))
    return head_of(column.field) in table.by_name


def models(every: Sequence[Table]) -> dict[str, str]:
    """The views, by their path in the project."""
    tables = {table.name: table for table in every}
    made, described = {}, list[documents.Value]()
    for name, group in groupby(wanted(), key=lambda column: column.table):
        columns = tuple(group)
        table = tables[columns[0].stream]
        made[f"models/compatibility/compatibility__{name}.sql"] = _view(name, columns, table)
        described.append(_described(name, columns, table))
    made["models/compatibility/_compatibility.yml"] = documents.text({"version": 2, "models": described})
    return made


def _described(name: str, columns: Sequence[Wanted], table: Table) -> documents.Value:
    return {
        "name": f"compatibility__{name}",
        "description": f"`{table.name}` as the table `{name}` of Fivetran's.",
        "columns": [{"name": one.name, "description": _said(one, table)} for one in columns],
    }


def _said(column: Wanted, table: Table) -> str:
    if not filled(column, table):
        return "Always null: Stripe no longer has it, or never had it."
    own = column.field and ":" not in column.field
    return f"`{column.field}` of `{table.name}`." if own else f"Made from `{table.name}`."


def _view(name: str, columns: Sequence[Wanted], table: Table) -> str:
    selected = ",\n".join(
        f"    {_expression(column, table)} as {{{{ stripe_quoted('{column.name}') }}}}" for column in columns
    )
    joined = list(joins(table)) if any(_joins(column, table) for column in columns) else []
    where = [f"where {WHERE[name]}"] if name in WHERE else []
    head = [f"{{{{ config(alias='{name}') }}}}", "", "select", selected, f"from {_base(table)} as base"]
    return "\n".join((*head, *joined, *where)) + "\n"


def _joins(column: Wanted, table: Table) -> bool:
    """Whether a column is made of what its table is joined to."""
    return table.name in JOINS and (column.table, column.name) in SPECIAL


def _base(table: Table) -> str:
    """The staging view; for accounts, connected ones and the key's own."""
    if table.name != "accounts":
        return f"{{{{ ref('{table.model}') }}}}"
    names = [column.name for column in table.columns if column.name not in ("updated", "is_deleted")]
    shared = ", ".join(f"{{{{ stripe_quoted('{name}') }}}}" for name in names)
    return (
        f"(\n    select {shared}, updated, is_deleted from {{{{ ref('{table.model}') }}}}\n"
        f"    union all\n    select {shared}, created, false from {{{{ ref('stg_stripe__account') }}}}\n)"
    )


def _expression(column: Wanted, table: Table) -> str:
    if special := SPECIAL.get((column.table, column.name)):
        return spelled(special)
    field = _synced(table) if column.name in SYNCED else column.field
    return expression(field, table, column.kind)


def _synced(table: Table) -> str:
    return next((name for name in ("updated", table.resource.cursor, "created") if name in table.by_name), "")
