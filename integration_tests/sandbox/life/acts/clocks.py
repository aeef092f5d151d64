"""Test clocks: what happens. Nobody lives on them: `Account.simulate` makes one with a customer."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act
from integration_tests.sandbox.world.facts import DAY_SECONDS
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World

_CLOCK = "test_helpers.test_clock"


def _advances(world: World, clock: Stored) -> None:
    target = clock.body["frozen_time"] + 30 * DAY_SECONDS
    details = {"advancing": {"target_frozen_time": target}}
    world.change(clock, {"status": "advancing", "frozen_time": target, "status_details": details})


def _has_advanced(world: World, clock: Stored) -> None:
    world.change(clock, {"status": "ready", "status_details": {}})


ACTS = (
    Act(1, deeds.new(_CLOCK)),
    Act(1, deeds.remove(_CLOCK, spare=1)),
    Act(1, deeds.on(_CLOCK, _advances, status="ready")),
    Act(1, deeds.on(_CLOCK, _has_advanced, status="advancing")),
    Act(1, deeds.become(_CLOCK, "advancing", "internal_failure")),
)
