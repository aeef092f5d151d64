"""What flows through a financial account: each flow is a transaction, each of its steps an entry of it.

No event is about transactions, their entries or the balance; the flow's own tells of them:
https://docs.stripe.com/treasury/account-management/working-with-balances-and-transactions.
"""

from __future__ import annotations

from dataclasses import dataclass

from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World


@dataclass(frozen=True, slots=True)
class Step:
    """What a status does: to the flow's transaction, and with which entry to the balance, in parts of the amount."""

    status: str
    entry: str = ""
    """The entry's type; empty for none."""
    cash: int = 0
    held: int = 0
    """What is not spendable, as it is on its way out."""


def _sent(flow: str, kept: str = "") -> dict[str, Step]:
    """The steps of money that is held until it has left; `kept` is the ending of what undoes that."""
    return {
        "processing": Step("open", flow, -1, 1),
        "posted": Step("posted", f"{flow}_posting", 0, -1),
        "canceled": Step("void", f"{flow}_cancellation" if kept else flow, 1, -1),
        "failed": Step("void", f"{flow}_failure" if kept else flow, 1, -1),
    }


_STEPS: dict[str, dict[str, Step]] = {
    "credit_reversal": _sent("credit_reversal"),
    "debit_reversal": {
        "processing": Step("open"),
        "succeeded": Step("posted", "debit_reversal", 1),
        "failed": Step("void"),
    },
    "inbound_transfer": {
        "processing": Step("open"),
        "succeeded": Step("posted", "inbound_transfer", 1),
        "failed": Step("void"),
        "canceled": Step("void"),
    },
    "outbound_payment": _sent("outbound_payment", "kept"),
    "outbound_transfer": _sent("outbound_transfer", "kept"),
    "received_credit": {
        "succeeded": Step("posted", "received_credit", 1),
        "failed": Step("void", "received_credit", -1),
    },
    "received_debit": {"succeeded": Step("posted", "received_debit", -1)},
}
FLOWS = tuple(f"treasury.{name}" for name in _STEPS)


def began(world: World, flow: Stored) -> None:
    """Before a new flow is announced: its transaction."""
    step = _STEPS[_name(flow)].get(flow.body["status"])
    if step is not None and (step.status != "void"):
        flow.body = {**flow.body, "transaction": _transaction(world, flow, _sign(flow)).place[3]}
        _take(world, flow, flow.body["transaction"], step)


def came(world: World, flow: Stored) -> None:
    """What a reversal reverses names it, which the event of the reversal tells."""
    name = _name(flow).removesuffix("_reversal")
    if name != _name(flow):
        whole = world.stored(f"treasury.received_{name}", flow.body[f"received_{name}"])
        linked = {**whole.body["linked_flows"], f"{name}_reversal": flow.place[3]}
        world.store.replace(whole, {**whole.body, "linked_flows": linked}, whole.owner)


def altered(world: World, flow: Stored, before: Json) -> None:
    """After a flow has changed: the next step of its transaction."""
    step = _STEPS[_name(flow)].get(flow.body["status"])
    if step is not None and flow.body["status"] != before["status"] and flow.body["transaction"] is not None:
        _take(world, flow, flow.body["transaction"], step)


def implied(world: World, flow: Stored, given: Json) -> Json:
    """What else changes in a flow with its status."""
    fields: Json = {}
    if "status" not in given:
        return fields
    status = given["status"]
    at = "completed_at" if _name(flow) == "debit_reversal" else f"{status}_at"
    if at in flow.body.get("status_transitions", {}):
        fields["status_transitions"] = {**flow.body["status_transitions"], at: world.now}
    if "cancelable" in flow.body:
        fields["cancelable"] = status == "processing"
    if status == "failed" and "failure_details" in flow.body:
        fields["failure_details"] = {"code": "insufficient_funds"}
    if status == "returned":
        back = _transaction(world, flow, 1)
        _take(world, flow, back.place[3], Step("posted", f"{_name(flow)}_return", 1))
        fields["returned_details"] = {"code": "account_closed", "transaction": back.place[3]}
    return fields


def _name(flow: Stored) -> str:
    return flow.place[2].removeprefix("treasury.")


def _sign(flow: Stored) -> int:
    return 1 if _name(flow) in ("debit_reversal", "inbound_transfer", "received_credit") else -1


def _transaction(world: World, flow: Stored, sign: int) -> Stored:
    body = flow.body
    given = {
        "financial_account": body["financial_account"],
        "flow": flow.place[3],
        "flow_type": _name(flow),
        "amount": sign * body["amount"],
        "currency": body["currency"],
        "description": body.get("description") or _name(flow).replace("_", " ").capitalize(),
    }
    return world.bear("treasury.transaction", given)


def _take(world: World, flow: Stored, id: str, step: Step) -> None:
    """A transaction takes a step, and the balance of its account with it."""
    transaction, amount = world.stored("treasury.transaction", id), flow.body["amount"]
    moves = {"cash": step.cash * amount, "inbound_pending": 0, "outbound_pending": step.held * amount}
    body = {**transaction.body, "status": step.status}
    if step.status in ("posted", "void"):
        body["status_transitions"] = {**body["status_transitions"], f"{step.status}_at": world.now}
    if step.entry:
        body["balance_impact"] = {name: body["balance_impact"][name] + moved for name, moved in moves.items()}
        shared = {name: body[name] for name in ("financial_account", "flow", "flow_type", "currency")}
        world.bear(
            "treasury.transaction_entry", {**shared, "transaction": id, "type": step.entry, "balance_impact": moves}
        )
        _balance(world, flow.body["financial_account"], moves, flow.body["currency"])
    world.store.replace(transaction, body, transaction.owner)


def _balance(world: World, id: str, moves: dict[str, int], currency: str) -> None:
    account = world.stored("treasury.financial_account", id)
    held = account.body["balance"]
    balance = {name: {**held[name], currency: held[name].get(currency, 0) + moved} for name, moved in moves.items()}
    world.store.replace(account, {**account.body, "balance": balance}, account.owner)
