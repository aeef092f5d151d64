"""Issuing: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.resource import Resource, plain, turns


def _personalization_design(birth: Birth) -> Json:
    lookup_key = f"design_{birth.id[-6:].lower()}"
    return {"physical_bundle": birth.any("physical_bundle", "issuing.physical_bundle"), "lookup_key": lookup_key}


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
    Resource("issuing.card", "ic_", ("issuing_card.created",), ("issuing_card.updated",)),
    Resource(
        "issuing.token",
        "intok_",
        ("issuing_token.created",),
        ("issuing_token.updated",),
        owner="issuing.card",
        owner_field="card",
    ),
    Resource("issuing.authorization", "iauth_", ("issuing_authorization.created",), ("issuing_authorization.updated",)),
    Resource("issuing.transaction", "ipi_", ("issuing_transaction.created",), ("issuing_transaction.updated",)),
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
    ),
)
