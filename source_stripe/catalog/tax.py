"""Tax."""

from __future__ import annotations

from source_stripe.declaration.families import relisted, snapshot
from source_stripe.declaration.origins import TOP_DOWN, UNTIMED, Listing, Single

# `type` is required, and has one value: https://docs.stripe.com/api/tax/locations/all.
PERFORMANCE = ((("type", "performance"),),)
# What the list shows without `status` is not documented: https://docs.stripe.com/api/tax/registrations/all.
EVERY_STATUS = ((("status", "all"),),)

tax_registrations = relisted(
    "tax_registrations", Listing("/v1/tax/registrations", filters=EVERY_STATUS, kind=TOP_DOWN), "tax.registration"
)
tax_locations = relisted(
    "tax_locations", Listing("/v1/tax/locations", filters=PERFORMANCE, kind=UNTIMED), "tax.location"
)
tax_settings = snapshot(
    "tax_settings", Listing("/v1/tax/settings", kind=Single("tax.settings")), "tax.settings", key=("object",)
)
# Those of the account itself: https://docs.stripe.com/api/tax_ids/list.
tax_ids = relisted("tax_ids", "/v1/tax_ids", "tax_id")
