"""Treasury: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act
from integration_tests.sandbox.life.choosing import some
from integration_tests.sandbox.life.deeds import Deed
from integration_tests.sandbox.objects.registry import TEMPLATES
from integration_tests.sandbox.world.facts import DAY_SECONDS
from integration_tests.sandbox.world.world import World

_ACCOUNT = "treasury.financial_account"
_OUTBOUND = ("treasury.outbound_payment", "treasury.outbound_transfer")


def _new(kind: str) -> Deed:
    return deeds.new_under(kind, _ACCOUNT, "financial_account", status="open")


def _delayed(kind: str) -> Deed:
    def deed(world: World) -> bool:
        flow = some(world, kind, status="processing")
        if flow is None:
            return False
        world.change(flow, {"expected_arrival_date": flow.body["expected_arrival_date"] + DAY_SECONDS})
        return True

    return deed


def _tracked(kind: str) -> Deed:
    return deeds.alter(
        kind, {"tracking_details": {"type": "ach", "ach": {"trace_id": "091000010000001"}}}, status="posted"
    )


def _returned(world: World) -> bool:
    """The bank takes its money back: https://docs.stripe.com/treasury/moving-money/financial-accounts/into/inbound-transfers."""
    transfer = some(world, "treasury.inbound_transfer", status="succeeded", returned=False)
    if transfer is None:
        return False
    shared = {name: transfer.body[name] for name in ("financial_account", "amount", "currency")}
    linked = {**TEMPLATES["treasury.received_debit"]["linked_flows"], "inbound_transfer": transfer.key[1]}
    debit = world.bear("treasury.received_debit", {**shared, "linked_flows": linked})
    world.change(transfer, {"returned": True, "linked_flows": {"received_debit": debit.key[1]}})
    return True


ACTS = (
    Act(1, deeds.new(_ACCOUNT)),
    Act(1, deeds.edit(_ACCOUNT), silent=True),
    Act(1, deeds.alter(_ACCOUNT, {"active_features": ["financial_addresses.aba"]}, status="open")),
    Act(1, deeds.become(_ACCOUNT, "open", "closed")),
    Act(1, _new("treasury.received_credit")),
    Act(1, deeds.become("treasury.received_credit", "succeeded", "failed")),
    Act(1, _new("treasury.credit_reversal")),
    Act(1, deeds.become("treasury.credit_reversal", "processing", "posted")),
    Act(1, deeds.become("treasury.credit_reversal", "processing", "canceled"), silent=True),
    Act(1, _new("treasury.received_debit")),
    Act(1, _new("treasury.debit_reversal")),
    Act(1, deeds.become("treasury.debit_reversal", "processing", "succeeded")),
    Act(1, deeds.become("treasury.debit_reversal", "processing", "failed"), silent=True),
    Act(1, _new("treasury.inbound_transfer")),
    Act(1, deeds.become("treasury.inbound_transfer", "processing", "succeeded")),
    Act(1, deeds.become("treasury.inbound_transfer", "processing", "failed")),
    Act(1, deeds.become("treasury.inbound_transfer", "processing", "canceled")),
    Act(1, _returned, silent=True),
    *(Act(1, _new(kind)) for kind in _OUTBOUND),
    *(
        Act(1, deeds.become(kind, before, after))
        for kind in _OUTBOUND
        for before, after in (
            ("processing", "posted"),
            ("processing", "failed"),
            ("processing", "canceled"),
            ("posted", "returned"),
        )
    ),
    *(Act(1, _delayed(kind)) for kind in _OUTBOUND),
    *(Act(1, _tracked(kind)) for kind in _OUTBOUND),
)
