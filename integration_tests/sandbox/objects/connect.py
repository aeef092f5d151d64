"""Connect: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.effects import money, showing
from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.resource import Resource, plain, turns
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World

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


def _account_came(world: World, account: Stored) -> None:
    for name in account.body["capabilities"]:
        world.bear("capability", {"account": account.place[3], "id": name})


def _account_going(world: World, account: Stored) -> None:
    for shelf in ("capability", "person", "source"):
        for held in world.store.owned(shelf, account.place[3]):
            world.store.drop(held)


def _capability_shows(world: World, capability: Stored) -> None:
    """The account says how each of its capabilities stands."""
    account = world.stored("account", capability.body["account"])
    shown = {capability.body["id"]: capability.body["status"]}
    world.change(account, {"capabilities": {**account.body["capabilities"], **shown}})


def _person(birth: Birth) -> Json:
    return {"first_name": birth.rng.choice(("Ada", "Grace", "Alan")), "last_name": birth.id[-6:].title()}


def _application_fee(birth: Birth) -> Json:
    charge = birth.any("charge", "charge")
    return {
        "amount": birth.rng.randrange(5_000, 50_000),
        "account": birth.world.partner,
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
        "destination": birth.world.partner,
        "destination_payment": f"py_{birth.world.letters(24)}",
    }


ROWS = (
    Resource(
        "account",
        "acct_",
        changed=("account.updated",),
        fill=_account,
        came=_account_came,
        going=_account_going,
        followers={"persons": ("person",), "external_accounts": ("bank_account", "card")},
        shows=("bank_account", "card"),
    ),
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
        altered=lambda world, capability, _: _capability_shows(world, capability),
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
        read_by={"account": lambda account: account["controller"].get("requirement_collection") == "application"},
    ),
    Resource(
        "application_fee",
        "fee_",
        ("application_fee.created",),
        fill=_application_fee,
        followers={"refunds": ("fee_refund",)},
        settled=money.moves("application_fee", 1),
    ),
    Resource(
        "fee_refund",
        "fr_",
        changed=("application_fee.refund.updated",),
        owner="application_fee",
        owner_field="fee",
        fill=_given_back,
        settled=money.moves("application_fee_refund", -1),
        came=money.given_back("application_fee", "fee", "amount_refunded", "refunded", "application_fee.refunded"),
        shown_in=showing.in_owner,
    ),
    Resource("country_spec", "", stamp=None),
    Resource(
        "topup",
        "tu_",
        ("topup.created",),
        turns=turns("status", succeeded="topup.succeeded", failed="topup.failed", canceled="topup.canceled"),
        plain=plain("source", status="pending"),
    ),
    Resource(
        "transfer",
        "tr_",
        ("transfer.created",),
        ("transfer.updated",),
        fill=_transfer,
        followers={"reversals": ("transfer_reversal",)},
        settled=money.moves("transfer", -1),
    ),
    Resource(
        "transfer_reversal",
        "trr_",
        owner="transfer",
        owner_field="transfer",
        fill=_given_back,
        settled=money.moves("transfer_refund", 1),
        came=money.given_back("transfer", "transfer", "amount_reversed", "reversed", "transfer.reversed"),
        shown_in=showing.in_owner,
    ),
)
