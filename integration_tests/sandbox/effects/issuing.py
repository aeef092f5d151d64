"""Money that cards spend: held when a purchase is authorized, taken when it is captured, brought back by a dispute.

It moves the balance of Issuing, of which no payout is made: https://docs.stripe.com/issuing/purchases/transactions.
"""

from __future__ import annotations

from integration_tests.sandbox.effects import money
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World


def held(world: World, authorization: Stored) -> None:
    """What is authorized cannot be spent otherwise."""
    body = authorization.body
    if body["approved"] and body["status"] == "pending":
        authorization.body = {**body, "balance_transactions": [_moved(world, authorization, "authorization_hold", -1)]}


def released(world: World, authorization: Stored, given: Json) -> Json:
    """What was held is free again when the purchase is captured, or nothing comes of it."""
    before = authorization.body
    if given.get("status", "pending") == "pending" or before["status"] != "pending" or not before["approved"]:
        return {}
    back = _moved(world, authorization, "authorization_release", 1)
    return {"balance_transactions": [*before["balance_transactions"], back]}


def taken(world: World, transaction: Stored) -> None:
    moved = _moved(world, transaction, "transaction", 1)
    transaction.body = {**transaction.body, "balance_transaction": moved}


def captured(world: World, transaction: Stored) -> None:
    if transaction.body["authorization"] is not None:
        world.change(world.stored("issuing.authorization", transaction.body["authorization"]), {"status": "closed"})


def disputed(world: World, dispute: Stored) -> None:
    """A transaction names its dispute."""
    world.change(world.stored("issuing.transaction", dispute.body["transaction"]), {"dispute": dispute.place[3]})


def reinstated(world: World, dispute: Stored, before: Json) -> None:
    """Who wins a dispute gets the amount back."""
    if dispute.body["status"] == "won" != before["status"]:
        back = _moved(world, dispute, "dispute", 1)
        world.change(dispute, {"balance_transactions": [back]}, ("issuing_dispute.funds_reinstated",))


def _moved(world: World, stored: Stored, what: str, sign: int) -> str:
    """The id of a new balance transaction of an object's amount."""
    amount = sign * stored.body["amount"]
    return money.booked(world, stored, f"issuing_{what}", f"issuing_{what}", amount, balance="issuing")
