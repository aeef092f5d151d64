"""Checkout and payment links."""

from __future__ import annotations

from source_stripe.declaration.families import embedded, updated
from source_stripe.declaration.origins import UNTIMED, Listing
from source_stripe.declaration.resource import Parent
from source_stripe.declaration.takes import Children, Embedded

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
    Embedded("line_items", Children("/v1/checkout/sessions/{id}/line_items")),
    "item",
    included=False,
    link=Parent(carries=("created", "expires_at")),
)
payment_links = updated("payment_links", Listing("/v1/payment_links", kind=UNTIMED), "payment_link", "payment_link.*")
payment_link_line_items = embedded(
    "payment_link_line_items",
    payment_links,
    Embedded("line_items", Children("/v1/payment_links/{id}/line_items")),
    "item",
    included=False,
)
