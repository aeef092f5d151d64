"""Money that moves: balance transactions, their fees, payouts, and what goes back."""

from __future__ import annotations

from integration_tests.sandbox.world.facts import DAY_SECONDS, Json
from integration_tests.sandbox.world.resource import Consequence
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World

DISPUTE_FEE = 1_500
"""What a dispute costs in the United States, in cents: https://stripe.com/pricing."""


def processing_fee(amount: int) -> int:
    """What Stripe takes of a card payment in the United States, 2.9 % and 30 cents: https://stripe.com/pricing."""
    return (amount * 29 + 500) // 1_000 + 30


def moves(type: str, sign: int) -> Consequence:
    """Money that comes (1) or goes (-1) writes a balance transaction of a type, of which no event tells."""

    def settled(world: World, stored: Stored) -> None:
        if stored.body.get("status") in ("failed", "pending"):
            return
        amount, given = stored.body["amount"], stored.body.get("application_fee_amount")
        fees = [("application_fee", given), ("stripe_fee", processing_fee(amount))] if type == "charge" else []
        transaction = booked(world, stored, type, type, sign * amount, *fees)
        stored.body = {**stored.body, "balance_transaction": transaction}

    return settled


def fee_parts(currency: str, *fees: tuple[str, int | None]) -> list[Json]:
    """What a fee is made of, by who takes it."""
    shared = {"application": None, "currency": currency, "description": None}
    return [{**shared, "amount": amount, "type": kind} for kind, amount in fees if amount]


def moved(world: World, transaction: Stored) -> None:
    """Payouts are made of the balance of payments alone: https://docs.stripe.com/api/balance/balance_object."""
    if transaction.body["balance_type"] == "payments":
        world.paid_out.moved(transaction.body)


def brought_in(world: World, currency: str, due: int) -> None:
    """An automatic payout pays out what is there; where nothing is, Stripe has adjusted the balance before."""
    adjusted: Json = {"source": None, "type": "adjustment", "reporting_category": "other_adjustment"}
    adjusted |= {"fee": 0, "fee_details": []}
    amount = world.rng.randrange(1_000, 900_000) - due
    world.bear("balance_transaction", {**adjusted, "amount": amount, "currency": currency, "available_on": world.now})


def paid_out(world: World, payout: Stored) -> None:
    world.paid_out.paid(payout.body, world.now)


def withdrawn(world: World, dispute: Stored) -> None:
    """A dispute takes the amount and a fee at once, but an inquiry does not: https://docs.stripe.com/disputes."""
    if not dispute.body["status"].startswith("warning_"):
        taken = booked(world, dispute, "adjustment", "dispute", -dispute.body["amount"], ("stripe_fee", DISPUTE_FEE))
        dispute.body = {**dispute.body, "balance_transactions": [taken]}


def withdrawal_told(world: World, dispute: Stored) -> None:
    if dispute.body["balance_transactions"]:
        world.announce(dispute, ("charge.dispute.funds_withdrawn",), None)


def reinstated(world: World, dispute: Stored, before: Json) -> None:
    """Who wins a dispute gets the amount back."""
    taken = dispute.body["balance_transactions"]
    if dispute.body["status"] == "won" != before["status"] and taken:
        back = booked(world, dispute, "adjustment", "dispute_reversal", dispute.body["amount"])
        world.change(dispute, {"balance_transactions": [*taken, back]}, ("charge.dispute.funds_reinstated",))


def given_back(owner: str, field: str, sum_field: str, whole_field: str, type: str) -> Consequence:
    """Part of an object's amount has gone back: it counts how much, and one event of its own says so."""

    def counted(world: World, stored: Stored) -> None:
        if stored.body.get("status") == "failed":
            return
        whole = world.stored(owner, stored.body[field])
        total = whole.body[sum_field] + stored.body["amount"]
        world.change(whole, {sum_field: total, whole_field: total >= whole.body["amount"]}, (type,))

    return counted


def booked(
    world: World,
    stored: Stored,
    type: str,
    category: str,
    amount: int,
    *fees: tuple[str, int | None],
    balance: str = "payments",
) -> str:
    """The id of a new balance transaction of what happened to an object. What payments bring in waits for two days."""
    parts = fee_parts(stored.body["currency"], *fees)
    given = {
        "source": stored.place[3],
        "type": type,
        "reporting_category": category,
        "amount": amount,
        "currency": stored.body["currency"],
        "balance_type": balance,
        "available_on": world.now + (2 * DAY_SECONDS if amount > 0 and balance == "payments" else 0),
        "fee": sum(part["amount"] for part in parts),
        "fee_details": parts,
    }
    return world.bear("balance_transaction", given).place[3]
