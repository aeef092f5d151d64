"""Issuing."""

from __future__ import annotations

from source_stripe.declaration.families import children, relisted, updated
from source_stripe.declaration.origins import Events
from source_stripe.declaration.takes import Children

# Without it every list is refused: "Your account is not set up to use Issuing".
ENABLE = "Issuing at https://dashboard.stripe.com/issuing/overview"

authorizations = updated(
    "authorizations", "/v1/issuing/authorizations", "issuing.authorization", "issuing_authorization.*"
)
cards = updated("cards", "/v1/issuing/cards", "issuing.card", "issuing_card.*")
cardholders = updated("cardholders", "/v1/issuing/cardholders", "issuing.cardholder", "issuing_cardholder.*")
issuing_disputes = updated("issuing_disputes", "/v1/issuing/disputes", "issuing.dispute", "issuing_dispute.*")
issuing_tokens = children(
    "issuing_tokens",
    cards,
    Children("/v1/issuing/tokens", (("card", "{id}"),)),
    "issuing.token",
    own=Events("issuing.token", ("issuing_token.*",), "/v1/issuing/tokens/{id}"),
    own_parent="card",
)
transactions = updated("transactions", "/v1/issuing/transactions", "issuing.transaction", "issuing_transaction.*")
# No event tells that there is a new one.
issuing_personalization_designs = updated(
    "issuing_personalization_designs",
    "/v1/issuing/personalization_designs",
    "issuing.personalization_design",
    "issuing_personalization_design.*",
    filters_by_created=False,
    created_has_event=False,
)
issuing_physical_bundles = relisted(
    "issuing_physical_bundles", "/v1/issuing/physical_bundles", "issuing.physical_bundle", stamp=""
)
