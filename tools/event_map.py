"""Which event types tell of which objects, which streams follow them, and which event types no stream follows."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from source_stripe.resource import Events
from tools.sdk import Sdk

# What an event's object can be where the SDK does not say: https://docs.stripe.com/api/events/types.
CARRIED: dict[str, tuple[str, ...]] = {
    "account.external_account.*": ("bank_account", "card"),
    "customer.source.*": ("account", "bank_account", "card", "source"),
    "treasury.financial_account.*": ("treasury.financial_account",),
}

NO_STREAM = "no stream yet: "

# Reason -> the event types that no stream follows for it.
IGNORED: dict[str, tuple[str, ...]] = {
    "a preview, without an ID, of an invoice that does not exist yet": ("invoice.upcoming",),
    "external accounts of connected accounts, not the customers' that `bank_accounts` holds": (
        "account.external_account.*",
    ),
    NO_STREAM + "connected accounts, their capabilities and persons": (
        "account.application.*",
        "account.updated",
        "capability.updated",
        "person.*",
    ),
    NO_STREAM + "apps": ("apps.install.*",),
    NO_STREAM + "balances and cash balances": (
        "balance.available",
        "balance_settings.updated",
        "cash_balance.funds_available",
        "customer_cash_balance_transaction.created",
    ),
    NO_STREAM + "billing credits, meters and alerts": ("billing.*",),
    NO_STREAM + "customer portal": ("billing_portal.*",),
    NO_STREAM + "climate orders": ("climate.order.*",),
    "the few products are read whole in every sync": ("climate.product.*",),
    NO_STREAM + "invoice payments and quotes": ("invoice_payment.paid", "quote.*"),
    NO_STREAM + "discounts and tax IDs": ("customer.discount.*", "customer.tax_id.*"),
    NO_STREAM + "entitlements": ("entitlements.*",),
    "files never change, and are listed from where the last sync ended": ("file.created",),
    NO_STREAM + "financial connections": ("financial_connections.*",),
    NO_STREAM + "designs and tokens of issued cards": ("issuing_personalization_design.*", "issuing_token.*"),
    NO_STREAM + "mandates and payment links": ("mandate.updated", "payment_link.*"),
    NO_STREAM + "reporting and sigma": ("reporting.*", "sigma.*"),
    NO_STREAM + "reserves": ("reserve.*",),
    NO_STREAM + "sources, which Stripe has deprecated": ("source.*",),
    NO_STREAM + "tax settings": ("tax.settings.updated",),
    NO_STREAM + "terminal": ("terminal.*",),
    NO_STREAM + "test clocks": ("test_helpers.*",),
    NO_STREAM + "3D Secure authentications": ("three_d_secure.*",),
    NO_STREAM + "what moves in financial accounts": (
        "treasury.credit_reversal.*",
        "treasury.debit_reversal.*",
        "treasury.inbound_transfer.*",
        "treasury.outbound_payment.*",
        "treasury.outbound_transfer.*",
        "treasury.received_credit.*",
        "treasury.received_debit.*",
    ),
}


def matches(kind: str, patterns: Iterable[str]) -> bool:
    """Whether an event type is one of those that patterns such as `invoice.*` name."""
    return any(fnmatchcase(kind, pattern) for pattern in patterns)


def carried(kind: str, sdk: Sdk) -> tuple[str, ...]:
    """The tags that the object of such an event can have; none where neither the SDK nor this module says."""
    if kind in sdk.event_objects:
        return (sdk.event_objects[kind],)
    return next((objects for pattern, objects in CARRIED.items() if matches(kind, (pattern,))), ())


def followed(events: Events, sdk: Sdk) -> tuple[str, ...]:
    """The event types that tell of the object concerned."""
    matching = (kind for kind in sdk.event_types if matches(kind, events.types))
    return tuple(kind for kind in matching if events.object in carried(kind, sdk))
