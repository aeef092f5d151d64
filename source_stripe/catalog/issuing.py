"""Issuing."""

from __future__ import annotations

from source_stripe.declaration.families import children, relisted, updated
from source_stripe.declaration.origins import TOP_DOWN, UNTIMED, Events, Listing
from source_stripe.declaration.resource import Parent
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
    link=Parent(field="card"),
)
transactions = updated("transactions", "/v1/issuing/transactions", "issuing.transaction", "issuing_transaction.*")
# No event tells that there is a new one.
issuing_personalization_designs = updated(
    "issuing_personalization_designs",
    Listing("/v1/issuing/personalization_designs", kind=TOP_DOWN),
    "issuing.personalization_design",
    "issuing_personalization_design.*",
    created_has_event=False,
)
issuing_physical_bundles = relisted(
    "issuing_physical_bundles", Listing("/v1/issuing/physical_bundles", kind=UNTIMED), "issuing.physical_bundle"
)
