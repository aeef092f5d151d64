"""Reporting."""

from __future__ import annotations

from source_stripe.declaration.families import snapshot, updated
from source_stripe.declaration.origins import Listing, TopDown
from source_stripe.declaration.scopes import of_stripe

reporting_report_runs = updated(
    "reporting_report_runs",
    "/v1/reporting/report_runs",
    "reporting.report_run",
    "reporting.report_run.*",
    created_has_event=False,
    every_edit_has_event=False,
)
reporting_report_types = of_stripe(
    snapshot(
        "reporting_report_types",
        Listing("/v1/reporting/report_types", kind=TopDown("", paged=False)),
        "reporting.report_type",
    )
)
