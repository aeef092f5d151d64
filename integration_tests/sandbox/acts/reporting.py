"""Reporting: what happens."""

from __future__ import annotations

from integration_tests.sandbox import deeds
from integration_tests.sandbox.act import Act

ACTS = (
    Act(1, deeds.new("reporting.report_run")),
    Act(1, deeds.become("reporting.report_run", "pending", "succeeded")),
    Act(1, deeds.become("reporting.report_run", "pending", "failed")),
)
