"""Billing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from source_stripe.catalog import core
from source_stripe.declaration.families import children, elements, embedded, relisted, union, updated
from source_stripe.declaration.origins import TOP_DOWN, Events, Listing, Windowed, always
from source_stripe.declaration.resource import Parent
from source_stripe.declaration.takes import Children, Embedded


def canceled(subscription: Mapping[str, object]) -> bool:
    """A subscription ends by being canceled; it stays readable: https://docs.stripe.com/api/subscriptions/cancel."""
    return subscription.get("status") == "canceled"


def draft(invoice: Mapping[str, object]) -> bool:
    """Only a draft can be deleted: https://docs.stripe.com/api/invoices/delete."""
    return invoice.get("status") == "draft"


def moves_the_balance(event: Mapping[str, Any]) -> bool:
    """Whether a customer is new or gone, or their balance has changed, as it does with every entry in its ledger:
    https://docs.stripe.com/billing/customer/balance."""
    before = event["data"].get("previous_attributes") or {}
    return event["type"] != "customer.updated" or not before.keys().isdisjoint(BALANCES)


def going_on(subscription: Mapping[str, object]) -> bool:
    """Items come and go; an event names those that went only among the first ten."""
    return not canceled(subscription)


BALANCES = ("balance", "invoice_credit_balance")

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
    link=Parent(children_vanish=always),
    through=Events(
        "customer",
        ("customer.created", "customer.updated", "customer.deleted"),
        "/v1/customers/{id}",
        listing=core.customers.first.origin,
        where=moves_the_balance,
    ),
)
customer_tax_ids = embedded(
    "customer_tax_ids",
    core.customers,
    Embedded("tax_ids", Children("/v1/customers/{id}/tax_ids")),
    "tax_id",
    included=False,
    own=Events("tax_id", ("customer.tax_id.*",), "/v1/customers/{customer}/tax_ids/{id}"),
    link=Parent(field="customer", children_vanish=always),
)
invoices = updated("invoices", "/v1/invoices", "invoice", "invoice.*", expand=("discounts",))
invoice_items = updated(
    "invoice_items",
    Listing("/v1/invoiceitems", kind=Windowed("date")),
    "invoiceitem",
    "invoiceitem.*",
    every_edit_has_event=False,
)
invoice_line_items = embedded(
    "invoice_line_items",
    invoices,
    Embedded("lines", Children("/v1/invoices/{id}/lines")),
    "line_item",
    link=Parent(carries=("created",), children_vanish=draft),
)
# No event tells that one comes or is canceled, but its invoice is finalized, paid or voided then.
invoice_payments = embedded(
    "invoice_payments",
    invoices,
    Embedded("payments", Children("/v1/invoice_payments", (("invoice", "{id}"),))),
    "invoice_payment",
    included=False,
    own=Events("invoice_payment", ("invoice_payment.paid",), "/v1/invoice_payments/{id}", created_has_event=False),
    link=Parent(field="invoice"),
)
credit_notes = updated("credit_notes", "/v1/credit_notes", "credit_note", "credit_note.*")
credit_note_line_items = embedded(
    "credit_note_line_items",
    credit_notes,
    Embedded("lines", Children("/v1/credit_notes/{id}/lines")),
    "credit_note_line_item",
    link=Parent(carries=("created",)),
)
subscriptions = updated(
    "subscriptions",
    Listing("/v1/subscriptions", filters=EVERY_STATUS, clock="test_clock"),
    "subscription",
    "customer.subscription.*",
    indirect_events=(("discount", "subscription"),),
    deleted_if=canceled,
)
subscription_items = embedded(
    "subscription_items",
    subscriptions,
    Embedded("items", Children("/v1/subscription_items", (("subscription", "{id}"),))),
    "subscription_item",
    link=Parent(carries=("created",), children_vanish=going_on),
)
subscription_schedule = updated(
    "subscription_schedule", "/v1/subscription_schedules", "subscription_schedule", "subscription_schedule.*"
)
subscription_schedule_phases = elements("subscription_schedule_phases", subscription_schedule, "phases")
quotes = updated(
    "quotes", Listing("/v1/quotes", kind=TOP_DOWN, clock="test_clock"), "quote", "quote.*", every_edit_has_event=False
)
quote_line_items = embedded(
    "quote_line_items",
    quotes,
    Embedded("line_items", Children("/v1/quotes/{id}/line_items")),
    "item",
    included=False,
    link=Parent(carries=("created",)),
)
quote_computed_upfront_line_items = embedded(
    "quote_computed_upfront_line_items",
    quotes,
    Embedded("computed.upfront.line_items", Children("/v1/quotes/{id}/computed_upfront_line_items")),
    "item",
    included=False,
    link=Parent(carries=("created",)),
)
invoice_rendering_templates = relisted(
    "invoice_rendering_templates",
    Listing("/v1/invoice_rendering_templates", filters=ACTIVE_AND_ARCHIVED, kind=TOP_DOWN),
    "invoice_rendering_template",
)
# No endpoint lists or reads a discount: what holds it shows it. The same one may be held by several, so that a row is
# a discount and its holder: https://docs.stripe.com/api/discounts.
discount_of = partial(embedded, "discounts", object="discount", cursor="updated", key=("id", "holder_id"))
HOLDER = ("", "holder")
discounts = union(
    "discounts",
    discount_of(core.customers, "discount", link=Parent(owner=HOLDER)),
    discount_of(subscriptions, "discounts", link=Parent(owner=HOLDER), included=False),
    discount_of(
        subscriptions,
        Embedded(
            "items",
            Children("/v1/subscription_items", (("subscription", "{id}"),), expand=("discounts",)),
            inside="discounts",
        ),
        link=Parent(owner=HOLDER, children_vanish=going_on),
        included=False,
    ),
    discount_of(invoices, "discounts", link=Parent(owner=HOLDER), included=False),
    discount_of(
        invoices,
        Embedded("lines", Children("/v1/invoices/{id}/lines", expand=("discounts",)), inside="discounts"),
        link=Parent(owner=HOLDER, children_vanish=draft),
        included=False,
    ),
    discount_of(invoice_items, "discounts", link=Parent(owner=HOLDER), included=False),
)
