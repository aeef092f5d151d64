"""Events v2: the objects."""

from __future__ import annotations

from integration_tests.sandbox.world.resource import Resource

ROWS = (Resource("v2.core.event", "evt_"), Resource("v2.core.event_destination", "ed_"))
