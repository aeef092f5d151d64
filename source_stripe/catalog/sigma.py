"""Sigma."""

from __future__ import annotations

from source_stripe.declaration.families import updated

ENABLE = "Sigma at https://dashboard.stripe.com/sigma/queries"

scheduled_query_runs = updated(
    "scheduled_query_runs",
    "/v1/sigma/scheduled_query_runs",
    "scheduled_query_run",
    "sigma.scheduled_query_run.*",
    filters_by_created=False,
    every_edit_has_event=False,
)
