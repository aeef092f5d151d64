"""The kinds of objects of an account, as far as histories must know them."""

from __future__ import annotations

from collections.abc import Mapping

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
    "discount": ("customer", "customer", {}),
    "customer_balance_transaction": ("customer", "customer", {}),
}
"""Kind of object -> the field that names what it belongs to, of what kind that is, and in what condition it must be."""
UNOWNED = ("customer", "payout", "transfer", "coupon", "promotion_code", "product")

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
    "discount": {"invoice": None, "subscription": None},
}
"""Kinds of objects that can be deleted, and in what condition."""
NAMED = ("coupon", "product", "plan")
"""Kinds of objects whose ids are the merchant's own choice."""
