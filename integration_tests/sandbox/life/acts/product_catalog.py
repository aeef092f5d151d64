"""Product catalog: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act

IMPORT = "v2.commerce.product_catalog_import"

ACTS = (
    Act(1, deeds.new(IMPORT)),
    Act(1, deeds.become(IMPORT, "awaiting_upload", "processing")),
    Act(1, deeds.become(IMPORT, "processing", "succeeded")),
    Act(1, deeds.become(IMPORT, "processing", "failed")),
)
