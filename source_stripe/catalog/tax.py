"""Tax."""

from __future__ import annotations

from source_stripe.declaration.families import relisted, snapshot

# `type` is required, and has one value: https://docs.stripe.com/api/tax/locations/all.
PERFORMANCE = ((("type", "performance"),),)
# What the list shows without `status` is not documented: https://docs.stripe.com/api/tax/registrations/all.
EVERY_STATUS = ((("status", "all"),),)

tax_registrations = relisted("tax_registrations", "/v1/tax/registrations", "tax.registration", filters=EVERY_STATUS)
tax_locations = relisted("tax_locations", "/v1/tax/locations", "tax.location", filters=PERFORMANCE, stamp="")
tax_settings = snapshot("tax_settings", "/v1/tax/settings", "tax.settings", single=True, key=("object",))
# Those of the account itself: https://docs.stripe.com/api/tax_ids/list.
tax_ids = relisted("tax_ids", "/v1/tax_ids", "tax_id")
