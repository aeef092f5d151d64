"""Payments: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.effects import money, payments
from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.resource import Resource, plain, turns

_CURRENCIES = ("usd", "usd", "usd", "eur", "gbp")


def _charge(birth: Birth) -> Json:
    amount = birth.given.get("amount", birth.rng.randrange(1_000, 90_000))
    failed = birth.given.get("status") == "failed"
    receipt = f"https://pay.stripe.com/receipts/{birth.world.letters(12)}"
    return {
        "amount": amount,
        "amount_captured": 0 if failed else amount,
        "captured": not failed,
        "paid": not failed,
        "currency": birth.rng.choice(_CURRENCIES),
        "failure_code": "card_declined" if failed else None,
        "failure_message": "Your card was declined." if failed else None,
        "balance_transaction": None,
        "description": None,
        "receipt_url": None if failed else receipt,
        # A platform takes its part of some.
        "application_fee_amount": birth.rng.choice((None, None, amount // 100)),
    }


def _refund(birth: Birth) -> Json:
    charge = birth.whole
    left = charge.get("amount", 100) - charge.get("amount_refunded", 0)
    return {
        "amount": birth.given.get("amount", max(1, min(left, birth.rng.randrange(1, 200)))),
        "currency": charge.get("currency", "usd"),
        "payment_intent": charge.get("payment_intent"),
        "customer": charge.get("customer"),
        "balance_transaction": None,
    }


def _line(birth: Birth) -> Json:
    cost = birth.rng.randrange(1, 90) * 100
    name = f"Product {birth.id[-4:]}"
    return {"product_name": name, "quantity": birth.rng.randrange(1, 9), "unit_cost": cost}


def _record(birth: Birth) -> Json:
    """A payment that went through, as the merchant reported it."""
    amount = birth.whole.get("amount_requested") or {"currency": "usd", "value": birth.rng.randrange(1, 900) * 100}
    sums = dict.fromkeys(("amount", "amount_authorized", "amount_guaranteed", "amount_requested"), amount)
    none = {name: {"currency": "usd", "value": 0} for name in ("amount_canceled", "amount_failed", "amount_refunded")}
    return {**sums, **none, "metadata": {}, "reported_by": "self"}


def _payment_intent(birth: Birth) -> Json:
    amount = birth.given.get("amount", birth.rng.randrange(100, 90_000))
    return {"amount": amount, "client_secret": f"{birth.id}_secret_{birth.world.letters(12)}"}


ROWS = (
    Resource(
        "charge",
        "ch_",
        (),
        ("charge.updated",),
        turns=turns("status", succeeded="charge.succeeded", failed="charge.failed", pending="charge.pending"),
        owner="customer",
        owner_field="customer",
        alone=True,
        plain=plain("shipping source transfer_data outcome", captured=True),
        fill=_charge,
        followers={"refunds": ("refund",)},
        settled=money.moves("charge", 1),
    ),
    Resource(
        "refund",
        "re_",
        ("refund.created",),
        ("refund.updated", "charge.refund.updated"),
        turns=turns("status", failed="refund.failed refund.updated charge.refund.updated"),
        owner="charge",
        owner_field="charge",
        fill=_refund,
        settled=money.moves("refund", -1),
        came=money.given_back("charge", "charge", "amount_refunded", "refunded", "charge.refunded"),
    ),
    Resource(
        "payment_intent",
        "pi_",
        ("payment_intent.created",),
        turns=turns(
            "status",
            succeeded="payment_intent.succeeded",
            canceled="payment_intent.canceled",
            processing="payment_intent.processing",
            requires_action="payment_intent.requires_action",
            requires_payment_method="payment_intent.payment_failed",
            requires_capture="payment_intent.amount_capturable_updated",
        ),
        owner="customer",
        owner_field="customer",
        alone=True,
        plain=plain(
            "canceled_at last_payment_error next_action processing shipping transfer_data "
            "payment_method_configuration_details"
        ),
        fill=_payment_intent,
        rare_parts={"line_items": ("payment_intent_amount_details_line_item",)},
        implies={
            "succeeded": lambda intent, _: {"amount_received": intent.body["amount"]},
            "canceled": lambda _, now: {"canceled_at": now, "cancellation_reason": "abandoned"},
        },
    ),
    Resource(
        "payment_intent_amount_details_line_item",
        "uli_",
        owner="payment_intent",
        stamp=None,
        plain=plain("tax payment_method_options"),
        fill=_line,
    ),
    Resource(
        "payment_record",
        "pr_",
        fill=_record,
        parts={"attempts": ("payment_attempt_record",)},
        summed=payments.attempts_counted,
    ),
    Resource(
        "payment_attempt_record",
        "par_",
        owner="payment_record",
        owner_field="payment_record",
        fill=_record,
    ),
)
