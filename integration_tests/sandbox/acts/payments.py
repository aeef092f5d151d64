"""Payments: what happens."""

from __future__ import annotations

from integration_tests.sandbox import deeds
from integration_tests.sandbox.act import Act

ACTS = (
    Act(12, deeds.payment),
    Act(2, deeds.edit("charge")),
    Act(3, deeds.refund),
    Act(1, deeds.edit("refund")),
    Act(1, deeds.become("refund", "pending", "succeeded")),
    Act(1, deeds.become("refund", "pending", "failed")),
    Act(1, deeds.edit("payment_intent"), silent=True),
    Act(1, deeds.new("payment_intent", customer=True)),
    Act(1, deeds.become("payment_intent", "requires_payment_method", "canceled")),
)
