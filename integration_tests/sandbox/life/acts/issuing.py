"""Issuing: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act

ACTS = (
    Act(1, deeds.new("issuing.personalization_design")),
    Act(1, deeds.edit("issuing.personalization_design")),
    Act(1, deeds.become("issuing.personalization_design", "review", "active")),
    Act(1, deeds.become("issuing.personalization_design", "review", "rejected")),
    Act(1, deeds.become("issuing.personalization_design", "active", "inactive")),
    Act(1, deeds.new("issuing.physical_bundle")),
    Act(1, deeds.become("issuing.physical_bundle", "review", "active"), silent=True),
    Act(1, deeds.new("issuing.card")),
    Act(1, deeds.edit("issuing.card")),
    Act(1, deeds.new_under("issuing.token", "issuing.card", "card")),
    Act(1, deeds.become("issuing.token", "active", "suspended")),
    Act(1, deeds.become("issuing.token", "suspended", "deleted")),
    Act(1, deeds.new("issuing.authorization")),
    Act(1, deeds.edit("issuing.authorization")),
    Act(1, deeds.new("issuing.cardholder")),
    Act(1, deeds.edit("issuing.cardholder")),
    Act(1, deeds.become("issuing.authorization", "pending", "reversed")),
    Act(1, deeds.new_under("issuing.transaction", "issuing.authorization", "authorization", status="pending")),
    Act(1, deeds.edit("issuing.transaction")),
    Act(1, deeds.new("issuing.dispute")),
    Act(1, deeds.become("issuing.dispute", "unsubmitted", "submitted")),
    Act(1, deeds.become("issuing.dispute", "submitted", "won")),
    Act(1, deeds.become("issuing.dispute", "submitted", "lost")),
)
