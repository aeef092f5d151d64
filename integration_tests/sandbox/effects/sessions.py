"""Checkout sessions: their sums."""

from __future__ import annotations

from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World


def summed(world: World, session: Stored) -> None:
    total = sum(item.body["amount_total"] for item in world.store.owned("item", session.key[1]))
    session.body = {**session.body, "amount_subtotal": total, "amount_total": total}
