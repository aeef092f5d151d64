"""Sigma."""

from __future__ import annotations

from source_stripe.declaration.families import updated
from source_stripe.declaration.origins import TOP_DOWN, Listing

ENABLE = "Sigma at https://dashboard.stripe.com/sigma/queries"

scheduled_query_runs = updated(
    "scheduled_query_runs",
    Listing("/v1/sigma/scheduled_query_runs", kind=TOP_DOWN),
    "scheduled_query_run",
    "sigma.scheduled_query_run.*",
    every_edit_has_event=False,
)
