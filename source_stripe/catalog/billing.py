"""Billing."""

from __future__ import annotations

from collections.abc import Mapping

from source_stripe.catalog import core
from source_stripe.families import children, embedded, updated
from source_stripe.resource import Children, always


def canceled(subscription: Mapping[str, object]) -> bool:
    """A subscription ends by being canceled; it stays readable: https://docs.stripe.com/api/subscriptions/cancel."""
    return subscription.get("status") == "canceled"


def draft(invoice: Mapping[str, object]) -> bool:
    """Only a draft can be deleted: https://docs.stripe.com/api/invoices/delete."""
    return invoice.get("status") == "draft"


def going_on(subscription: Mapping[str, object]) -> bool:
    """Items come and go; an event names those that went only among the first ten."""
    return not canceled(subscription)


# Canceled subscriptions are left out by default: https://docs.stripe.com/api/subscriptions/list.
EVERY_STATUS = ((("status", "all"),),)

customer_balance_transactions = children(
    "customer_balance_transactions",
    core.customers,
    Children("/v1/customers/{id}/balance_transactions", immutable=True),
    "customer_balance_transaction",
    cursor="created",
    mortal=always,
)
invoices = updated("invoices", "/v1/invoices", "invoice", "invoice.*", expand=("discounts",))
invoice_items = updated(
    "invoice_items", "/v1/invoiceitems", "invoiceitem", "invoiceitem.*", stamp="date", complete=False
)
invoice_line_items = embedded(
    "invoice_line_items",
    invoices,
    "lines",
    "line_item",
    Children("/v1/invoices/{id}/lines"),
    carries=("created",),
    mortal=draft,
)
credit_notes = updated("credit_notes", "/v1/credit_notes", "credit_note", "credit_note.*")
credit_note_line_items = embedded(
    "credit_note_line_items",
    credit_notes,
    "lines",
    "credit_note_line_item",
    Children("/v1/credit_notes/{id}/lines"),
    carries=("created",),
)
subscriptions = updated(
    "subscriptions",
    "/v1/subscriptions",
    "subscription",
    "customer.subscription.*",
    filters=EVERY_STATUS,
    mentions=(("discount", "subscription"),),
    gone=canceled,
)
subscription_items = embedded(
    "subscription_items",
    subscriptions,
    "items",
    "subscription_item",
    Children("/v1/subscription_items", (("subscription", "{id}"),)),
    carries=("created",),
    mortal=going_on,
)
subscription_schedule = updated(
    "subscription_schedule", "/v1/subscription_schedules", "subscription_schedule", "subscription_schedule.*"
)
