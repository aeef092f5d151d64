"""Every stream, a statement each, in a module for each of Stripe's products.

To add one: add a statement to its product's module, run `make generate`, then `make test`.
"""

from __future__ import annotations

from source_stripe.catalog import (
    billing,
    checkout,
    climate,
    connect,
    core,
    fraud,
    identity,
    issuing,
    payment_methods,
    products,
    treasury,
)
from source_stripe.catalog.product import Product
from source_stripe.resource import Resource

PRODUCTS: tuple[Product, ...] = tuple(
    map(
        Product,
        (
            core,
            payment_methods,
            products,
            checkout,
            billing,
            connect,
            fraud,
            issuing,
            treasury,
            identity,
            climate,
        ),
    )
)

CATALOG: tuple[Resource, ...] = tuple(stream for product in PRODUCTS for stream in product.streams)
"""Every declaration, in the order in which it stands."""
