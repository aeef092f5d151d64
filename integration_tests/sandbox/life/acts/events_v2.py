"""Events v2: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act

DESTINATION = "v2.core.event_destination"

ACTS = (
    Act(1, deeds.new(DESTINATION)),
    Act(1, deeds.edit(DESTINATION), silent=True),
    Act(1, deeds.become(DESTINATION, "enabled", "disabled"), silent=True),
    Act(1, deeds.remove(DESTINATION, spare=1), silent=True),
)
