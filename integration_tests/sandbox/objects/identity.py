"""Identity: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.world.resource import Resource, plain, turns

ROWS = (
    Resource(
        "identity.verification_session",
        "vs_",
        ("identity.verification_session.created",),
        turns=turns(
            "status",
            processing="identity.verification_session.processing",
            verified="identity.verification_session.verified",
            canceled="identity.verification_session.canceled",
        ),
        plain=plain("last_error last_verification_report", status="requires_input"),
    ),
    Resource("identity.verification_report", "vr_"),
)
