"""Connect: what happens."""

from __future__ import annotations

from integration_tests.sandbox import deeds
from integration_tests.sandbox.act import Act

ACTS = (
    Act(1, deeds.new("topup")),
    Act(1, deeds.edit("topup"), silent=True),
    Act(1, deeds.become("topup", "pending", "succeeded")),
    Act(1, deeds.become("topup", "pending", "failed")),
    Act(1, deeds.new("transfer")),
    Act(1, deeds.edit("transfer")),
    Act(2, deeds.reverse("transfer_reversal", "transfer", "transfer", "reversed")),
    Act(1, deeds.new("application_fee")),
    Act(2, deeds.reverse("fee_refund", "application_fee", "fee", "refunded")),
    Act(1, deeds.edit("fee_refund"), silent=True),
)
