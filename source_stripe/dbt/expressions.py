"""SQL over staging views: where a field of Stripe's stands, and how models join payments to what they paid."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from source_stripe.dbt.tables import Kind, Table

JOINS: Mapping[str, tuple[str, ...]] = {
    "charges": (
        "left join (select {text:payment:payment_intent:} as payment_intent, min(invoice) as invoice"
        " from {ref:invoice_payments} group by 1) as by_intent on by_intent.payment_intent = base.payment_intent",
        "left join (select {text:payment:charge:} as charge, min(invoice) as invoice"
        " from {ref:invoice_payments} group by 1) as by_charge on by_charge.charge = base.id",
    ),
    "payment_intents": (
        "left join (select {text:payment:payment_intent:} as payment_intent, min(invoice) as invoice"
        " from {ref:invoice_payments} group by 1) as by_intent on by_intent.payment_intent = base.id",
    ),
    "balance_transactions": (
        "left join (select id, min(payout_id) as payout_id from {ref:payout_balance_transactions} group by 1)"
        " as paid_out on paid_out.id = base.id",
    ),
    "invoices": (
        "left join (select invoice, {text:payment:payment_intent:} as payment_intent, {text:payment:charge:} as charge,"
        " row_number() over (partition by invoice order by case status when 'paid' then 0 when 'open' then 1 else 2"
        " end, is_default desc, created desc, id) as place from {ref:invoice_payments})"
        " as paid_by on paid_by.invoice = base.id and paid_by.place = 1",
        "left join {ref:payment_intents} as intent on intent.id = paid_by.payment_intent",
        "left join {ref:charges} as charge on charge.id = coalesce(paid_by.charge, intent.latest_charge)",
    ),
}
"""What expressions may name beside `base`, by table: an invoice has payments, and each is of an intent or a charge."""
_MACRO = re.compile(r"{([^{}]*)}")


def joins(table: Table) -> Iterator[str]:
    """The clauses that stand after a table of that name."""
    return map(spelled, JOINS.get(table.name, ()))


def expression(field: str, table: Table, kind: Kind) -> str:
    """What a field holds: a column of the table, a path into one (`shipping.address.city`), or SQL.

    SQL names the table as `base`, or what is joined to it. Where the field is empty or not there, a null of the kind.
    """
    head, path = head_of(field), tail_of(field)
    if not re.fullmatch(r"[\w.\[\]]+", field or "-") or (field and head in JOINED):
        return spelled(field) if field else null(kind)
    if head not in table.by_name:
        return null(kind)
    quoted = f"base.{{{{ stripe_quoted('{head}') }}}}"
    if path:
        return f"{{{{ stripe_json_value('base.' ~ stripe_quoted('{head}'), '{path}', '{kind}') }}}}"
    if table.by_name[head].kind != kind and (kind, table.by_name[head].kind) != ("text", "timestamp"):
        return f"cast({quoted} as {{{{ stripe_type('{kind}') }}}})"
    return quoted


JOINED = frozenset(re.findall(r" as (\w+) on ", " ".join(clause for some in JOINS.values() for clause in some)))
"""What a table may be joined to."""


def null(kind: Kind) -> str:
    return f"cast(null as {{{{ stripe_type('{kind}') }}}})"


def head_of(field: str) -> str:
    """The column that a field is in."""
    return field.partition(".")[0].partition("[")[0]


def tail_of(field: str) -> str:
    """The path inside that column."""
    return field.removeprefix(head_of(field)).removeprefix(".")


def spelled(template: str) -> str:
    """SQL with its words in braces as macros.

    `{text:column:path}` is what stands at a path, as a kind of value; `{sum:column:path:number}` the sum over an array,
    `{sum:...:field=value}` of those elements only; `{ref:table}` a staging view. A path that ends in a colon is not of
    `base`.
    """
    return _MACRO.sub(lambda found: _macro(found[1]), template)


def _macro(word: str) -> str:
    match word.split(":"):
        case ["ref", table]:
            return f"{{{{ ref('stg_stripe__{table}') }}}}"
        case [kind, column, path, ""] if kind != "sum":
            return f"{{{{ stripe_json_value('{column}', '{path}', '{kind}') }}}}"
        case [kind, column, path] if kind != "sum":
            return f"{{{{ stripe_json_value('base.{column}', '{path}', '{kind}') }}}}"
        case ["sum", column, path, number]:
            return f"{{{{ stripe_json_sum('base.{column}', '{path}', '{number}') }}}}"
        case ["sum", column, path, number, condition]:
            name, _, value = condition.partition("=")
            return f"{{{{ stripe_json_sum('base.{column}', '{path}', '{number}', '{name}', '{value}') }}}}"
    raise ValueError(f"{word} is no macro")
