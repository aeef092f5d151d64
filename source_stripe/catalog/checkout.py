"""Checkout and payment links."""

from __future__ import annotations

from source_stripe.families import embedded, updated
from source_stripe.resource import Children

checkout_sessions = updated(
    "checkout_sessions",
    "/v1/checkout/sessions",
    "checkout.session",
    "checkout.session.*",
    announced=False,
    complete=False,
)
checkout_sessions_line_items = embedded(
    "checkout_sessions_line_items",
    checkout_sessions,
    "line_items",
    "item",
    Children("/v1/checkout/sessions/{id}/line_items"),
    included=False,
    carries=("created", "expires_at"),
)
