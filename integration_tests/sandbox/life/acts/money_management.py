"""Money management: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act
from integration_tests.sandbox.life.deeds import Deed
from integration_tests.sandbox.objects.money_management import ACCOUNT, OBJECT, TRANSACTION
from integration_tests.sandbox.world.linked import written
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World

_INBOUND = f"{OBJECT}.inbound_transfer"
_METHOD = f"{OBJECT}.payout_method"


def _new(name: str) -> Deed:
    return deeds.new_under(f"{OBJECT}.{name}", ACCOUNT, "financial_account", status="open")


def _earns(world: World, account: Stored) -> None:
    """Nothing tells of a balance."""
    value = account.body["balance"]["available"]["usd"]["value"] + world.rng.randrange(1_000, 90_000)
    balance = {**account.body["balance"], "available": {"usd": {"currency": "usd", "value": value}}}
    world.change(account, {"balance": balance}, ())


def _debited(step: str) -> Deed:
    def does(world: World, transfer: Stored) -> None:
        at = written(world.now)
        entry = {"id": f"ibthe_{world.letters(24)}", "created": at, "effective_at": at, "type": step}
        steps = dict.fromkeys(
            f"bank_debit_{name}" for name in ("failed", "processing", "queued", "returned", "succeeded")
        )
        history = [*transfer.body["transfer_history"], {**steps, **entry, step: {}}]
        world.change(transfer, {"transfer_history": history}, (f"{_INBOUND}.{step}",))

    return deeds.on(_INBOUND, does)


ACTS = (
    Act(1, deeds.new(ACCOUNT)),
    Act(1, deeds.edit(ACCOUNT)),
    Act(2, deeds.on(ACCOUNT, _earns), silent=True),
    Act(1, deeds.become(ACCOUNT, "open", "closed")),
    Act(1, _new("financial_address")),
    Act(1, deeds.become(f"{OBJECT}.financial_address", "pending", "active")),
    Act(1, deeds.become(f"{OBJECT}.financial_address", "active", "archived"), silent=True),
    Act(2, _new("transaction")),
    Act(1, deeds.become(TRANSACTION, "pending", "posted")),
    Act(1, deeds.edit(TRANSACTION)),
    Act(1, _new("adjustment")),
    Act(1, deeds.new(_INBOUND)),
    Act(1, _debited("bank_debit_processing")),
    Act(1, _debited("bank_debit_succeeded")),
    Act(1, deeds.new(f"{OBJECT}.outbound_payment")),
    Act(1, deeds.become(f"{OBJECT}.outbound_payment", "processing", "posted")),
    Act(1, deeds.become(f"{OBJECT}.outbound_payment", "posted", "returned")),
    Act(1, deeds.edit(f"{OBJECT}.outbound_payment")),
    Act(1, _new("received_credit")),
    Act(1, deeds.become(f"{OBJECT}.received_credit", "pending", "succeeded")),
    Act(1, deeds.become(f"{OBJECT}.received_credit", "pending", "failed")),
    Act(1, deeds.new(f"{OBJECT}.payout_intent")),
    Act(1, deeds.become(f"{OBJECT}.payout_intent", "pending", "processing")),
    Act(1, deeds.become(f"{OBJECT}.payout_intent", "processing", "posted")),
    Act(1, deeds.edit(f"{OBJECT}.payout_intent")),
    Act(1, deeds.new(_METHOD)),
    Act(1, deeds.become(_METHOD, False, True, "archived")),
    Act(1, deeds.new(f"{OBJECT}.outbound_setup_intent")),
    Act(1, deeds.become(f"{OBJECT}.outbound_setup_intent", "requires_payout_method", "succeeded"), silent=True),
    Act(1, deeds.new("v2.core.vault.gb_bank_account")),
    Act(1, deeds.become("v2.core.vault.gb_bank_account", False, True, "archived"), silent=True),
    Act(1, deeds.new("v2.core.vault.us_bank_account")),
    Act(1, deeds.become("v2.core.vault.us_bank_account", False, True, "archived"), silent=True),
)
