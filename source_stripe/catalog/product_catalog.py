"""Product catalog."""

from __future__ import annotations

from source_stripe.declaration.families import updated
from source_stripe.declaration.v2 import CURSOR, types, windowed

# Catalogs are uploaded for agents to sell from.
ENABLE = "Agentic Commerce at https://docs.stripe.com/agentic-commerce"

v2_commerce_product_catalog_imports = updated(
    "v2_commerce_product_catalog_imports",
    windowed("/v2/commerce/product_catalog/imports", between=("created_gte", "created_lt")),
    "v2.commerce.product_catalog_import",
    *types("v2.commerce.product_catalog.imports", "failed", "processing", "succeeded", "succeeded_with_errors"),
    cursor=CURSOR,
    created_has_event=False,
    every_edit_has_event=False,
)
