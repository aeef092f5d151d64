"""Reporting: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act

ACTS = (
    Act(1, deeds.new("reporting.report_run")),
    Act(1, deeds.become("reporting.report_run", "pending", "succeeded")),
    Act(1, deeds.become("reporting.report_run", "pending", "failed")),
)
