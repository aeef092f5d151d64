"""Radar and fraud: what happens."""

from __future__ import annotations

from integration_tests.sandbox import deeds
from integration_tests.sandbox.act import Act

ACTS = (
    Act(1, deeds.new_under("radar.early_fraud_warning", "charge", "charge")),
    Act(1, deeds.new_under("review", "charge", "charge")),
    Act(1, deeds.become("review", True, False, "open")),
)
