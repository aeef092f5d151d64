"""Money that moves: balance transactions, payouts, and what goes back."""

from __future__ import annotations

from integration_tests.sandbox.world.facts import DAY_SECONDS
from integration_tests.sandbox.world.resource import Consequence
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World


def moves(type: str, sign: int) -> Consequence:
    """Money that comes (1) or goes (-1) writes a balance transaction of a type, of which no event tells."""

    def settled(world: World, stored: Stored) -> None:
        if stored.body.get("status") in ("failed", "pending"):
            return
        amount = sign * stored.body["amount"]
        transaction = world.bear(
            "balance_transaction",
            {
                "source": stored.place[3],
                "type": type,
                "reporting_category": type,
                "amount": amount,
                "currency": stored.body["currency"],
                "available_on": world.now + (2 * DAY_SECONDS if amount > 0 else 0),
            },
        )
        stored.body = {**stored.body, "balance_transaction": transaction.place[3]}

    return settled


def moved(world: World, transaction: Stored) -> None:
    world.paid_out.moved(transaction.body)


def paid_out(world: World, payout: Stored) -> None:
    world.paid_out.paid(payout.body, world.now)


def given_back(owner: str, field: str, sum_field: str, whole_field: str, type: str) -> Consequence:
    """Part of an object's amount has gone back: it counts how much, and one event of its own says so."""

    def counted(world: World, stored: Stored) -> None:
        if stored.body.get("status") == "failed":
            return
        whole = world.stored(owner, stored.body[field])
        total = whole.body[sum_field] + stored.body["amount"]
        world.change(whole, {sum_field: total, whole_field: total >= whole.body["amount"]}, (type,))

    return counted
