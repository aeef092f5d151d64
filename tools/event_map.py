"""Which event types tell of which objects, which streams follow them, and which event types no stream follows."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from source_stripe.declaration.origins import Events
from tools.sdk import Sdk

# What an event's object can be where the SDK does not say, or says otherwise than the type's own description:
# https://docs.stripe.com/api/events/types.
CARRIED: dict[str, tuple[str, ...]] = {
    "account.application.*": ("application",),
    "account.external_account.*": ("bank_account", "card"),
    "apps.install.*": ("apps.install",),
    "billing.alert.triggered": ("billing.alert_triggered",),
    "billing_portal.session.*": ("billing_portal.session",),
    "customer.source.*": ("account", "bank_account", "card", "source"),
    "entitlements.active_entitlement_summary.*": ("entitlements.active_entitlement_summary",),
    "financial_connections.authorization.*": ("financial_connections.authorization",),
    "reporting.report_run.*": ("reporting.report_run",),
    "reporting.report_type.*": ("reporting.report_type",),
    "reserve.hold.*": ("reserve.hold",),
    "reserve.plan.*": ("reserve.plan",),
    "reserve.release.*": ("reserve.release",),
    "source.mandate_notification": ("source_mandate_notification",),
    "source.transaction.*": ("source_transaction",),
    "three_d_secure.authentication.*": ("three_d_secure.authentication",),
    "treasury.credit_reversal.*": ("treasury.credit_reversal",),
    "treasury.debit_reversal.*": ("treasury.debit_reversal",),
    "treasury.financial_account.*": ("treasury.financial_account",),
    "treasury.inbound_transfer.*": ("treasury.inbound_transfer",),
    "treasury.outbound_payment.*": ("treasury.outbound_payment",),
    "treasury.outbound_transfer.*": ("treasury.outbound_transfer",),
    "treasury.received_credit.*": ("treasury.received_credit",),
    "treasury.received_debit.*": ("treasury.received_debit",),
}

# Reason -> the event types that no stream follows for it. All of them are rows of `events`.
IGNORED: dict[str, tuple[str, ...]] = {
    "a preview, without an ID, of an invoice that does not exist yet": ("invoice.upcoming",),
    "Stripe lists no applications; the event is sent to the application itself": ("account.application.*",),
    "`balance` is read in every sync": ("balance.available",),
    "`balance_settings` is read in every sync": ("balance_settings.updated",),
    "`tax_settings` is read in every sync": ("tax.settings.updated",),
    "cash balances are not listed; what moves in them is in `customer_cash_balance_transactions`": (
        "cash_balance.funds_available",
    ),
    "says that a threshold was passed; Stripe keeps no list of it": ("billing.alert.triggered",),
    "short-lived; neither listed nor read by id": ("billing_portal.session.created",),
    "`climate_products`, of which there are few, is read whole in every sync": ("climate.product.*",),
    "files never change, and only those that Stripe makes have the event; `files` lists them all": ("file.created",),
    "authorizations are neither listed nor read by id; the accounts under them have events of their own": (
        "financial_connections.authorization.*",
    ),
    "Stripe lists no mandates": ("mandate.updated",),
    "`reporting_report_types` is read whole in every sync": ("reporting.report_type.*",),
    "reserves are neither listed nor read by id": ("reserve.*",),
    "neither listed nor read by id; Stripe has deprecated sources": ("source.mandate_notification",),
    "listed under a single source only; Stripe has deprecated sources": ("source.transaction.*",),
    "no event tells that a reader is new or was edited: `terminal_readers` is read whole in every sync": (
        "terminal.reader.*",
    ),
}

# The same for the events of API v2, which are rows of `v2_core_events`.
THIN_IGNORED: dict[str, tuple[str, ...]] = {
    "adjustments never change; `v2_money_management_adjustments` lists what was created since": (
        "v2.money_management.adjustment.created",
    ),
    "none tells of a balance: `v2_money_management_financial_accounts` is read whole in every sync": (
        "v2.money_management.financial_account.*",
    ),
    "no event tells that an address is new or was archived: `v2_money_management_financial_addresses` is read whole in "
    "every sync": ("v2.money_management.financial_address.*",),
    "account links are neither listed nor read by id": ("v2.core.account_link.returned",),
    "a ping tells of no change": ("v2.core.event_destination.ping",),
    "Stripe lists no verifications of recipients": ("v2.money_management.recipient_verification.*",),
}


def matches(kind: str, patterns: Iterable[str]) -> bool:
    """Whether an event type is one of those that patterns such as `invoice.*` name."""
    return any(fnmatchcase(kind, pattern) for pattern in patterns)


def carried(kind: str, sdk: Sdk) -> tuple[str, ...]:
    """The tags that the object of such an event can have; none where neither this module nor the SDK says."""
    said = (sdk.event_objects[kind],) if kind in sdk.event_objects else ()
    return next((objects for pattern, objects in CARRIED.items() if matches(kind, (pattern,))), said)


def followed(events: Events, sdk: Sdk) -> tuple[str, ...]:
    """The event types that tell of the object concerned."""
    if events.thin:
        return tuple(kind for kind in events.types if sdk.thin_event_objects.get(kind) == events.object)
    matching = (kind for kind in sdk.event_types if matches(kind, events.types))
    return tuple(kind for kind in matching if events.object in carried(kind, sdk))


def heard(events: Events, sdk: Sdk) -> tuple[str, ...]:
    """These, and the types that tell of another object that leads to it."""
    if events.thin:
        return followed(events, sdk)
    tags = {tag for tag, _ in events.indirect_events}
    leading = (kind for kind in sdk.event_types if tags & set(carried(kind, sdk)))
    return tuple(dict.fromkeys((*followed(events, sdk), *leading)))
