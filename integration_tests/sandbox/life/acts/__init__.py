"""What merchants and their customers do, by product."""

from __future__ import annotations

from integration_tests.sandbox.life.act import Act
from integration_tests.sandbox.life.acts import (
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

ACTS: tuple[Act, ...] = (
    *core.ACTS,
    *payments.ACTS,
    *payment_methods.ACTS,
    *products.ACTS,
    *checkout.ACTS,
    *billing.ACTS,
    *invoices.ACTS,
    *entitlements.ACTS,
    *connect.ACTS,
    *fraud.ACTS,
    *issuing.ACTS,
    *treasury.ACTS,
    *identity.ACTS,
    *climate.ACTS,
    *financial_connections.ACTS,
    *tax.ACTS,
    *terminal.ACTS,
    *sigma.ACTS,
    *clocks.ACTS,
    *webhooks.ACTS,
    *reporting.ACTS,
    *platform.ACTS,
)
