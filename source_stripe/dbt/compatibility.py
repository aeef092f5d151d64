"""Views with the tables and columns that dbt packages written for Fivetran's tables expect.

`compatibility.csv` says which: the names are those that the package dbt_stripe 1.10 asks for, each beside the stream and
field that holds the same. A field is a column, a path into one (`shipping.address.city`), or empty where Stripe has
nothing of the kind any more; what takes more than that is in `SPECIAL`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby

from source_stripe.dbt import yaml
from source_stripe.dbt.tables import Kind, Table

_KINDS: Mapping[str, Kind] = {
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
    ("invoice", "tax"): "case when base.total_taxes is not null then {sum:total_taxes::amount} end",
    ("discount", "type"): (
        "case when base.holder_id like 'cus_%' then 'customer' when base.holder_id like 'sub_%' then 'subscription' "
        "when base.holder_id like 'si_%' then 'subscription_item' when base.holder_id like 'in_%' then 'invoice' "
        "when base.holder_id like 'il_%' then 'invoice_line_item' when base.holder_id like 'ii_%' then 'invoice_item' end"
    ),
    **{(table, "_fivetran_active"): "true" for table in ("subscription", "subscription_history")},
}
"""Columns that are an expression. `{text:a:b.c}` is the text at a path of a JSON column, `{sum:a::b}` a sum over one."""
JOINS: Mapping[str, tuple[str, ...]] = {
    "charge": (
        "left join (select {text:payment:payment_intent:} as payment_intent, min(invoice) as invoice"
        " from {ref:invoice_payments} group by 1) as by_intent on by_intent.payment_intent = base.payment_intent",
        "left join (select {text:payment:charge:} as charge, min(invoice) as invoice"
        " from {ref:invoice_payments} group by 1) as by_charge on by_charge.charge = base.id",
    ),
    "balance_transaction": (
        "left join (select id, min(payout_id) as payout_id from {ref:payout_balance_transactions} group by 1)"
        " as paid_out on paid_out.id = base.id",
    ),
    "invoice": (
        "left join (select invoice, {text:payment:payment_intent:} as payment_intent, {text:payment:charge:} as charge,"
        " row_number() over (partition by invoice order by case status when 'paid' then 0 when 'open' then 1 else 2 end,"
        " is_default desc, created desc, id) as place from {ref:invoice_payments})"
        " as paid_by on paid_by.invoice = base.id and paid_by.place = 1",
        "left join {ref:payment_intents} as intent on intent.id = paid_by.payment_intent",
    ),
}
WHERE: Mapping[str, str] = {
    "payment_method_card": "base.type = 'card'",
    "subscription_discount": "base.subscription is not null",
}
KINDS: Mapping[tuple[str, str], Kind] = {("credit_note_line_item", "unit_amount_decimal"): "number"}
"""Columns whose kind is another there than here."""
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
        return bool({"updated", "created"} & table.by_name.keys())
    return _head(column.field) in table.by_name


def models(every: Sequence[Table]) -> dict[str, str]:
    """The views, by their path in the project."""
    tables = {table.name: table for table in every}
    made, described = {}, list[yaml.Value]()
    for name, group in groupby(wanted(), key=lambda column: column.table):
        columns = tuple(group)
        made[f"models/compatibility/compatibility__{name}.sql"] = _view(name, columns, tables[columns[0].stream])
        described.append(_described(name, columns, tables))
    made["models/compatibility/_compatibility.yml"] = yaml.text({"version": 2, "models": described})
    return made


def _described(name: str, columns: Sequence[Wanted], tables: Mapping[str, Table]) -> yaml.Value:
    stream = columns[0].stream
    rows: list[yaml.Value] = [
        {"name": one.name, "description": _said(one, tables[stream])} for one in columns if one.name != "index"
    ]
    return {
        "name": f"compatibility__{name}",
        "description": f"`{stream}` as the table `{name}` of Fivetran's.",
        "columns": rows,
    }


def _said(column: Wanted, table: Table) -> str:
    if not filled(column, table):
        return "Always null: Stripe no longer has it, or never had it."
    return f"`{table.name}`: `{column.field}`." if column.field else f"Made from `{table.name}`."


def _view(name: str, columns: Sequence[Wanted], table: Table) -> str:
    selected = ",\n".join(
        f"    {expression} as {{{{ stripe_quoted('{column.name}') }}}}"
        for column in columns
        for expression in (_expression(column, table),)
    )
    lines = [
        f"{{{{ config(alias='{name}') }}}}",
        "",
        "select",
        selected,
        f"from {_base(table)} as base",
        *(_spelled(join) for join in JOINS.get(name, ())),
    ]
    if name in WHERE:
        lines.append(f"where {WHERE[name]}")
    return "\n".join(lines) + "\n"


def _base(table: Table) -> str:
    """Connected accounts, and the key's own."""
    if table.name != "accounts":
        return f"{{{{ ref('{table.model}') }}}}"
    names = ", ".join(f"{{{{ stripe_quoted('{column.name}') }}}}" for column in table.columns if column.name != "updated")
    own = names.replace("{{ stripe_quoted('is_deleted') }}", "false")
    updated = "{{ stripe_quoted('updated') }}"
    return (
        f"(\n    select {names}, {updated} from {{{{ ref('{table.model}') }}}}\n"
        f"    union all\n    select {own}, created from {{{{ ref('stg_stripe__account') }}}}\n)"
    )


def _expression(column: Wanted, table: Table) -> str:
    special = SPECIAL.get((column.table, column.name))
    kind = KINDS.get((column.table, column.name)) or _KINDS.get(column.type, "text")
    if special:
        return _spelled(special)
    if column.name in SYNCED:
        own = next((name for name in ("updated", "created") if name in table.by_name), "")
        return f"base.{own}" if own else _null("timestamp")
    head, path = _head(column.field), _tail(column.field)
    if head not in table.by_name:
        return _null(kind)
    quoted = f"base.{{{{ stripe_quoted('{head}') }}}}"
    if path:
        return f"{{{{ stripe_json_value('base.' ~ stripe_quoted('{head}'), '{path}', '{kind}') }}}}"
    own_kind = table.by_name[head].kind
    if own_kind == "json" or (column.table, column.name) in KINDS:
        return f"cast({quoted} as {{{{ stripe_type('{kind}') }}}})"
    return quoted


def _null(kind: Kind) -> str:
    return f"cast(null as {{{{ stripe_type('{kind}') }}}})"


def _head(field: str) -> str:
    return field.partition(".")[0].partition("[")[0]


def _tail(field: str) -> str:
    return field.removeprefix(_head(field)).removeprefix(".")


def _spelled(template: str) -> str:
    """The macros that a template's words in braces stand for."""
    return "".join(_pieces(template))


def _pieces(template: str) -> Iterator[str]:
    for index, piece in enumerate(template.replace("}", "{").split("{")):
        if index % 2 == 0:
            yield piece
            continue
        word, column, *rest = piece.split(":")
        match word, rest:
            case "ref", _:
                yield f"{{{{ ref('stg_stripe__{column}') }}}}"
            case "text", [path, ""]:
                yield f"{{{{ stripe_json_text('{column}', '{path}') }}}}"
            case "text", [path]:
                yield f"{{{{ stripe_json_text('base.{column}', '{path}') }}}}"
            case "sum", [path, inner]:
                yield f"{{{{ stripe_json_sum('base.{column}', '{path}', '{inner}') }}}}"
            case _:
                raise ValueError(f"{piece} is no macro")
