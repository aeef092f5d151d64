"""Connect: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.birth import Birth
from integration_tests.sandbox.facts import Json
from integration_tests.sandbox.resource import Resource, plain, turns


def _application_fee(birth: Birth) -> Json:
    charge = birth.any("charge", "charge")
    return {
        "amount": birth.rng.randrange(5_000, 50_000),
        "account": birth.ledger.partner,
        "charge": charge,
        "fee_source": {"charge": charge, "type": "charge"},
    }


def _given_back(birth: Birth) -> Json:
    whole = birth.whole
    left = whole["amount"] - whole.get("amount_reversed", whole.get("amount_refunded", 0))
    return {"amount": max(1, min(birth.rng.randrange(1, 50), left)), "currency": whole["currency"]}


def _transfer(birth: Birth) -> Json:
    return {
        "amount": birth.rng.randrange(100_000, 900_000),
        "destination": birth.ledger.partner,
        "destination_payment": f"py_{birth.ledger.letters(24)}",
    }


ROWS = (
    Resource("account", "acct_", changed=("account.updated",)),
    Resource("application_fee", "fee_", ("application_fee.created",), fill=_application_fee),
    Resource(
        "fee_refund",
        "fr_",
        changed=("application_fee.refund.updated",),
        owner="application_fee",
        owner_field="fee",
        fill=_given_back,
    ),
    Resource("country_spec", "", stamp=None),
    Resource(
        "topup",
        "tu_",
        ("topup.created",),
        turns=turns("status", succeeded="topup.succeeded", failed="topup.failed", canceled="topup.canceled"),
        plain=plain("source", status="pending"),
    ),
    Resource("transfer", "tr_", ("transfer.created",), ("transfer.updated",), fill=_transfer),
    Resource("transfer_reversal", "trr_", owner="transfer", owner_field="transfer", fill=_given_back),
)
