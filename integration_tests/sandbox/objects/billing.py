"""Subscriptions: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.effects import billing_credits, quotes
from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import DAY_SECONDS, FIXTURES, Json
from integration_tests.sandbox.world.resource import Hidden, Resource, on_a_test_clock, plain, turns
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World


def _subscription(birth: Birth) -> Json:
    clock = birth.whole.get("test_clock")
    return {"billing_cycle_anchor": birth.now, "start_date": birth.now, "currency": "usd", "test_clock": clock}


def _subscription_item(birth: Birth) -> Json:
    price = birth.any("price", "price")
    start = birth.whole.get("billing_cycle_anchor", birth.now)
    recurring = birth.world.body("price", price)["recurring"]
    metered = recurring is not None and recurring["usage_type"] == "metered"
    return {
        "price": price,
        "plan": price,
        # What is metered is not ordered in a quantity.
        "quantity": None if metered else birth.rng.randrange(1, 9),
        "current_period_start": start,
        "current_period_end": start + 30 * DAY_SECONDS,
    }


def _schedule(birth: Birth) -> Json:
    return {"phases": [phase(birth.world, birth.now)], "test_clock": birth.whole.get("test_clock")}


def phase(world: World, start: int) -> Json:
    """A month of a schedule."""
    price = world.any("price")
    (example,) = FIXTURES["subscription_schedule"]["phases"]
    (item,) = example["items"]
    item = {**item, "price": price, "plan": price, "quantity": world.rng.randrange(1, 9), "billing_thresholds": None}
    dates = {"start_date": start, "end_date": start + 30 * DAY_SECONDS}
    return {**example, "items": [item], **dates, "transfer_data": None, "billing_thresholds": None}


def _quote(birth: Birth) -> Json:
    return {"expires_at": birth.now + 30 * DAY_SECONDS, "test_clock": birth.whole.get("test_clock")}


def _credit_grant(birth: Birth) -> Json:
    return {"amount": _money(birth.rng.randrange(1, 90) * 100), "test_clock": birth.whole.get("test_clock")}


def _credit_balance_transaction(birth: Birth) -> Json:
    """What a grant gives, unless it is said to be something else."""
    credit = {"amount": birth.whole["amount"], "credits_application_invoice_voided": None, "type": "credits_granted"}
    return {"type": "credit", "credit": credit, "effective_at": birth.now, "test_clock": birth.whole["test_clock"]}


def _money(value: int) -> Json:
    return {"monetary": {"currency": "usd", "value": value}, "type": "monetary"}


def _meter(birth: Birth) -> Json:
    return {"display_name": f"Meter {birth.id[-4:]}", "event_name": f"used_{birth.id[-6:].lower()}"}


def _deactivated(_: Stored, now: int) -> Json:
    return {"status_transitions": {"deactivated_at": now}}


def _portal_configuration(birth: Birth) -> Json:
    return {"is_default": not len(birth.world.store.shelf("billing_portal.configuration"))}


def _alert(birth: Birth) -> Json:
    meter = birth.world.any("billing.meter")
    gte = birth.rng.randrange(1, 90) * 100
    return {"usage_threshold": {"filters": None, "gte": gte, "meter": meter, "recurrence": "one_time"}}


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
        parts={"items": ("subscription_item",)},
        implies={"canceled": lambda _, now: {"canceled_at": now, "ended_at": now}},
        ends={"status": "canceled"},
        hidden=(
            Hidden(lambda body: body["status"] == "canceled", ("status",)),
            Hidden(on_a_test_clock, ("test_clock", "customer"), below=True),
        ),
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
        plain=plain("canceled_at completed_at released_at current_phase", status="not_started"),
        fill=_schedule,
        implies={"canceled": lambda _, now: {"canceled_at": now}, "released": lambda _, now: {"released_at": now}},
        hidden=(Hidden(on_a_test_clock, ("customer",)),),
    ),
    Resource(
        "quote",
        "qt_",
        ("quote.created",),
        turns=turns("status", open="quote.finalized", accepted="quote.accepted", canceled="quote.canceled"),
        owner="customer",
        owner_field="customer",
        plain=plain("from_quote transfer_data"),
        fill=_quote,
        parts={"line_items": ("item",)},
        summed=quotes.summed,
        implies={
            "open": quotes.finalized,
            "accepted": quotes.since("accepted_at"),
            "canceled": quotes.since("canceled_at"),
        },
        hidden=(Hidden(on_a_test_clock, ("test_clock", "customer")),),
    ),
    Resource(
        "billing.credit_grant",
        "credgr_test_",
        ("billing.credit_grant.created",),
        ("billing.credit_grant.updated",),
        owner="customer",
        owner_field="customer",
        plain=plain(metadata={}),
        fill=_credit_grant,
        came=billing_credits.granted,
        altered=billing_credits.altered,
    ),
    Resource(
        "billing.credit_balance_transaction",
        "cbtxn_test_",
        ("billing.credit_balance_transaction.created",),
        owner="billing.credit_grant",
        owner_field="credit_grant",
        plain=plain("debit"),
        fill=_credit_balance_transaction,
    ),
    Resource(
        "billing.meter",
        "mtr_test_",
        ("billing.meter.created",),
        ("billing.meter.updated",),
        turns=turns("status", inactive="billing.meter.deactivated", active="billing.meter.reactivated"),
        fill=_meter,
        implies={"inactive": _deactivated, "active": lambda _, now: {"status_transitions": {"deactivated_at": None}}},
    ),
    Resource(
        "billing_portal.configuration",
        "bpc_",
        ("billing_portal.configuration.created",),
        ("billing_portal.configuration.updated",),
        fill=_portal_configuration,
    ),
    # "Lists billing active and inactive alerts": https://docs.stripe.com/api/billing/alert/list
    Resource(
        "billing.alert",
        "alrt_",
        stamp=None,
        plain=plain(status="active"),
        fill=_alert,
        hidden=(Hidden(lambda body: body["status"] == "archived"),),
    ),
    Resource("billing.feedback_option", "fbopt_", stamp=None, implies={"inactive": _deactivated}),
)
