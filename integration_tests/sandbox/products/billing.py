"""Subscriptions: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.birth import DAY_SECONDS, Birth
from integration_tests.sandbox.facts import Json
from integration_tests.sandbox.resource import Resource, plain, turns


def _subscription(birth: Birth) -> Json:
    clock = birth.whole.get("test_clock")
    return {"billing_cycle_anchor": birth.now, "start_date": birth.now, "currency": "usd", "test_clock": clock}


def _subscription_item(birth: Birth) -> Json:
    price = birth.any("price", "price")
    start = birth.whole.get("billing_cycle_anchor", birth.now)
    return {
        "price": price,
        "plan": price,
        "quantity": birth.rng.randrange(1, 9),
        "current_period_start": start,
        "current_period_end": start + 30 * DAY_SECONDS,
    }


ROWS = (
    Resource(
        "subscription",
        "sub_",
        ("customer.subscription.created",),
        ("customer.subscription.updated",),
        turns=turns(
            "status",
            canceled="customer.subscription.deleted",
            paused="customer.subscription.paused customer.subscription.updated",
        ),
        owner="customer",
        owner_field="customer",
        plain=plain(
            "billing_cycle_anchor_config cancel_at canceled_at ended_at billing_thresholds "
            "billing_schedules next_pending_invoice_item_invoice pause_collection "
            "pending_invoice_item_interval pending_update transfer_data trial_end trial_start "
            "trial_settings payment_settings",
            cancel_at_period_end=False,
        ),
        fill=_subscription,
    ),
    Resource(
        "subscription_item",
        "si_",
        owner="subscription",
        owner_field="subscription",
        plain=plain("billing_thresholds"),
        fill=_subscription_item,
    ),
    Resource(
        "subscription_schedule",
        "sub_sched_",
        ("subscription_schedule.created",),
        ("subscription_schedule.updated",),
        turns=turns(
            "status",
            canceled="subscription_schedule.canceled",
            released="subscription_schedule.released",
            completed="subscription_schedule.completed",
        ),
        owner="customer",
        owner_field="customer",
        plain=plain("canceled_at completed_at released_at", status="not_started"),
    ),
)
