"""Money management."""

from __future__ import annotations

from source_stripe.declaration.families import created, relisted, updated
from source_stripe.declaration.origins import Listing
from source_stripe.declaration.resource import Resource
from source_stripe.declaration.v2 import CURSOR, linked, types, windowed

# Financial Accounts and Global Payouts, of which Stripe gives access on request.
ENABLE = "Money Management at https://docs.stripe.com/api/v2/money-management/financial-accounts"

PATH, OBJECT = "/v2/money_management", "v2.money_management"


def told(listing: Listing, *names: str, announced: bool = True, edits: bool = True) -> Resource:
    """A list whose objects have events of these names."""
    plural = listing.path.rpartition("/")[2]
    object = f"{OBJECT}.{plural.removesuffix('s')}"
    return updated(
        f"v2_money_management_{plural}",
        listing,
        object,
        *types(object, *names),
        cursor=CURSOR,
        created_has_event=announced,
        every_edit_has_event=edits,
    )


def untold(listing: Listing) -> Resource:
    """A list of which no event tells all, so that it is read whole."""
    plural = listing.path.rpartition("/")[2]
    singular = plural.replace("addresses", "address") if plural.endswith("addresses") else plural.removesuffix("s")
    return relisted(f"v2_money_management_{plural}", listing, f"{OBJECT}.{singular}", cursor=CURSOR)


# Its events tell of the account, and none of its balance.
v2_money_management_financial_accounts = untold(
    linked(
        f"{PATH}/financial_accounts",
        # Without the filter those that are closed are left out.
        filters=((("statuses[0]", "closed"), ("statuses[1]", "open"), ("statuses[2]", "pending")),),
        include=("storage.deposit_insurance_eligibility",),
    )
)
# Listed for all accounts at once. Events tell that one works or failed, none that it is new or was archived.
v2_money_management_financial_addresses = untold(linked(f"{PATH}/financial_addresses"))
v2_money_management_transactions = told(windowed(f"{PATH}/transactions"), "created", "updated")
# They never change, whenever they take effect; no event tells of them. Listed for all transactions at once.
v2_money_management_transaction_entries = created(
    "v2_money_management_transaction_entries",
    windowed(f"{PATH}/transaction_entries"),
    f"{OBJECT}.transaction_entry",
    cursor=CURSOR,
)
# They never change; their event tells no more than the list.
v2_money_management_adjustments = created(
    "v2_money_management_adjustments", windowed(f"{PATH}/adjustments"), f"{OBJECT}.adjustment", cursor=CURSOR
)
v2_money_management_inbound_transfers = told(
    windowed(f"{PATH}/inbound_transfers"),
    "available",
    "bank_debit_failed",
    "bank_debit_processing",
    "bank_debit_queued",
    "bank_debit_returned",
    "bank_debit_succeeded",
    announced=False,
    edits=False,
)
v2_money_management_outbound_payments = told(
    windowed(f"{PATH}/outbound_payments"),
    "canceled",
    "created",
    "failed",
    "posted",
    "returned",
    "under_review",
    "updated",
)
v2_money_management_received_credits = told(
    windowed(f"{PATH}/received_credits"), "available", "failed", "returned", "succeeded", announced=False, edits=False
)
v2_money_management_payout_intents = told(
    linked(f"{PATH}/payout_intents"),
    "canceled",
    "created",
    "pending",
    "posted",
    "processing",
    "requires_action",
    "updated",
)
v2_money_management_payout_methods = told(linked(f"{PATH}/payout_methods"), "created", "updated")
v2_money_management_outbound_setup_intents = untold(linked(f"{PATH}/outbound_setup_intents"))
v2_core_vault_gb_bank_accounts = relisted(
    "v2_core_vault_gb_bank_accounts",
    linked("/v2/core/vault/gb_bank_accounts"),
    "v2.core.vault.gb_bank_account",
    cursor=CURSOR,
)
v2_core_vault_us_bank_accounts = relisted(
    "v2_core_vault_us_bank_accounts",
    linked("/v2/core/vault/us_bank_accounts"),
    "v2.core.vault.us_bank_account",
    cursor=CURSOR,
)
