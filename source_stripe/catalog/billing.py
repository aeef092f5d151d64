"""Billing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from source_stripe.catalog import core
from source_stripe.declaration.families import children, elements, embedded, relisted, union, updated
from source_stripe.declaration.origins import Events, always
from source_stripe.declaration.takes import Children


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

# What the list shows without `status` is not documented: https://docs.stripe.com/api/invoice-rendering-template/list.
ACTIVE_AND_ARCHIVED = ((("status", "active"),), (("status", "archived"),))

customer_balance_transactions = children(
    "customer_balance_transactions",
    core.customers,
    Children("/v1/customers/{id}/balance_transactions", immutable=True),
    "customer_balance_transaction",
    cursor="created",
    children_vanish=always,
)
customer_tax_ids = embedded(
    "customer_tax_ids",
    core.customers,
    "tax_ids",
    "tax_id",
    Children("/v1/customers/{id}/tax_ids"),
    included=False,
    children_vanish=always,
    own=Events("tax_id", ("customer.tax_id.*",), "/v1/customers/{customer}/tax_ids/{id}"),
    own_parent="customer",
)
invoices = updated("invoices", "/v1/invoices", "invoice", "invoice.*", expand=("discounts",))
invoice_items = updated(
    "invoice_items", "/v1/invoiceitems", "invoiceitem", "invoiceitem.*", stamp="date", every_edit_has_event=False
)
invoice_line_items = embedded(
    "invoice_line_items",
    invoices,
    "lines",
    "line_item",
    Children("/v1/invoices/{id}/lines"),
    carries=("created",),
    children_vanish=draft,
)
# No event tells that one comes or is canceled, but its invoice is finalized, paid or voided then.
invoice_payments = embedded(
    "invoice_payments",
    invoices,
    "payments",
    "invoice_payment",
    Children("/v1/invoice_payments", (("invoice", "{id}"),)),
    included=False,
    own=Events("invoice_payment", ("invoice_payment.paid",), "/v1/invoice_payments/{id}", created_has_event=False),
    own_parent="invoice",
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
    clock="test_clock",
    indirect_events=(("discount", "subscription"),),
    deleted_if=canceled,
)
subscription_items = embedded(
    "subscription_items",
    subscriptions,
    "items",
    "subscription_item",
    Children("/v1/subscription_items", (("subscription", "{id}"),)),
    carries=("created",),
    children_vanish=going_on,
)
subscription_schedule = updated(
    "subscription_schedule", "/v1/subscription_schedules", "subscription_schedule", "subscription_schedule.*"
)
subscription_schedule_phases = elements("subscription_schedule_phases", subscription_schedule, "phases")
quotes = updated(
    "quotes", "/v1/quotes", "quote", "quote.*", filters_by_created=False, clock="test_clock", every_edit_has_event=False
)
quote_line_items = embedded(
    "quote_line_items",
    quotes,
    "line_items",
    "item",
    Children("/v1/quotes/{id}/line_items"),
    included=False,
    carries=("created",),
)
quote_computed_upfront_line_items = embedded(
    "quote_computed_upfront_line_items",
    quotes,
    "computed.upfront.line_items",
    "item",
    Children("/v1/quotes/{id}/computed_upfront_line_items"),
    included=False,
    carries=("created",),
)
invoice_rendering_templates = relisted(
    "invoice_rendering_templates",
    "/v1/invoice_rendering_templates",
    "invoice_rendering_template",
    filters=ACTIVE_AND_ARCHIVED,
)
# No endpoint lists or reads a discount: what holds it shows it. The same one may be held by several, so that a row is
# a discount and its holder: https://docs.stripe.com/api/discounts.
discount_of = partial(
    embedded,
    "discounts",
    object="discount",
    cursor="updated",
    owner=("", "holder"),
    key=("id", "holder_id"),
)
discounts = union(
    "discounts",
    discount_of(core.customers, "discount"),
    discount_of(subscriptions, "discounts", included=False),
    discount_of(
        subscriptions,
        "items",
        inside="discounts",
        whole=Children("/v1/subscription_items", (("subscription", "{id}"),), expand=("discounts",)),
        included=False,
        children_vanish=going_on,
    ),
    discount_of(invoices, "discounts", included=False),
    discount_of(
        invoices,
        "lines",
        inside="discounts",
        whole=Children("/v1/invoices/{id}/lines", expand=("discounts",)),
        included=False,
        children_vanish=draft,
    ),
    discount_of(invoice_items, "discounts", included=False),
)
