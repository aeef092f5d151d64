"""Terminal: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World


def _refunds(world: World, reader: Stored) -> None:
    """A reader is told to do something, and does it or does not."""
    status = world.rng.choice(("succeeded", "failed"))
    failure: Json = {"failure_code": None, "failure_message": None}
    if status == "failed":
        failure = {"failure_code": "card_declined", "failure_message": "Your card was declined."}
    action = {**failure, "status": status, "type": "refund_payment", "refund_payment": {"amount": world.now % 10_000}}
    world.change(reader, {"action": action}, (f"terminal.reader.action_{status}",))


ACTS = (
    Act(1, deeds.new("terminal.configuration")),
    Act(1, deeds.remove("terminal.configuration", spare=1), silent=True),
    Act(1, deeds.reword("terminal.configuration", "name"), silent=True),
    Act(1, deeds.new("terminal.location")),
    Act(1, deeds.remove("terminal.location", spare=1), silent=True),
    Act(1, deeds.edit("terminal.location"), silent=True),
    Act(1, deeds.new("terminal.reader")),
    Act(1, deeds.remove("terminal.reader", spare=1), silent=True),
    Act(1, deeds.edit("terminal.reader"), silent=True),
    Act(1, deeds.become("terminal.reader", "online", "offline"), silent=True),
    Act(1, deeds.on("terminal.reader", _refunds)),
)
