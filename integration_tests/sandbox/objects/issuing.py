"""Issuing: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.effects import issuing
from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.resource import Resource, plain, turns


def _personalization_design(birth: Birth) -> Json:
    lookup_key = f"design_{birth.id[-6:].lower()}"
    return {"physical_bundle": birth.any("physical_bundle", "issuing.physical_bundle"), "lookup_key": lookup_key}


def _card(birth: Birth) -> Json:
    """It shows its cardholder as they were when it was made; whether also what is edited later is not documented."""
    return {"cardholder": birth.world.body("issuing.cardholder", birth.world.any("issuing.cardholder"))}


def _authorization(birth: Birth) -> Json:
    card = birth.world.body("issuing.card", birth.world.any("issuing.card"))
    amount = birth.given.get("amount", birth.rng.randrange(100, 90_000))
    sums = {"amount": amount, "merchant_amount": amount}
    return {**sums, "card": card, "cardholder": card["cardholder"]["id"], "pending_request": None}


def _transaction(birth: Birth) -> Json:
    """What was authorized is captured, whole."""
    led = birth.world.body("issuing.authorization", birth.any("authorization", "issuing.authorization"))
    spent = dict.fromkeys(("amount", "merchant_amount"), -led["amount"])
    shared = {name: led[name] for name in ("cardholder", "currency", "merchant_currency", "merchant_data")}
    return {**spent, **shared, "card": led["card"]["id"], "authorization": led["id"]}


def _dispute(birth: Birth) -> Json:
    """Of a transaction that has none yet."""
    id = birth.any("transaction", "issuing.transaction")
    if "transaction" not in birth.given and birth.world.body("issuing.transaction", id)["dispute"] is not None:
        id = birth.world.bear("issuing.transaction", {}).key[1]
    of = birth.world.body("issuing.transaction", id)
    return {"transaction": id, "amount": -of["amount"], "currency": of["currency"]}


ROWS = (
    Resource("issuing.physical_bundle", "ics_", stamp=None, plain=plain(status="review")),
    Resource(
        "issuing.personalization_design",
        "ipcd_",
        changed=("issuing_personalization_design.updated",),
        turns=turns(
            "status",
            active="issuing_personalization_design.activated",
            inactive="issuing_personalization_design.deactivated",
            rejected="issuing_personalization_design.rejected",
        ),
        fill=_personalization_design,
    ),
    Resource("issuing.cardholder", "ich_", ("issuing_cardholder.created",), ("issuing_cardholder.updated",)),
    Resource("issuing.card", "ic_", ("issuing_card.created",), ("issuing_card.updated",), fill=_card),
    Resource(
        "issuing.token",
        "intok_",
        ("issuing_token.created",),
        ("issuing_token.updated",),
        owner="issuing.card",
        owner_field="card",
    ),
    Resource(
        "issuing.authorization",
        "iauth_",
        ("issuing_authorization.created",),
        ("issuing_authorization.updated",),
        fill=_authorization,
        implied=issuing.released,
        settled=issuing.held,
    ),
    Resource(
        "issuing.transaction",
        "ipi_",
        ("issuing_transaction.created",),
        ("issuing_transaction.updated",),
        fill=_transaction,
        settled=issuing.taken,
        came=issuing.captured,
    ),
    Resource(
        "issuing.dispute",
        "idp_",
        ("issuing_dispute.created",),
        ("issuing_dispute.updated",),
        turns=turns(
            "status",
            submitted="issuing_dispute.submitted issuing_dispute.updated",
            won="issuing_dispute.closed issuing_dispute.updated",
            lost="issuing_dispute.closed issuing_dispute.updated",
        ),
        plain={"balance_transactions": []},
        fill=_dispute,
        came=issuing.disputed,
        altered=issuing.reinstated,
    ),
)
