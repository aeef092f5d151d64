"""Billing credits: what a grant puts into a customer's balance, and what takes it out again."""

from __future__ import annotations

from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World

_TRANSACTION = "billing.credit_balance_transaction"


def granted(world: World, grant: Stored) -> None:
    world.bear(_TRANSACTION, {"credit_grant": grant.place[3]})


def altered(world: World, grant: Stored, before: Json) -> None:
    """What is left of a grant that is voided is taken back."""
    rest = left(world, grant)
    if rest and before["voided_at"] != grant.body["voided_at"]:
        world.bear(_TRANSACTION, taken(grant, rest, "credits_voided"))


def left(world: World, grant: Stored) -> int:
    """How much of a grant nothing has taken."""
    total: int = grant.body["amount"]["monetary"]["value"]
    for transaction in world.store.owned(_TRANSACTION, grant.place[3]):
        if transaction.body["debit"] is not None:
            total -= transaction.body["debit"]["amount"]["monetary"]["value"]
    return total


def taken(grant: Stored, value: int, type: str, line: Stored | None = None) -> Json:
    """The fields of a transaction that takes from a grant, for a line of an invoice or for none."""
    amount = grant.body["amount"] | {"monetary": grant.body["amount"]["monetary"] | {"value": value}}
    applied = {"invoice": line.owner, "invoice_line_item": line.key[1]} if line is not None else None
    debit = {"amount": amount, "credits_applied": applied, "type": type}
    return {"credit_grant": grant.place[3], "type": "debit", "credit": None, "debit": debit}
