"""Billing credits: what a grant puts into a customer's balance, and what takes it out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.stored import Stored

if TYPE_CHECKING:
    from integration_tests.sandbox.account.ledger import Ledger

_TRANSACTION = "billing.credit_balance_transaction"


def granted(ledger: Ledger, grant: Stored) -> None:
    ledger.bear(_TRANSACTION, {"credit_grant": grant.place[3]})


def turned(ledger: Ledger, grant: Stored, before: Json) -> None:
    """What is left of a grant that is voided is taken back."""
    rest = left(ledger, grant)
    if rest and before["voided_at"] != grant.body["voided_at"]:
        ledger.bear(_TRANSACTION, taken(grant, rest, "credits_voided"))


def left(ledger: Ledger, grant: Stored) -> int:
    """How much of a grant nothing has taken."""
    total: int = grant.body["amount"]["monetary"]["value"]
    for transaction in ledger.store.owned(_TRANSACTION, grant.place[3]):
        if transaction.body["debit"] is not None:
            total -= transaction.body["debit"]["amount"]["monetary"]["value"]
    return total


def taken(grant: Stored, value: int, type: str, line: Stored | None = None) -> Json:
    """The fields of a transaction that takes from a grant, for a line of an invoice or for none."""
    amount = grant.body["amount"] | {"monetary": grant.body["amount"]["monetary"] | {"value": value}}
    applied = {"invoice": line.owner, "invoice_line_item": line.key[1]} if line is not None else None
    debit = {"amount": amount, "credits_applied": applied, "type": type}
    return {"credit_grant": grant.place[3], "type": "debit", "credit": None, "debit": debit}
