"""Financial Connections."""

from __future__ import annotations

from source_stripe.declaration.families import children, updated
from source_stripe.declaration.origins import TOP_DOWN, Listing, always
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
    link=Parent(children_vanish=always),
)
# A transaction has an `updated` of its own; the cursor tells when its account was refreshed.
financial_connections_transactions = children(
    "financial_connections_transactions",
    financial_connections_accounts,
    Children("/v1/financial_connections/transactions", (("account", "{id}"),), unless_null="transaction_refresh"),
    "financial_connections.transaction",
)
