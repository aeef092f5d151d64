"""Reporting: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.effects import reports
from integration_tests.sandbox.world.resource import Resource, plain, turns

ROWS = (
    Resource(
        "reporting.report_run",
        "frr_",
        turns=turns("status", succeeded="reporting.report_run.succeeded", failed="reporting.report_run.failed"),
        plain=plain("error result succeeded_at", status="pending"),
        implied=reports.made,
    ),
)
