"""Links between tables, and which of them always hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from source_stripe.dbt.tables import Table, data
from source_stripe.declaration.resource import Resource
from source_stripe.declaration.takes import Whole

ELSEWHERE = frozenset(
    {
        # Of a direct charge the charge is the connected account's and the fee the platform's:
        # https://docs.stripe.com/connect/direct-charges.
        "application_fees.charge",
        "application_fees.originating_transaction",
        "charges.application_fee",
        "payouts.application_fee",
        # What a transfer brought about is the other account's: https://docs.stripe.com/api/transfers/object.
        "charges.source_transfer",
        "refunds.source_transfer_reversal",
        "transfer_reversals.destination_payment_refund",
        "transfers.destination_payment",
    }
)
"""Columns whose object may be of another account, which the key's own lists do not show."""
UNLISTED = frozenset({"payment_method", "setup_attempt", "payment_record", "financial_connections.account_ownership"})
"""Objects of which the lists do not show all: of payment methods none that was used once."""


@dataclass(frozen=True)
class Reference:
    """A column that holds the key of another table's row."""

    column: str
    to: Table
    holds: bool
    """Whether the row is always there: its object cannot be deleted, and is of the same account."""


def references(table: Table, tables: Sequence[Table]) -> Iterator[Reference]:
    """The links of one table, by column."""
    named = data("references.json")
    deletable: frozenset[str] = frozenset(named["deletable"])
    targets = _targets(tables)
    columns: dict[str, str] = named["columns"].get(table.name, {})
    parents = _parents(table.resource)
    for name, tag in sorted((columns | parents).items()):
        to = targets.get(tag)
        if to is None or name not in table.by_name:
            continue
        fixed = tag not in deletable | UNLISTED and f"{table.name}.{name}" not in ELSEWHERE
        yield Reference(name, to, fixed or (name in parents and to.resource.deleted_if.__name__ == "never"))


def _parents(resource: Resource) -> dict[str, str]:
    """The column that says under which object a row was found, where that is of one kind."""
    link = resource.parent
    if link is None or resource.members or link.owner != ("", ""):
        return {}
    return {link.id_field: link.object}


def _targets(tables: Sequence[Table]) -> dict[str, Table]:
    """By Stripe's tag the table whose rows are all objects of it, each known by its id."""
    listed: dict[str, Table] = {}
    for table in tables:
        resource = table.resource
        whole = all(isinstance(part.first.take, Whole) for part in resource.parts) or resource.parent is not None
        if resource.object and resource.key == ("id",) and whole and not resource.first.origin.single:
            listed.setdefault(resource.object, table)
    return listed
