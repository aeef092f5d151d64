"""Core resources."""

from __future__ import annotations

from collections.abc import Mapping

from source_stripe.declaration.families import children, created, elements, embedded, relisted, snapshot, updated
from source_stripe.declaration.origins import TOP_DOWN, Listing, Single
from source_stripe.declaration.resource import Maturing, Parent
from source_stripe.declaration.scopes import of_stripe
from source_stripe.declaration.takes import Children, Embedded


def automatic(payout: Mapping[str, object]) -> bool:
    """Only of automatic payouts Stripe knows what they paid out: https://docs.stripe.com/api/balance_transactions/list."""
    return payout.get("automatic") is True


account = snapshot("account", Listing("/v1/account", kind=Single("account")), "account")
balance = snapshot("balance", Listing("/v1/balance", kind=Single("balance")), "balance", key=("object",))
balance_settings = snapshot(
    "balance_settings",
    Listing("/v1/balance_settings", kind=Single("balance_settings")),
    "balance_settings",
    key=("object",),
)
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
    indirect_events=(("refund", "charge"), ("dispute", "charge")),
)
customers = updated(
    "customers",
    Listing("/v1/customers", clock="test_clock"),
    "customer",
    "customer.*",
    indirect_events=(("discount", "customer"),),
)
disputes = updated("disputes", "/v1/disputes", "dispute", "charge.dispute.*")
balance_transaction_fee_details = elements("balance_transaction_fee_details", balance_transactions, "fee_details")
# A file never changes; without a purpose those of every purpose are listed: https://docs.stripe.com/api/files/list.
files = created("files", "/v1/files", "file")
file_links = relisted("file_links", Listing("/v1/file_links"), "file_link", cursor="created")
payment_intents = updated(
    "payment_intents", "/v1/payment_intents", "payment_intent", "payment_intent.*", every_edit_has_event=False
)
payment_intent_amount_details_line_items = embedded(
    "payment_intent_amount_details_line_items",
    payment_intents,
    Embedded("amount_details.line_items", Children("/v1/payment_intents/{id}/amount_details_line_items")),
    "payment_intent_amount_details_line_item",
    included=False,
    link=Parent(carries=("created",)),
)
payouts = updated("payouts", "/v1/payouts", "payout", "payout.*")
payout_balance_transactions = children(
    "payout_balance_transactions",
    payouts,
    Children("/v1/balance_transactions", (("payout", "{id}"),), where=automatic),
    "balance_transaction",
    cursor="updated",
)
refunds = updated("refunds", "/v1/refunds", "refund", "refund.*", "charge.refund.updated")
setup_intents = updated(
    "setup_intents", "/v1/setup_intents", "setup_intent", "setup_intent.*", every_edit_has_event=False
)
setup_attempts = children(
    "setup_attempts",
    setup_intents,
    Children("/v1/setup_attempts", (("setup_intent", "{id}"),), unless_null="latest_attempt"),
    "setup_attempt",
    cursor="created",
)
exchange_rates = of_stripe(snapshot("exchange_rates", "/v1/exchange_rates", "exchange_rate"))
# No event tells of either; what is reported later about an older payment is seen within `lookback_window_days`.
payment_records = created("payment_records", Listing("/v1/payment_records", kind=TOP_DOWN), "payment_record")
payment_attempt_records = children(
    "payment_attempt_records",
    payment_records,
    Children("/v1/payment_attempt_records", (("payment_record", "{id}"),), unless_null="latest_payment_attempt_record"),
    "payment_attempt_record",
    cursor="created",
)
