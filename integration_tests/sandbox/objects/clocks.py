"""Test clocks: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import DAY_SECONDS, Json
from integration_tests.sandbox.world.resource import Resource, turns
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World


def _clock(birth: Birth) -> Json:
    return {"frozen_time": birth.now, "deletes_after": birth.now + 30 * DAY_SECONDS}


def _clock_going(world: World, clock: Stored) -> None:
    """Its customers go with it: https://docs.stripe.com/billing/testing/test-clocks."""
    for place in list(world.store.shelf("customer").older(None)):
        customer = world.stored("customer", place[3])
        if customer.body["test_clock"] == clock.place[3]:
            world.drop(customer)


ROWS = (
    Resource(
        "test_helpers.test_clock",
        "clock_",
        ("test_helpers.test_clock.created",),
        died=("test_helpers.test_clock.deleted",),
        turns=turns(
            "status",
            advancing="test_helpers.test_clock.advancing",
            ready="test_helpers.test_clock.ready",
            internal_failure="test_helpers.test_clock.internal_failure",
        ),
        fill=_clock,
        going=_clock_going,
    ),
)
