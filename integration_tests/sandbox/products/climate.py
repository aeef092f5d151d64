"""Climate: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.resource import Resource

ROWS = (
    Resource("climate.product", "climsku_", ("climate.product.created",), ("climate.product.pricing_updated",)),
    Resource("climate.supplier", "climsup_", stamp=None),
)
