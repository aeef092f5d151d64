"""Payment methods."""

from __future__ import annotations

from collections.abc import Mapping

from source_stripe.catalog import core
from source_stripe.families import children, embedded
from source_stripe.resource import Children, Events, always


def detached(payment_method: Mapping[str, object]) -> bool:
    """A detached payment method leaves its customer for good: https://docs.stripe.com/api/payment_methods/detach."""
    return payment_method.get("customer") is None


bank_accounts = embedded(
    "bank_accounts",
    core.customers,
    "sources",
    "bank_account",
    Children("/v1/customers/{id}/sources", (("object", "bank_account"),)),
    included=False,
    mortal=always,
    own=Events("bank_account", ("customer.source.*",), "/v1/customers/{customer}/sources/{id}"),
    own_parent="customer",
)
payment_methods = children(
    "payment_methods",
    core.customers,
    Children("/v1/customers/{id}/payment_methods"),
    "payment_method",
    mortal=always,
    own=Events("payment_method", ("payment_method.*",), "/v1/payment_methods/{id}"),
    own_parent="customer",
    gone=detached,
)
