"""Checkout: what happens."""

from __future__ import annotations

from integration_tests.sandbox import deeds
from integration_tests.sandbox.act import Act

ACTS = (
    Act(3, deeds.checkout),
    Act(1, deeds.edit("checkout.session"), silent=True),
    Act(2, deeds.become("checkout.session", "open", "complete")),
    Act(1, deeds.become("checkout.session", "open", "expired")),
)
