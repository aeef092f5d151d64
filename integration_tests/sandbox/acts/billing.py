"""Subscriptions: what happens."""

from __future__ import annotations

from integration_tests.sandbox import deeds
from integration_tests.sandbox.act import Act

ACTS = (
    Act(4, deeds.subscribe),
    Act(2, deeds.edit("subscription")),
    Act(2, deeds.become("subscription", "active", "canceled")),
    Act(1, deeds.new_under("subscription_item", "subscription", "subscription", status="active")),
    Act(1, deeds.item_gone),
    Act(1, deeds.requantify),
    Act(1, deeds.new("subscription_schedule", customer=True)),
    Act(1, deeds.edit("subscription_schedule")),
    Act(1, deeds.become("subscription_schedule", "not_started", "canceled")),
)
