"""Reports and Sigma: what happens."""

from __future__ import annotations

from integration_tests.sandbox.account.ledger import Ledger
from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act
from integration_tests.sandbox.world.stored import Stored


def _has_more_data(ledger: Ledger, report_type: Stored) -> None:
    ledger.change(report_type, {"data_available_end": ledger.now, "updated": ledger.now})


ACTS = (
    Act(1, deeds.new("scheduled_query_run")),
    Act(1, deeds.on("reporting.report_type", _has_more_data)),
)
