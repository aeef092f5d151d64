"""What merchants and their customers do, by product: a module for each of `objects.PRODUCTS`."""

from __future__ import annotations

from importlib import import_module

from integration_tests.sandbox.life.act import Act
from integration_tests.sandbox.objects import PRODUCTS

ACTS: tuple[Act, ...] = tuple(
    act for product in PRODUCTS for act in import_module(f"integration_tests.sandbox.life.acts.{product}").ACTS
)
