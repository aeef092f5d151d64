"""The products of the catalogue, and what an account has to enable for them."""

from __future__ import annotations

import re

from source_stripe.catalog import ADVICE, CATALOG, PRODUCTS
from source_stripe.catalog.product import Product
from tools.generate import ROOT
from tools.tables import endpoint
from unit_tests.laws import every

# Where the addresses begin of what Stripe gives to accounts that enable it, and what it calls that.
ENABLED = {
    "/v1/accounts": "Connect",
    "/v1/application_fees": "Connect",
    "/v1/climate/": "Climate",
    "/v1/financial_connections/": "Financial Connections",
    "/v1/forwarding/": "Vault and Forward",
    "/v1/identity/": "Identity",
    "/v1/issuing/": "Issuing",
    "/v1/sigma/": "Sigma",
    "/v1/treasury/": "Treasury",
    "/v2/commerce/": "Agentic Commerce",
    "/v2/core/accounts": "Accounts v2",
    "/v2/core/vault/": "Money Management",
    "/v2/money_management/": "Money Management",
}

every_product = every("product", PRODUCTS, lambda product: product.name)
every_product_to_enable = every(
    "product", [product for product in PRODUCTS if product.enable], lambda product: product.name
)


def test_every_module_of_the_catalogue_is_a_product() -> None:
    modules = {path.stem for path in (ROOT / "source_stripe/catalog").glob("*.py")} - {"__init__", "product"}
    assert modules == {product.name for product in PRODUCTS}


@every_product
def test_a_product_has_streams_and_a_title_of_its_own(product: Product) -> None:
    assert product.streams
    assert re.fullmatch(r"[A-Z].*\w", product.title)
    assert [one.name for one in PRODUCTS if one.title == product.title] == [product.name]


@every_product
def test_a_product_says_what_to_enable_if_and_only_if_stripe_wants_it_enabled(product: Product) -> None:
    paths = [endpoint(stream) for stream in product.streams]
    wanted = {feature for path in paths for begin, feature in ENABLED.items() if path.startswith(begin)}
    assert wanted == ({product.feature} if product.enable else set())


@every_product_to_enable
def test_what_to_enable_is_a_name_and_an_address(product: Product) -> None:
    assert re.fullmatch(r"[A-Z][\w ]+ at https://(dashboard|docs)\.stripe\.com/\S*\w", product.enable)


@every_product_to_enable
def test_the_advice_is_a_sentence_with_both(product: Product) -> None:
    assert product.advice.startswith(f"If the account does not use {product.feature}, ")
    assert f" {product.where} " in product.advice
    assert product.advice.endswith(".")


def test_advice_is_there_for_the_streams_of_products_to_enable_alone() -> None:
    told = {stream.name: product.advice for product in PRODUCTS for stream in product.streams}
    assert {stream.name: ADVICE.get(stream.name, "") for stream in CATALOG} == told
