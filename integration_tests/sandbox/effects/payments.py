"""Payments: what becomes of a charge, of what is set up and of a record of payments."""

from __future__ import annotations

from integration_tests.sandbox.effects import money
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World


def disputed(world: World, stored: Stored) -> None:
    world.change(world.stored("charge", stored.body["charge"]), {"disputed": True})
    money.withdrawal_told(world, stored)


def attempted(world: World, attempt: Stored) -> None:
    intent = world.stored("setup_intent", attempt.body["setup_intent"])
    shown: Json = {"latest_attempt": attempt.body["id"]}
    if attempt.body["status"] == "succeeded":
        shown |= {"status": "succeeded", "payment_method": attempt.body["payment_method"]}
        world.change(intent, shown, ("setup_intent.succeeded",))
    else:
        shown |= {"status": "requires_payment_method", "payment_method": None}
        world.change(intent, shown, ("setup_intent.setup_failed",))


def attempts_counted(world: World, record: Stored) -> None:
    """A record of payments shows the latest attempt."""
    attempts = world.store.owned("payment_attempt_record", record.key[1])
    record.body = {**record.body, "latest_payment_attempt_record": attempts[0].place[3] if attempts else None}
