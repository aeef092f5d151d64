"""What merchants and their customers do, by product."""

from __future__ import annotations

from integration_tests.sandbox.act import Act
from integration_tests.sandbox.acts import (
    billing,
    checkout,
    connect,
    core,
    fraud,
    identity,
    invoices,
    issuing,
    payment_methods,
    payments,
    products,
    treasury,
)

ACTS: tuple[Act, ...] = (
    *core.ACTS,
    *payments.ACTS,
    *payment_methods.ACTS,
    *products.ACTS,
    *checkout.ACTS,
    *billing.ACTS,
    *invoices.ACTS,
    *connect.ACTS,
    *fraud.ACTS,
    *issuing.ACTS,
    *treasury.ACTS,
    *identity.ACTS,
)
