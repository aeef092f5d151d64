"""Radar and fraud: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.resource import Resource, Turn, plain

ROWS = (
    Resource(
        "radar.early_fraud_warning",
        "issfr_",
        ("radar.early_fraud_warning.created",),
        ("radar.early_fraud_warning.updated",),
        owner="charge",
        owner_field="charge",
    ),
    Resource(
        "review",
        "prv_",
        ("review.opened",),
        turns=(Turn("open", False, ("review.closed",)),),
        owner="charge",
        owner_field="charge",
        plain=plain("closed_reason", open=True, reason="rule"),
    ),
)
