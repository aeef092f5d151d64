"""Subscriptions: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds, discounting, itemizing, metering
from integration_tests.sandbox.life.act import Act
from integration_tests.sandbox.life.choosing import some
from integration_tests.sandbox.objects.billing import phase
from integration_tests.sandbox.world.world import World


def _rephased(world: World) -> bool:
    """A schedule gets a phase more, one other, or one less."""
    schedule = some(world, "subscription_schedule", status="not_started")
    if schedule is None:
        return False
    phases = schedule.body["phases"]
    next_one = phase(world, phases[-1]["end_date"])
    changed = [[*phases, next_one], [*phases[:-1], phase(world, phases[-1]["start_date"])], phases[:-1] or [next_one]]
    world.change(schedule, {"phases": world.rng.choice(changed)})
    return True


ACTS = (
    Act(4, deeds.subscribe),
    Act(2, deeds.edit("subscription")),
    Act(2, deeds.become("subscription", "active", "canceled")),
    Act(1, deeds.new_under("subscription_item", "subscription", "subscription", status="active")),
    Act(1, deeds.item_gone),
    Act(1, deeds.requantify),
    Act(1, deeds.new("subscription_schedule", customer=True)),
    Act(1, deeds.edit("subscription_schedule")),
    Act(1, _rephased),
    Act(1, deeds.become("subscription_schedule", "not_started", "canceled")),
    Act(1, deeds.become("subscription_schedule", "not_started", "released")),
    Act(1, discounting.put_on("subscription", status="active")),
    Act(1, discounting.put_on("subscription_item", "subscription", status="active")),
    Act(1, discounting.take_off("subscription", status="active")),
    Act(1, discounting.take_off("subscription_item", "subscription", status="active")),
    Act(1, itemizing.quote),
    Act(1, deeds.edit("quote"), silent=True),
    Act(1, itemizing.item_requantified("quote", status="draft"), silent=True),
    Act(1, itemizing.item_removed("quote", status="draft"), silent=True),
    Act(1, deeds.become("quote", "draft", "open")),
    Act(1, deeds.become("quote", "open", "accepted")),
    Act(1, deeds.become("quote", "open", "canceled")),
    Act(1, deeds.new("billing.credit_grant", customer=True)),
    Act(1, deeds.edit("billing.credit_grant")),
    Act(1, metering.apply_credit),
    Act(1, metering.void_credit),
    Act(1, deeds.new("billing.meter")),
    Act(1, deeds.reword("billing.meter", "display_name")),
    Act(1, deeds.become("billing.meter", "active", "inactive")),
    Act(1, deeds.become("billing.meter", "inactive", "active")),
    Act(1, metering.metered_price),
    Act(1, metering.subscribe),
    Act(2, metering.use, silent=True),
    Act(1, deeds.new("billing_portal.configuration")),
    Act(1, deeds.edit("billing_portal.configuration")),
    Act(1, deeds.become("billing_portal.configuration", True, False, "active")),
    Act(2, deeds.new("billing.alert")),
    Act(1, deeds.become("billing.alert", "active", "inactive"), silent=True),
    Act(1, deeds.become("billing.alert", "inactive", "archived"), silent=True),
    Act(1, deeds.new("billing.feedback_option")),
    Act(1, deeds.reword("billing.feedback_option", "description"), silent=True),
    Act(1, deeds.become("billing.feedback_option", "active", "inactive"), silent=True),
)
