"""Issuing: what happens."""

from __future__ import annotations

from integration_tests.sandbox import deeds
from integration_tests.sandbox.act import Act

ACTS = (
    Act(1, deeds.new("issuing.card")),
    Act(1, deeds.edit("issuing.card")),
    Act(1, deeds.new("issuing.authorization")),
    Act(1, deeds.edit("issuing.authorization")),
    Act(1, deeds.new("issuing.cardholder")),
    Act(1, deeds.edit("issuing.cardholder")),
    Act(1, deeds.new("issuing.transaction")),
    Act(1, deeds.edit("issuing.transaction")),
    Act(1, deeds.new("issuing.dispute")),
    Act(1, deeds.become("issuing.dispute", "unsubmitted", "submitted")),
)
