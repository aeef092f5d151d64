"""Climate."""

from __future__ import annotations

from source_stripe.declaration.families import snapshot, updated

ENABLE = "Climate at https://dashboard.stripe.com/climate"

climate_products = snapshot("climate_products", "/v1/climate/products", "climate.product")
climate_suppliers = snapshot("climate_suppliers", "/v1/climate/suppliers", "climate.supplier")
climate_orders = updated(
    "climate_orders",
    "/v1/climate/orders",
    "climate.order",
    "climate.order.*",
    filters_by_created=False,
    every_edit_has_event=False,
)
