"""Checkout: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds, itemizing
from integration_tests.sandbox.life.act import Act

ACTS = (
    Act(3, deeds.checkout),
    Act(1, deeds.edit("checkout.session"), silent=True),
    Act(2, deeds.become("checkout.session", "open", "complete")),
    Act(1, deeds.become("checkout.session", "open", "expired")),
    Act(1, itemizing.link),
    Act(1, deeds.edit("payment_link")),
    Act(1, itemizing.item_requantified("payment_link")),
    Act(1, deeds.become("payment_link", True, False, "active")),
    Act(1, deeds.become("payment_link", False, True, "active")),
)
