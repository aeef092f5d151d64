"""Climate."""

from __future__ import annotations

from source_stripe.declaration.families import snapshot, updated
from source_stripe.declaration.origins import TOP_DOWN, Listing
from source_stripe.declaration.scopes import of_stripe

ENABLE = "Climate at https://dashboard.stripe.com/climate"

climate_products = of_stripe(snapshot("climate_products", "/v1/climate/products", "climate.product"))
climate_suppliers = of_stripe(snapshot("climate_suppliers", "/v1/climate/suppliers", "climate.supplier"))
climate_orders = updated(
    "climate_orders",
    Listing("/v1/climate/orders", kind=TOP_DOWN),
    "climate.order",
    "climate.order.*",
    every_edit_has_event=False,
)
