"""Issuing: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.resource import Resource, turns

ROWS = (
    Resource("issuing.cardholder", "ich_", ("issuing_cardholder.created",), ("issuing_cardholder.updated",)),
    Resource("issuing.card", "ic_", ("issuing_card.created",), ("issuing_card.updated",)),
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
