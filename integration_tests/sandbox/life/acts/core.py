"""Core resources: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds, discounting
from integration_tests.sandbox.life.act import Act
from integration_tests.sandbox.world.world import World


def _funds_become_available(world: World) -> bool:
    world.announce(world.stored("balance", "balance"), ("balance.available",), None)
    return True


def _settles_otherwise(world: World) -> bool:
    settings = world.stored("balance_settings", "balance_settings")
    payments = settings.body["payments"]
    timing = {**payments["settlement_timing"], "delay_days": 2 + payments["settlement_timing"]["delay_days"] % 6}
    world.change(settings, {"payments": {**payments, "settlement_timing": timing}})
    return True


ACTS = (
    Act(3, deeds.new("customer")),
    Act(4, deeds.edit("customer")),
    Act(1, deeds.remove("customer")),
    Act(1, discounting.coupon_for_customer),
    Act(1, discounting.take_off("customer")),
    Act(1, deeds.dispute),
    Act(1, deeds.edit("dispute")),
    Act(1, deeds.become("dispute", "warning_needs_response", "lost")),
    Act(2, deeds.new("setup_intent", customer=True)),
    Act(2, deeds.attempt),
    Act(1, deeds.become("setup_intent", "requires_payment_method", "canceled")),
    Act(1, deeds.edit("setup_intent"), silent=True),
    Act(1, deeds.new("file_link")),
    Act(1, deeds.edit("file_link"), silent=True),
    Act(1, deeds.new("file")),
    Act(1, deeds.new("payout")),
    Act(1, deeds.new("payout", automatic=False)),
    Act(1, deeds.become("payout", "in_progress", "completed", "reconciliation_status")),
    Act(1, deeds.become("payout", "in_transit", "paid")),
    Act(1, deeds.become("payout", "in_transit", "failed")),
    Act(1, _funds_become_available),
    Act(1, _settles_otherwise),
)
