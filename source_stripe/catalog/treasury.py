"""Treasury."""

from __future__ import annotations

from source_stripe.declaration.families import accrued, children, updated
from source_stripe.declaration.origins import Events
from source_stripe.declaration.resource import Parent, Resource
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


def flows(plural: str, *indirect_events: tuple[str, str]) -> Resource:
    """What flows into a financial account or out of it, one stream for each way."""
    object, path = f"treasury.{plural[:-1]}", f"/v1/treasury/{plural}"
    events = Events(
        object, (f"{object}.*",), f"{path}/{{id}}", every_edit_has_event=False, indirect_events=indirect_events
    )
    take = Children(path, (("financial_account", "{id}"),))
    return children(
        f"treasury_{plural}",
        treasury_financial_accounts,
        take,
        object,
        own=events,
        link=Parent(field="financial_account"),
    )


treasury_credit_reversals = flows("credit_reversals")
treasury_debit_reversals = flows("debit_reversals")
# That one was returned is told by what it was taken back with alone.
treasury_inbound_transfers = flows("inbound_transfers", ("treasury.received_debit", "linked_flows.inbound_transfer"))
treasury_outbound_payments = flows("outbound_payments")
treasury_outbound_transfers = flows("outbound_transfers")
# That one was taken back is told by the reversal alone.
treasury_received_credits = flows("received_credits", ("treasury.credit_reversal", "received_credit"))
treasury_received_debits = flows("received_debits", ("treasury.debit_reversal", "received_debit"))
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
    link=Parent(field="financial_account"),
)
treasury_transaction_entries = accrued(
    "treasury_transaction_entries",
    treasury_financial_accounts,
    Children("/v1/treasury/transaction_entries", (("financial_account", "{id}"),)),
    "treasury.transaction_entry",
)
