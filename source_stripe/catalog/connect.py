"""Connect."""

from __future__ import annotations

from source_stripe.families import embedded, snapshot, updated
from source_stripe.resource import Children, Events

application_fees = updated(
    "application_fees",
    "/v1/application_fees",
    "application_fee",
    "application_fee.*",
    complete=False,
    mentions=(("fee_refund", "fee"),),
)
application_fees_refunds = embedded(
    "application_fees_refunds",
    application_fees,
    "refunds",
    "fee_refund",
    Children("/v1/application_fees/{id}/refunds"),
    own=Events("fee_refund", ("application_fee.refund.*",), "/v1/application_fees/{fee}/refunds/{id}", announced=False),
    own_parent="fee",
)
country_specs = snapshot("country_specs", "/v1/country_specs", "country_spec")
# Its events are of its status; an edit of its metadata has none.
top_ups = updated("top_ups", "/v1/topups", "topup", "topup.*", complete=False)
transfers = updated("transfers", "/v1/transfers", "transfer", "transfer.*")
transfer_reversals = embedded(
    "transfer_reversals",
    transfers,
    "reversals",
    "transfer_reversal",
    Children("/v1/transfers/{id}/reversals"),
    cursor="created",
)
