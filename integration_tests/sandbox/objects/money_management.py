"""Money management: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.linked import written
from integration_tests.sandbox.world.resource import Hidden, Resource, turns
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World

OBJECT = "v2.money_management"
ACCOUNT, TRANSACTION = f"{OBJECT}.financial_account", f"{OBJECT}.transaction"


def amount(birth: Birth) -> Json:
    return {"amount": {"currency": "usd", "value": birth.rng.randrange(1_000, 90_000)}}


def _received(birth: Birth) -> Json:
    given = amount(birth)
    return {**given, "amount_received": given["amount"]}


def _entry(birth: Birth) -> Json:
    details = {**birth.world.body(TRANSACTION, birth.owner or "")}
    shared = {name: details[name] for name in ("category", "financial_account", "flow")}
    return {
        "effective_at": written(birth.now),
        "transaction_details": shared,
        "balance_impact": details["balance_impact"],
    }


def _transaction_came(world: World, transaction: Stored) -> None:
    world.bear(f"{OBJECT}.transaction_entry", {"transaction": transaction.key[1]})


def _told(name: str, **statuses: str) -> dict[str, str]:
    return {status: f"{OBJECT}.{name}.{event}" for status, event in statuses.items()}


ROWS = (
    Resource(
        ACCOUNT,
        "fa_",
        (f"{ACCOUNT}.created",),
        (f"{ACCOUNT}.updated",),
        hidden=(Hidden(lambda body: body["status"] == "closed", unless=("statuses",)),),
    ),
    Resource(
        f"{OBJECT}.financial_address",
        "finaddr_",
        turns=turns("status", **_told("financial_address", active="activated", failed="failed")),
        owner=ACCOUNT,
        owner_field="financial_account",
    ),
    Resource(
        TRANSACTION,
        "trxn_",
        (f"{TRANSACTION}.created",),
        (f"{TRANSACTION}.updated",),
        owner=ACCOUNT,
        owner_field="financial_account",
        fill=amount,
        came=_transaction_came,
    ),
    Resource(
        f"{OBJECT}.transaction_entry",
        "trxne_",
        owner=TRANSACTION,
        owner_field="transaction",
        fill=_entry,
    ),
    Resource(
        f"{OBJECT}.adjustment",
        "adj_",
        (f"{OBJECT}.adjustment.created",),
        owner=ACCOUNT,
        owner_field="financial_account",
        fill=amount,
    ),
    Resource(f"{OBJECT}.inbound_transfer", "ibt_", (f"{OBJECT}.inbound_transfer.bank_debit_queued",), fill=amount),
    Resource(
        f"{OBJECT}.outbound_payment",
        "obp_",
        (f"{OBJECT}.outbound_payment.created",),
        (f"{OBJECT}.outbound_payment.updated",),
        turns=turns(
            "status",
            **_told("outbound_payment", posted="posted", failed="failed", canceled="canceled", returned="returned"),
        ),
        fill=amount,
    ),
    Resource(
        f"{OBJECT}.received_credit",
        "rc_",
        turns=turns("status", **_told("received_credit", succeeded="succeeded", failed="failed", returned="returned")),
        owner=ACCOUNT,
        owner_field="financial_account",
        fill=_received,
    ),
    Resource(
        f"{OBJECT}.payout_intent",
        "pi_",
        (f"{OBJECT}.payout_intent.created",),
        (f"{OBJECT}.payout_intent.updated",),
        turns=turns("status", **_told("payout_intent", processing="processing", posted="posted", canceled="canceled")),
        fill=amount,
    ),
    Resource(
        f"{OBJECT}.payout_method",
        "pm_",
        (f"{OBJECT}.payout_method.created",),
        (f"{OBJECT}.payout_method.updated",),
    ),
    Resource(f"{OBJECT}.outbound_setup_intent", "osi_", plain={"status": "requires_payout_method"}),
    Resource("v2.core.vault.gb_bank_account", "gbba_"),
    Resource("v2.core.vault.us_bank_account", "usba_"),
)
