"""Payment methods."""

from __future__ import annotations

from collections.abc import Mapping

from source_stripe.catalog import core
from source_stripe.declaration.families import children, embedded, relisted
from source_stripe.declaration.origins import Events, always
from source_stripe.declaration.takes import Children


def detached(payment_method: Mapping[str, object]) -> bool:
    """What is detached leaves its customer for good: https://docs.stripe.com/api/payment_methods/detach."""
    return payment_method.get("customer") is None


bank_accounts = embedded(
    "bank_accounts",
    core.customers,
    "sources",
    "bank_account",
    Children("/v1/customers/{id}/sources", (("object", "bank_account"),)),
    included=False,
    children_vanish=always,
    own=Events("bank_account", ("customer.source.*",), "/v1/customers/{customer}/sources/{id}"),
    own_parent="customer",
)
customer_cards = embedded(
    "customer_cards",
    core.customers,
    "sources",
    "card",
    Children("/v1/customers/{id}/sources", (("object", "card"),)),
    included=False,
    children_vanish=always,
    own=Events("card", ("customer.source.*",), "/v1/customers/{customer}/sources/{id}"),
    own_parent="customer",
)
# A source stays readable when its customer is left: https://docs.stripe.com/api/sources/detach.
sources = embedded(
    "sources",
    core.customers,
    "sources",
    "source",
    Children("/v1/customers/{id}/sources"),
    included=False,
    children_vanish=always,
    own=Events("source", ("customer.source.*", "source.*"), "/v1/sources/{id}"),
    own_parent="customer",
    deleted_if=detached,
)
customer_cash_balance_transactions = children(
    "customer_cash_balance_transactions",
    core.customers,
    Children("/v1/customers/{id}/cash_balance_transactions"),
    "customer_cash_balance_transaction",
    children_vanish=always,
    own=Events(
        "customer_cash_balance_transaction",
        ("customer_cash_balance_transaction.created",),
        "/v1/customers/{customer}/cash_balance_transactions/{id}",
    ),
    own_parent="customer",
)
payment_methods = children(
    "payment_methods",
    core.customers,
    Children("/v1/customers/{id}/payment_methods"),
    "payment_method",
    children_vanish=always,
    own=Events("payment_method", ("payment_method.*",), "/v1/payment_methods/{id}"),
    own_parent="customer",
    deleted_if=detached,
)
payment_method_configurations = relisted(
    "payment_method_configurations", "/v1/payment_method_configurations", "payment_method_configuration", stamp=""
)
payment_method_domains = relisted("payment_method_domains", "/v1/payment_method_domains", "payment_method_domain")
apple_pay_domains = relisted("apple_pay_domains", "/v1/apple_pay/domains", "apple_pay_domain")
