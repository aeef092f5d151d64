"""Treasury: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.resource import Resource, plain, turns

ROWS = (
    Resource(
        "treasury.financial_account",
        "fa_",
        ("treasury.financial_account.created",),
        turns=turns("status", closed="treasury.financial_account.closed"),
        plain=plain(status="open"),
    ),
)
