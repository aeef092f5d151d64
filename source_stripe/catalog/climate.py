"""Climate."""

from __future__ import annotations

from source_stripe.families import snapshot

climate_products = snapshot("climate_products", "/v1/climate/products", "climate.product")
climate_suppliers = snapshot("climate_suppliers", "/v1/climate/suppliers", "climate.supplier")
