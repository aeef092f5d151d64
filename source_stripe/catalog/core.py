"""Core resources."""

from __future__ import annotations

from source_stripe.families import children, created, relisted, snapshot, updated
from source_stripe.resource import Children, Maturing

events = updated("events", "/v1/events", "event", "*", cursor="created")
balance_transactions = created(
    "balance_transactions",
    "/v1/balance_transactions",
    "balance_transaction",
    matures=Maturing("status", "pending", "available_on"),
)
charges = updated(
    "charges",
    "/v1/charges",
    "charge",
    "charge.*",
    expand=("refunds",),
    mentions=(("refund", "charge"), ("dispute", "charge")),
)
customers = updated("customers", "/v1/customers", "customer", "customer.*", mentions=(("discount", "customer"),))
disputes = updated("disputes", "/v1/disputes", "dispute", "charge.dispute.*")
# A file never changes; without a purpose those of every purpose are listed: https://docs.stripe.com/api/files/list.
files = created("files", "/v1/files", "file")
file_links = relisted("file_links", "/v1/file_links", "file_link", cursor="created", windowed=True)
payment_intents = updated(
    "payment_intents", "/v1/payment_intents", "payment_intent", "payment_intent.*", complete=False
)
payouts = updated("payouts", "/v1/payouts", "payout", "payout.*")
refunds = updated("refunds", "/v1/refunds", "refund", "refund.*", "charge.refund.updated")
setup_intents = updated("setup_intents", "/v1/setup_intents", "setup_intent", "setup_intent.*", complete=False)
setup_attempts = children(
    "setup_attempts",
    setup_intents,
    Children("/v1/setup_attempts", (("setup_intent", "{id}"),), unless_null="latest_attempt"),
    "setup_attempt",
    cursor="created",
)
exchange_rates = snapshot("exchange_rates", "/v1/exchange_rates", "exchange_rate")
