"""Every stream, a statement each, in a module for each of Stripe's products.

To add one: add a statement to its product's module, run `make generate`, then `make test`.
"""

from __future__ import annotations

from source_stripe.catalog import (
    accounts_v2,
    billing,
    checkout,
    climate,
    connect,
    core,
    events_v2,
    financial_connections,
    forwarding,
    fraud,
    identity,
    issuing,
    money_management,
    payment_methods,
    platform,
    product_catalog,
    products,
    reporting,
    sigma,
    tax,
    terminal,
    treasury,
    usage,
)
from source_stripe.catalog.product import Product
from source_stripe.declaration.resource import Resource

PRODUCTS: tuple[Product, ...] = tuple(
    map(
        Product,
        (
            core,
            payment_methods,
            products,
            checkout,
            billing,
            usage,
            tax,
            connect,
            fraud,
            issuing,
            treasury,
            financial_connections,
            terminal,
            identity,
            climate,
            reporting,
            sigma,
            platform,
            forwarding,
            accounts_v2,
            money_management,
            product_catalog,
            events_v2,
        ),
    )
)

CATALOG: tuple[Resource, ...] = tuple(stream for product in PRODUCTS for stream in product.streams)
"""Every declaration, in the order in which it stands."""

ADVICE: dict[str, str] = {stream.name: one.advice for one in PRODUCTS if one.enable for stream in one.streams}
"""Stream -> what to do where Stripe refuses it to an account; not for what every account has."""

SUGGESTED: tuple[str, ...] = (
    "account",
    "balance",
    "balance_transactions",
    "charges",
    "checkout_sessions",
    "coupons",
    "credit_notes",
    "customers",
    "discounts",
    "disputes",
    "invoice_items",
    "invoice_line_items",
    "invoices",
    "payment_intents",
    "payout_balance_transactions",
    "payouts",
    "plans",
    "prices",
    "products",
    "promotion_codes",
    "refunds",
    "subscription_items",
    "subscription_schedule",
    "subscriptions",
    "tax_rates",
    "transfers",
)
"""What most people want: revenue, subscriptions, payouts, and what is needed to join them."""
