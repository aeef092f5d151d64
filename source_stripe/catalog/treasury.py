"""Treasury."""

from __future__ import annotations

from source_stripe.declaration.families import accrued, children, updated
from source_stripe.declaration.origins import Events
from source_stripe.declaration.takes import Children

# Without it no address is known: "Have you onboarded to Treasury?". Stripe gives access on request.
ENABLE = "Treasury at https://docs.stripe.com/treasury/connect"

# What flows changes the balance, of which the event of the flow tells alone:
# https://docs.stripe.com/treasury/account-management/working-with-balances-and-transactions.
FLOWS = (
    "treasury.credit_reversal",
    "treasury.debit_reversal",
    "treasury.inbound_transfer",
    "treasury.outbound_payment",
    "treasury.outbound_transfer",
    "treasury.received_credit",
    "treasury.received_debit",
)

treasury_financial_accounts = updated(
    "treasury_financial_accounts",
    "/v1/treasury/financial_accounts",
    "treasury.financial_account",
    "treasury.financial_account.*",
    every_edit_has_event=False,
    indirect_events=tuple((flow, "financial_account") for flow in FLOWS),
)
treasury_credit_reversals = children(
    "treasury_credit_reversals",
    treasury_financial_accounts,
    Children("/v1/treasury/credit_reversals", (("financial_account", "{id}"),)),
    "treasury.credit_reversal",
    own=Events(
        "treasury.credit_reversal",
        ("treasury.credit_reversal.*",),
        "/v1/treasury/credit_reversals/{id}",
        every_edit_has_event=False,
    ),
    own_parent="financial_account",
)
treasury_debit_reversals = children(
    "treasury_debit_reversals",
    treasury_financial_accounts,
    Children("/v1/treasury/debit_reversals", (("financial_account", "{id}"),)),
    "treasury.debit_reversal",
    own=Events(
        "treasury.debit_reversal",
        ("treasury.debit_reversal.*",),
        "/v1/treasury/debit_reversals/{id}",
        every_edit_has_event=False,
    ),
    own_parent="financial_account",
)
# That one was returned is told by what it was taken back with alone.
treasury_inbound_transfers = children(
    "treasury_inbound_transfers",
    treasury_financial_accounts,
    Children("/v1/treasury/inbound_transfers", (("financial_account", "{id}"),)),
    "treasury.inbound_transfer",
    own=Events(
        "treasury.inbound_transfer",
        ("treasury.inbound_transfer.*",),
        "/v1/treasury/inbound_transfers/{id}",
        every_edit_has_event=False,
        indirect_events=(("treasury.received_debit", "linked_flows.inbound_transfer"),),
    ),
    own_parent="financial_account",
)
treasury_outbound_payments = children(
    "treasury_outbound_payments",
    treasury_financial_accounts,
    Children("/v1/treasury/outbound_payments", (("financial_account", "{id}"),)),
    "treasury.outbound_payment",
    own=Events(
        "treasury.outbound_payment",
        ("treasury.outbound_payment.*",),
        "/v1/treasury/outbound_payments/{id}",
        every_edit_has_event=False,
    ),
    own_parent="financial_account",
)
treasury_outbound_transfers = children(
    "treasury_outbound_transfers",
    treasury_financial_accounts,
    Children("/v1/treasury/outbound_transfers", (("financial_account", "{id}"),)),
    "treasury.outbound_transfer",
    own=Events(
        "treasury.outbound_transfer",
        ("treasury.outbound_transfer.*",),
        "/v1/treasury/outbound_transfers/{id}",
        every_edit_has_event=False,
    ),
    own_parent="financial_account",
)
# That one was taken back is told by the reversal alone.
treasury_received_credits = children(
    "treasury_received_credits",
    treasury_financial_accounts,
    Children("/v1/treasury/received_credits", (("financial_account", "{id}"),)),
    "treasury.received_credit",
    own=Events(
        "treasury.received_credit",
        ("treasury.received_credit.*",),
        "/v1/treasury/received_credits/{id}",
        every_edit_has_event=False,
        indirect_events=(("treasury.credit_reversal", "received_credit"),),
    ),
    own_parent="financial_account",
)
treasury_received_debits = children(
    "treasury_received_debits",
    treasury_financial_accounts,
    Children("/v1/treasury/received_debits", (("financial_account", "{id}"),)),
    "treasury.received_debit",
    own=Events(
        "treasury.received_debit",
        ("treasury.received_debit.*",),
        "/v1/treasury/received_debits/{id}",
        every_edit_has_event=False,
        indirect_events=(("treasury.debit_reversal", "received_debit"),),
    ),
    own_parent="financial_account",
)
# No event is about them, but the flows that they are of have some.
treasury_transactions = accrued(
    "treasury_transactions",
    treasury_financial_accounts,
    Children("/v1/treasury/transactions", (("financial_account", "{id}"),)),
    "treasury.transaction",
    cursor="updated",
    own=Events(
        "treasury.transaction",
        (),
        "/v1/treasury/transactions/{id}",
        created_has_event=False,
        every_edit_has_event=False,
        indirect_events=tuple((flow, "transaction") for flow in FLOWS),
    ),
    own_parent="financial_account",
)
treasury_transaction_entries = accrued(
    "treasury_transaction_entries",
    treasury_financial_accounts,
    Children("/v1/treasury/transaction_entries", (("financial_account", "{id}"),)),
    "treasury.transaction_entry",
)
