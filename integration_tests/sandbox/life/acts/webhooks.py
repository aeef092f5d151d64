"""Webhooks: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act

ACTS = (
    Act(1, deeds.new("webhook_endpoint")),
    Act(1, deeds.remove("webhook_endpoint", spare=1), silent=True),
    Act(1, deeds.edit("webhook_endpoint"), silent=True),
    Act(1, deeds.become("webhook_endpoint", "enabled", "disabled"), silent=True),
)
