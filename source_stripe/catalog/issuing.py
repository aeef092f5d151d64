"""Issuing."""

from __future__ import annotations

from source_stripe.families import updated

authorizations = updated(
    "authorizations", "/v1/issuing/authorizations", "issuing.authorization", "issuing_authorization.*"
)
cards = updated("cards", "/v1/issuing/cards", "issuing.card", "issuing_card.*")
cardholders = updated("cardholders", "/v1/issuing/cardholders", "issuing.cardholder", "issuing_cardholder.*")
issuing_disputes = updated("issuing_disputes", "/v1/issuing/disputes", "issuing.dispute", "issuing_dispute.*")
transactions = updated("transactions", "/v1/issuing/transactions", "issuing.transaction", "issuing_transaction.*")
