"""Tax: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act
from integration_tests.sandbox.world.world import World


def _sets_another_default(world: World) -> bool:
    settings = world.stored("tax.settings", "tax.settings")
    behavior = "exclusive" if settings.body["defaults"]["tax_behavior"] == "inclusive" else "inclusive"
    world.change(settings, {"defaults": {**settings.body["defaults"], "tax_behavior": behavior}})
    return True


def _plans_to_register(world: World) -> bool:
    world.bear("tax.registration", {"status": "scheduled", "active_from": world.now + 86_400})
    return True


ACTS = (
    Act(1, deeds.new("tax.registration")),
    Act(1, deeds.become("tax.registration", "active", "expired"), silent=True),
    Act(1, _plans_to_register),
    Act(1, deeds.become("tax.registration", "scheduled", "active"), silent=True),
    Act(1, deeds.new("tax.location")),
    Act(1, _sets_another_default),
)
