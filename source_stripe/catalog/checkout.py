"""Checkout and payment links."""

from __future__ import annotations

from source_stripe.declaration.families import embedded, updated
from source_stripe.declaration.takes import Children

checkout_sessions = updated(
    "checkout_sessions",
    "/v1/checkout/sessions",
    "checkout.session",
    "checkout.session.*",
    created_has_event=False,
    every_edit_has_event=False,
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
payment_links = updated(
    "payment_links", "/v1/payment_links", "payment_link", "payment_link.*", stamp="", filters_by_created=False
)
payment_link_line_items = embedded(
    "payment_link_line_items",
    payment_links,
    "line_items",
    "item",
    Children("/v1/payment_links/{id}/line_items"),
    included=False,
)
