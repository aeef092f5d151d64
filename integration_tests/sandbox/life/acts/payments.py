"""Payments: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds, itemizing
from integration_tests.sandbox.life.act import Act

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
    Act(1, itemizing.itemized_payment),
    Act(1, deeds.reword("payment_intent_amount_details_line_item", "product_name"), silent=True),
    Act(1, deeds.new("payment_record")),
    Act(1, deeds.edit("payment_record"), silent=True),
    Act(1, deeds.new_under("payment_attempt_record", "payment_record", "payment_record"), silent=True),
)
