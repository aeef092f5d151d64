"""Radar and fraud."""

from __future__ import annotations

from source_stripe.families import updated

early_fraud_warnings = updated(
    "early_fraud_warnings",
    "/v1/radar/early_fraud_warnings",
    "radar.early_fraud_warning",
    "radar.early_fraud_warning.*",
)
# Its events tell that it was opened and that it was closed.
reviews = updated("reviews", "/v1/reviews", "review", "review.*", complete=False)
