"""Every stream, a line each, grouped as Stripe's API reference groups them.

To add one: add a line here, run `make generate`, then `make test`.
"""

from __future__ import annotations

from collections.abc import Mapping

from source_stripe.resource import (
    Children,
    Events,
    Maturing,
    Resource,
    always,
    children,
    created,
    embedded,
    relisted,
    snapshot,
    updated,
)


def canceled(subscription: Mapping[str, object]) -> bool:
    """A subscription ends by being canceled; it stays readable: https://docs.stripe.com/api/subscriptions/cancel."""
    return subscription.get("status") == "canceled"


def detached(payment_method: Mapping[str, object]) -> bool:
    """A detached payment method leaves its customer for good: https://docs.stripe.com/api/payment_methods/detach."""
    return payment_method.get("customer") is None


def draft(invoice: Mapping[str, object]) -> bool:
    """Only a draft can be deleted: https://docs.stripe.com/api/invoices/delete."""
    return invoice.get("status") == "draft"


def going_on(subscription: Mapping[str, object]) -> bool:
    """Items come and go; an event names those that went only among the first ten."""
    return not canceled(subscription)


# Stripe lists active prices unless asked for the others: https://docs.stripe.com/api/prices/list.
ACTIVE_AND_NOT = ((("active", "true"),), (("active", "false"),))
# Canceled subscriptions are left out by default: https://docs.stripe.com/api/subscriptions/list.
EVERY_STATUS = ((("status", "all"),),)

# Core resources

events = updated("events", "/v1/events", "event", "*", cursor="created")
balance_transactions = created(
    "balance_transactions",
    "/v1/balance_transactions",
    "balance_transaction",
    matures=Maturing("status", "pending", "available_on"),
)
# A file never changes; without a purpose those of every purpose are listed: https://docs.stripe.com/api/files/list.
files = created("files", "/v1/files", "file")
exchange_rates = snapshot("exchange_rates", "/v1/exchange_rates", "exchange_rate")
file_links = relisted("file_links", "/v1/file_links", "file_link")
charges = updated(
    "charges",
    "/v1/charges",
    "charge",
    "charge.*",
    expand=("refunds",),
    mentions=(("refund", "charge"), ("dispute", "charge")),
)
customers = updated("customers", "/v1/customers", "customer", "customer.*", mentions=(("discount", "customer"),))
disputes = updated("disputes", "/v1/disputes", "dispute", "charge.dispute.*")
payment_intents = updated(
    "payment_intents", "/v1/payment_intents", "payment_intent", "payment_intent.*", complete=False
)
payouts = updated("payouts", "/v1/payouts", "payout", "payout.*")
refunds = updated("refunds", "/v1/refunds", "refund", "refund.*", "charge.refund.updated")
setup_intents = updated("setup_intents", "/v1/setup_intents", "setup_intent", "setup_intent.*", complete=False)
setup_attempts = children(
    "setup_attempts",
    setup_intents,
    Children("/v1/setup_attempts", (("setup_intent", "{id}"),), unless_null="latest_attempt"),
    "setup_attempt",
    cursor="created",
)

# Payment methods

bank_accounts = embedded(
    "bank_accounts",
    customers,
    "sources",
    "bank_account",
    Children("/v1/customers/{id}/sources", (("object", "bank_account"),)),
    included=False,
    mortal=always,
    own=Events("bank_account", ("customer.source.*",), "/v1/customers/{customer}/sources/{id}"),
    own_parent="customer",
)
payment_methods = children(
    "payment_methods",
    customers,
    Children("/v1/customers/{id}/payment_methods"),
    "payment_method",
    mortal=always,
    own=Events("payment_method", ("payment_method.*",), "/v1/payment_methods/{id}"),
    own_parent="customer",
    gone=detached,
)

# Products

