"""Financial Connections."""

from __future__ import annotations

from dataclasses import replace

from source_stripe.declaration.families import children, updated
from source_stripe.declaration.origins import TOP_DOWN, Events, Listing, always
from source_stripe.declaration.resource import Parent
from source_stripe.declaration.takes import Children

ENABLE = "Financial Connections at https://dashboard.stripe.com/settings/financial-connections"

financial_connections_accounts = updated(
    "financial_connections_accounts",
    Listing("/v1/financial_connections/accounts", kind=TOP_DOWN),
    "financial_connections.account",
    "financial_connections.account.*",
    every_edit_has_event=False,
)


def told_by(*names: str) -> Events:
    """Those of the events of an account by which what is under it becomes another:
    https://docs.stripe.com/api/events/types#event_types-financial_connections.account.created."""
    (route,) = financial_connections_accounts.routes
    return replace(route.origin, types=tuple(f"financial_connections.account.{name}" for name in names))


financial_connections_account_owners = children(
    "financial_connections_account_owners",
    financial_connections_accounts,
    Children(
        "/v1/financial_connections/accounts/{id}/owners",
        (("ownership", "{ownership}"),),
        unless_null="ownership",
        diff_children=True,
    ),
    "financial_connections.account_owner",
    through=told_by("created", "refreshed_ownership"),
    link=Parent(children_vanish=always),
)
# A transaction has an `updated` of its own; the cursor tells when its account was refreshed.
financial_connections_transactions = children(
    "financial_connections_transactions",
    financial_connections_accounts,
    Children("/v1/financial_connections/transactions", (("account", "{id}"),), unless_null="transaction_refresh"),
    "financial_connections.transaction",
    through=told_by("created", "refreshed_transactions"),
)
