"""Quotes: their sums, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable

from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.rendering import UPFRONT, holds
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World


def summed(world: World, quote: Stored) -> None:
    """A quote shows the sums of its items, and of those of them that are charged upfront."""
    items = world.store.owned("item", quote.place[3])
    total = sum(item.body["amount_total"] for item in items)
    first = sum(item.body["amount_total"] for item in items if holds(world.store, UPFRONT, item))
    upfront = {**quote.body["computed"]["upfront"], "amount_subtotal": first, "amount_total": first}
    computed = {"recurring": None, "upfront": upfront}
    quote.body = {**quote.body, "amount_subtotal": total, "amount_total": total, "computed": computed}


def since(name: str) -> Callable[[Stored, int], Json]:
    return lambda quote, now: {"status_transitions": {**quote.body["status_transitions"], name: now}}


def finalized(quote: Stored, now: int) -> Json:
    return {"number": f"QT-{quote.place[3][-8:].upper()}", **since("finalized_at")(quote, now)}
