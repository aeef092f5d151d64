"""Connect: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.resource import Resource, plain, turns

if TYPE_CHECKING:
    from integration_tests.sandbox.account.ledger import Ledger
    from integration_tests.sandbox.world.stored import Stored

CUSTOM, EXPRESS, STANDARD = "custom", "express", "standard"
CONTROLLERS: dict[str, Json] = {
    CUSTOM: {
        "type": "application",
        "is_controller": True,
        "requirement_collection": "application",
        "fees": {"payer": "application_custom"},
        "losses": {"payments": "application"},
        "stripe_dashboard": {"type": "none"},
    },
    EXPRESS: {
        "type": "application",
        "is_controller": True,
        "requirement_collection": "stripe",
        "fees": {"payer": "application_express"},
        "losses": {"payments": "application"},
        "stripe_dashboard": {"type": "express"},
    },
    STANDARD: {"type": "account"},
}
"""Who controls an account of each type: https://docs.stripe.com/api/accounts/object."""
_CAPABILITIES = (
    *("card_payments", "transfers", "us_bank_account_ach_payments", "link_payments", "klarna_payments"),
    *("sepa_debit_payments", "bancontact_payments", "ideal_payments", "eps_payments", "p24_payments"),
)


def _account(birth: Birth) -> Json:
    type = birth.given.get("type", CUSTOM)
    return {
        "type": type,
        "controller": CONTROLLERS[type],
        "email": f"{birth.id[-6:].lower()}@example.com",
        "capabilities": dict.fromkeys(_CAPABILITIES[:2], "inactive"),
    }


def _capability(birth: Birth) -> Json:
    status = birth.whole.get("capabilities", {}).get(birth.id, "inactive")
    return {"status": status, "requested_at": birth.now}


def _account_came(ledger: Ledger, account: Stored) -> None:
    for name in account.body["capabilities"]:
        ledger.bear("capability", {"account": account.place[3], "id": name})


def _account_going(ledger: Ledger, account: Stored) -> None:
    for shelf in ("capability", "person", "source"):
        for held in ledger.store.owned(shelf, account.place[3]):
            ledger.store.drop(held)


def _capability_shows(ledger: Ledger, capability: Stored) -> None:
    """The account says how each of its capabilities stands."""
    account = ledger.stored("account", capability.body["account"])
    shown = {capability.body["id"]: capability.body["status"]}
    ledger.change(account, {"capabilities": {**account.body["capabilities"], **shown}})


def _person(birth: Birth) -> Json:
    return {"first_name": birth.rng.choice(("Ada", "Grace", "Alan")), "last_name": birth.id[-6:].title()}


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
    Resource("account", "acct_", changed=("account.updated",), fill=_account, came=_account_came, going=_account_going),
    Resource(
        "capability",
        "",
        changed=("capability.updated",),
        owner="account",
        owner_field="account",
        stamp=None,
        names=_CAPABILITIES,
        fill=_capability,
        came=_capability_shows,
        altered=_capability_shows,
    ),
    Resource(
        "person",
        "person_",
        ("person.created",),
        ("person.updated",),
        ("person.deleted",),
        owner="account",
        owner_field="account",
        fill=_person,
    ),
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
