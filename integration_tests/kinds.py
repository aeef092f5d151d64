"""The kinds of objects of an account, as far as histories must know them."""

from __future__ import annotations

from collections.abc import Mapping

from integration_tests.sandbox.effects.flows import FLOWS

Having = Mapping[str, object]
"""Fields and what they must hold."""

OWNED: Mapping[str, tuple[str, str, Having]] = {
    "charge": ("customer", "customer", {}),
    "payment_intent": ("customer", "customer", {}),
    "setup_intent": ("customer", "customer", {}),
    "setup_attempt": ("setup_intent", "setup_intent", {"status": "requires_payment_method"}),
    "refund": ("charge", "charge", {"status": "succeeded", "refunded": False}),
    "dispute": ("charge", "charge", {"status": "succeeded", "disputed": False}),
    "transfer_reversal": ("transfer", "transfer", {"reversed": False}),
    "application_fee": ("charge", "charge", {"status": "succeeded"}),
    "fee_refund": ("fee", "application_fee", {"refunded": False}),
    "price": ("product", "product", {}),
    "plan": ("product", "product", {}),
    "subscription": ("customer", "customer", {}),
    "subscription_item": ("subscription", "subscription", {"status": "active"}),
    "invoice": ("customer", "customer", {}),
    "invoiceitem": ("customer", "customer", {}),
    "line_item": ("invoice", "invoice", {"status": "draft"}),
    "checkout.session": ("customer", "customer", {}),
    "payment_method": ("customer", "customer", {}),
    "bank_account": ("customer", "customer", {}),
    "card": ("customer", "customer", {}),
    "source": ("customer", "customer", {}),
    "tax_id": ("customer", "customer", {}),
    "issuing.token": ("card", "issuing.card", {}),
    "discount": ("customer", "customer", {}),
    "customer_balance_transaction": ("customer", "customer", {}),
    "customer_cash_balance_transaction": ("customer", "customer", {}),
    "credit_note": ("invoice", "invoice", {"status": "open"}),
    "quote": ("customer", "customer", {}),
    "billing.credit_grant": ("customer", "customer", {}),
    "product_feature": ("product", "product", {}),
    "radar.value_list_item": ("value_list", "radar.value_list", {}),
    "person": ("account", "account", {}),
    "v2.core.account_person": ("account", "v2.core.account", {"closed": False}),
    "v2.money_management.transaction": (
        "financial_account",
        "v2.money_management.financial_account",
        {"status": "open"},
    ),
    "v2.money_management.received_credit": (
        "financial_account",
        "v2.money_management.financial_account",
        {"status": "open"},
    ),
    "financial_connections.transaction": ("account", "financial_connections.account", {}),
    **dict.fromkeys(FLOWS, ("financial_account", "treasury.financial_account", {"status": "open"})),
}
"""Kind of object -> the field that names what it belongs to, of what kind that is, and in what condition it must be."""
UNOWNED = (
    *("customer", "payout", "transfer", "coupon", "promotion_code", "product", "treasury.financial_account"),
    *("apps.install", "forwarding.request", "reporting.report_run", "three_d_secure.authentication"),
    *("payment_link", "tax_rate", "billing.meter", "radar.value_list", "terminal.location", "webhook_endpoint"),
    *("account", "financial_connections.account", "subscription_schedule", "climate.order", "scheduled_query_run"),
    *("v2.core.account", "v2.core.event_destination", "v2.core.vault.us_bank_account"),
    *("v2.commerce.product_catalog_import", "v2.money_management.financial_account"),
    *(f"v2.money_management.{name}" for name in ("outbound_payment", "payout_intent", "payout_method")),
)

TOLD = (
    *("customer", "charge", "refund", "dispute", "subscription", "invoice", "payment_method", "bank_account", "card"),
    *("product", "coupon", "promotion_code", "transfer", "payout", "price"),
)
"""Kinds of objects any change of which an event tells of."""
TURNS = (
    *(("invoice", "draft", "open"), ("invoice", "open", "paid"), ("invoice", "open", "void")),
    *(
        ("invoice", "open", "uncollectible"),
        ("subscription", "active", "canceled"),
        ("subscription", "active", "paused"),
    ),
    *(("checkout.session", "open", "complete"), ("checkout.session", "open", "expired")),
    *(
        ("refund", "pending", "succeeded"),
        ("refund", "pending", "failed"),
        ("dispute", "warning_needs_response", "lost"),
    ),
    *(("payout", "in_transit", "paid"), ("payout", "in_transit", "failed")),
    *(("treasury.financial_account", "open", "closed"), ("treasury.received_credit", "succeeded", "failed")),
    *(("treasury.credit_reversal", "processing", "posted"), ("treasury.debit_reversal", "processing", "succeeded")),
    *(("treasury.inbound_transfer", "processing", status) for status in ("succeeded", "failed", "canceled")),
    *(("treasury.outbound_payment", "processing", status) for status in ("posted", "failed", "canceled")),
    *(("treasury.outbound_transfer", "processing", "posted"), ("treasury.outbound_transfer", "posted", "returned")),
    *(("apps.install", "installing", "installed"), ("reporting.report_run", "pending", "succeeded")),
    *(("three_d_secure.authentication", "requires_submission", status) for status in ("succeeded", "error")),
    *(("v2.money_management.outbound_payment", "processing", "posted"),),
    *(("v2.money_management.transaction", "pending", "posted"),),
    *(("v2.money_management.received_credit", "pending", "succeeded"),),
    *(("v2.commerce.product_catalog_import", "awaiting_upload", "processing"),),
    *(("source", "pending", "chargeable"), ("source", "pending", "failed"), ("issuing.token", "active", "suspended")),
    *(
        ("setup_intent", "requires_payment_method", "canceled"),
        ("payment_intent", "requires_payment_method", "canceled"),
    ),
)
MORTAL: Mapping[str, Having] = {
    "customer": {},
    "invoice": {"status": "draft"},
    "invoiceitem": {"invoice": None},
    "coupon": {},
    "product": {},
    "price": {},
    "bank_account": {},
    "card": {},
    "tax_id": {},
    "apps.install": {},
    "person": {},
    "v2.core.account_person": {},
    "v2.core.event_destination": {},
    "product_feature": {},
    "radar.value_list": {},
    "radar.value_list_item": {},
    "terminal.location": {},
    "webhook_endpoint": {},
    "discount": dict.fromkeys(("invoice", "invoice_item", "subscription", "subscription_item")),
}
"""Kinds of objects that can be deleted, and in what condition."""
NAMED = ("coupon", "product", "plan")
"""Kinds of objects whose ids are the merchant's own choice."""
