"""Core resources: what happens."""

from __future__ import annotations

from integration_tests.sandbox import deeds
from integration_tests.sandbox.act import Act

ACTS = (
    Act(3, deeds.new("customer")),
    Act(4, deeds.edit("customer")),
    Act(1, deeds.remove("customer")),
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
    Act(1, deeds.become("payout", "in_transit", "paid")),
    Act(1, deeds.become("payout", "in_transit", "failed")),
)