coupons = updated("coupons", "/v1/coupons", "coupon", "coupon.*", expand=("applies_to", "currency_options"))
plans = updated("plans", "/v1/plans", "plan", "plan.*", expand=("tiers",))
prices = updated(
    "prices", "/v1/prices", "price", "price.*", expand=("tiers", "currency_options"), filters=ACTIVE_AND_NOT
)
products = updated("products", "/v1/products", "product", "product.*")
promotion_codes = updated("promotion_codes", "/v1/promotion_codes", "promotion_code", "promotion_code.*")
shipping_rates = relisted("shipping_rates", "/v1/shipping_rates", "shipping_rate")
tax_codes = snapshot("tax_codes", "/v1/tax_codes", "tax_code")
# All of them are listed, archived or not: https://docs.stripe.com/api/tax_rates/list.
tax_rates = updated("tax_rates", "/v1/tax_rates", "tax_rate", "tax_rate.*")

# Checkout

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

# Billing

customer_balance_transactions = children(
    "customer_balance_transactions",
    customers,
    Children("/v1/customers/{id}/balance_transactions", immutable=True),
    "customer_balance_transaction",
    cursor="created",
    mortal=always,
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
subscription_schedule = updated(
    "subscription_schedule", "/v1/subscription_schedules", "subscription_schedule", "subscription_schedule.*"
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

# Connect

application_fees = updated(
    "application_fees",
    "/v1/application_fees",
    "application_fee",
    "application_fee.*",
    complete=False,
    mentions=(("fee_refund", "fee"),),
)
application_fees_refunds = embedded(
    "application_fees_refunds",
    application_fees,
    "refunds",
    "fee_refund",
    Children("/v1/application_fees/{id}/refunds"),
    own=Events("fee_refund", ("application_fee.refund.*",), "/v1/application_fees/{fee}/refunds/{id}", announced=False),
    own_parent="fee",
)
country_specs = snapshot("country_specs", "/v1/country_specs", "country_spec")
# Its events are of its status; an edit of its metadata has none.
top_ups = updated("top_ups", "/v1/topups", "topup", "topup.*", complete=False)
transfers = updated("transfers", "/v1/transfers", "transfer", "transfer.*")
transfer_reversals = embedded(
    "transfer_reversals",
    transfers,
    "reversals",
    "transfer_reversal",
    Children("/v1/transfers/{id}/reversals"),
    cursor="created",
)

# Fraud

early_fraud_warnings = updated(
    "early_fraud_warnings",
    "/v1/radar/early_fraud_warnings",
    "radar.early_fraud_warning",
    "radar.early_fraud_warning.*",
)
# Its events tell that it was opened and that it was closed.
reviews = updated("reviews", "/v1/reviews", "review", "review.*", complete=False)

# Issuing

authorizations = updated(
    "authorizations", "/v1/issuing/authorizations", "issuing.authorization", "issuing_authorization.*"
)
cards = updated("cards", "/v1/issuing/cards", "issuing.card", "issuing_card.*")
cardholders = updated("cardholders", "/v1/issuing/cardholders", "issuing.cardholder", "issuing_cardholder.*")
issuing_disputes = updated("issuing_disputes", "/v1/issuing/disputes", "issuing.dispute", "issuing_dispute.*")
transactions = updated("transactions", "/v1/issuing/transactions", "issuing.transaction", "issuing_transaction.*")

# Treasury

treasury_financial_accounts = updated(
    "treasury_financial_accounts",
    "/v1/treasury/financial_accounts",
    "treasury.financial_account",
    "treasury.financial_account.*",
    complete=False,
)

# Identity

identity_verification_sessions = updated(
    "identity_verification_sessions",
    "/v1/identity/verification_sessions",
    "identity.verification_session",
    "identity.verification_session.*",
    complete=False,
)
identity_verification_reports = created(
    "identity_verification_reports", "/v1/identity/verification_reports", "identity.verification_report"
)

# Climate

climate_products = snapshot("climate_products", "/v1/climate/products", "climate.product")
climate_suppliers = snapshot("climate_suppliers", "/v1/climate/suppliers", "climate.supplier")

# Every declaration above, in the order in which it stands.
CATALOG: tuple[Resource, ...] = tuple(value for value in tuple(globals().values()) if isinstance(value, Resource))
