"""Treasury."""

from __future__ import annotations

from source_stripe.families import updated

treasury_financial_accounts = updated(
    "treasury_financial_accounts",
    "/v1/treasury/financial_accounts",
    "treasury.financial_account",
    "treasury.financial_account.*",
    complete=False,
)
