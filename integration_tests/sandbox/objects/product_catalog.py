"""Product catalog: the objects."""

from __future__ import annotations

from integration_tests.sandbox.world.resource import Resource, turns

_TOLD = "v2.commerce.product_catalog.imports"

ROWS = (
    Resource(
        "v2.commerce.product_catalog_import",
        "pcimp_",
        turns=turns(
            "status",
            processing=f"{_TOLD}.processing",
            succeeded=f"{_TOLD}.succeeded",
            succeeded_with_errors=f"{_TOLD}.succeeded_with_errors",
            failed=f"{_TOLD}.failed",
        ),
    ),
)
