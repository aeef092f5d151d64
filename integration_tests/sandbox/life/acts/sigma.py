"""Reports and Sigma: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World


def _has_more_data(world: World, report_type: Stored) -> None:
    world.change(report_type, {"data_available_end": world.now, "updated": world.now})


ACTS = (
    Act(1, deeds.new("scheduled_query_run")),
    Act(1, deeds.on("reporting.report_type", _has_more_data)),
)
