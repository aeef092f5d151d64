"""Apps and forwarding: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act

ACTS = (
    Act(3, deeds.new("apps.install")),
    Act(1, deeds.become("apps.install", "installing", "installed")),
    Act(1, deeds.alter("apps.install", {"permissions_granted": ["charge_read", "customer_read"]}, status="installed")),
    Act(1, deeds.remove("apps.install")),
    Act(1, deeds.new("forwarding.request")),
)
