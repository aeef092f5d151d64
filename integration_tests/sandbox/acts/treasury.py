"""Treasury: what happens."""

from __future__ import annotations

from integration_tests.sandbox import deeds
from integration_tests.sandbox.act import Act

ACTS = (
    Act(1, deeds.new("treasury.financial_account")),
    Act(1, deeds.become("treasury.financial_account", "open", "closed")),
)
