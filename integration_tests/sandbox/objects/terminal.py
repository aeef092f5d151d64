"""Terminal: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.resource import Resource, plain


def _reader(birth: Birth) -> Json:
    serial_number = "-".join(f"{birth.rng.randrange(1_000):03}" for _ in range(3))
    return {"location": birth.any("location", "terminal.location"), "serial_number": serial_number}


ROWS = (
    Resource("terminal.configuration", "tmc_", stamp=None, stub=True),
    Resource("terminal.location", "tml_", stamp=None, stub=True),
    # Events tell of what a reader does, none that there is one or that it was edited.
    Resource("terminal.reader", "tmr_", stamp=None, stub=True, plain=plain("action"), fill=_reader),
)
