"""Payment methods."""

from __future__ import annotations

from collections.abc import Mapping

from source_stripe.catalog import core
from source_stripe.declaration.families import children, embedded, relisted
from source_stripe.declaration.origins import UNTIMED, Events, Listing, always
from source_stripe.declaration.resource import Parent
from source_stripe.declaration.takes import Children, Embedded


def detached(payment_method: Mapping[str, object]) -> bool:
    """What is detached leaves its customer for good: https://docs.stripe.com/api/payment_methods/detach."""
    return payment_method.get("customer") is None


bank_accounts = embedded(
    "bank_accounts",
    core.customers,
    Embedded("sources", Children("/v1/customers/{id}/sources", (("object", "bank_account"),))),
    "bank_account",
    included=False,
    own=Events("bank_account", ("customer.source.*",), "/v1/customers/{customer}/sources/{id}"),
    link=Parent(field="customer", children_vanish=always),
)
customer_cards = embedded(
    "customer_cards",
    core.customers,
    Embedded("sources", Children("/v1/customers/{id}/sources", (("object", "card"),))),
    "card",
    included=False,
    own=Events("card", ("customer.source.*",), "/v1/customers/{customer}/sources/{id}"),
    link=Parent(field="customer", children_vanish=always),
)
# A source stays readable when its customer is left: https://docs.stripe.com/api/sources/detach.
sources = embedded(
    "sources",
    core.customers,
    Embedded("sources", Children("/v1/customers/{id}/sources")),
    "source",
    included=False,
    own=Events("source", ("customer.source.*", "source.*"), "/v1/sources/{id}"),
    deleted_if=detached,
    link=Parent(field="customer", children_vanish=always),
)
customer_cash_balance_transactions = children(
    "customer_cash_balance_transactions",
    core.customers,
    Children("/v1/customers/{id}/cash_balance_transactions"),
    "customer_cash_balance_transaction",
    own=Events(
        "customer_cash_balance_transaction",
        ("customer_cash_balance_transaction.created",),
        "/v1/customers/{customer}/cash_balance_transactions/{id}",
    ),
    link=Parent(field="customer", children_vanish=always),
)
payment_methods = children(
    "payment_methods",
    core.customers,
    Children("/v1/customers/{id}/payment_methods"),
    "payment_method",
    own=Events("payment_method", ("payment_method.*",), "/v1/payment_methods/{id}"),
    deleted_if=detached,
    link=Parent(field="customer", children_vanish=always),
)
payment_method_configurations = relisted(
    "payment_method_configurations",
    Listing("/v1/payment_method_configurations", kind=UNTIMED),
    "payment_method_configuration",
)
payment_method_domains = relisted("payment_method_domains", "/v1/payment_method_domains", "payment_method_domain")
apple_pay_domains = relisted("apple_pay_domains", "/v1/apple_pay/domains", "apple_pay_domain")
