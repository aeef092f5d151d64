"""The objects of an account, a row each: id, owner, and the events that tell of their coming, changing and going."""

from __future__ import annotations

from collections.abc import Mapping

from integration_tests.sandbox.objects import (
    billing,
    checkout,
    climate,
    clocks,
    connect,
    core,
    entitlements,
    financial_connections,
    fraud,
    identity,
    invoices,
    issuing,
    payment_methods,
    payments,
    platform,
    products,
    reporting,
    sigma,
    tax,
    terminal,
    treasury,
    webhooks,
)
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.resource import Resource

_PRODUCTS = (
    core,
    payments,
    payment_methods,
    products,
    checkout,
    billing,
    invoices,
    entitlements,
    connect,
    fraud,
    issuing,
    treasury,
    identity,
    climate,
    financial_connections,
    tax,
    terminal,
    sigma,
    clocks,
    webhooks,
    reporting,
    platform,
)

RESOURCES: Mapping[str, Resource] = {row.object: row for product in _PRODUCTS for row in product.ROWS}
TEMPLATES: Mapping[str, Json] = {name: row.template for name, row in RESOURCES.items()}
