"""The links between tables lead somewhere, and the map, the DBML and the drawings show all tables, keys and links."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from source_stripe.catalog import CATALOG, PRODUCTS
from source_stripe.catalog.product import Product
from source_stripe.columns import Kind, columns
from source_stripe.declaration.resource import Resource
from tools import generate, schema_drawing, schema_map
from tools.column_table import table_columns, unit
from tools.links import Link, Why, links
from tools.sdk import installed

SDK = installed()
STREAMS = {stream.name: stream for stream in CATALOG}
MAP = (generate.ROOT / schema_map.MAP).read_text()
DBML = (generate.ROOT / schema_map.DBML).read_text()
DATA: dict[str, Any] = json.loads(re.findall(r'<script id="data" type="application/json">(.*?)</script>', MAP)[0])

BANK_ACCOUNTS = ("bank_accounts", "external_account_bank_accounts")
CARDS = ("customer_cards", "external_account_cards")
HOLDERS = ["customers", "subscriptions", "subscription_items", "invoices", "invoice_line_items", "invoice_items"]

every_stream = pytest.mark.parametrize("resource", CATALOG, ids=lambda resource: resource.name)
every_product = pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.name)


def of(stream: str) -> dict[str, list[Link]]:
    found: dict[str, list[Link]] = {}
    for link in links(STREAMS[stream], SDK):
        found.setdefault(link.path, []).append(link)
    return found


@every_stream
def test_a_link_is_from_a_column_to_a_table_with_an_id(resource: Resource) -> None:
    for link in links(resource, SDK):
        assert link.column in columns(resource.name)
        assert "id" in STREAMS[link.target].key
        assert not link.whole or columns(resource.name)[link.column] in (Kind.TEXT, Kind.JSON)


@every_stream
def test_a_row_refers_to_the_parent_it_was_found_under(resource: Resource) -> None:
    for part in resource.parts:
        if part.parent:
            parents = {link.target for link in of(resource.name)[part.parent.id_field]}
            objects = {STREAMS[name].object for name in parents}
            assert objects & {part.parent.object, part.parent.owner[1]} or resource.members


@pytest.mark.parametrize(
    ("stream", "path", "targets"),
    [
        ("charges", "customer", ["customers"]),
        ("charges", "payment_method", ["payment_methods"]),
        ("charges", "on_behalf_of", ["accounts"]),
        ("charges", "balance_transaction", ["balance_transactions"]),
        ("top_ups", "source.id", ["sources"]),
        ("invoice_line_items", "invoice_id", ["invoices"]),
        ("invoice_line_items", "parent.subscription_item_details.subscription_item", ["subscription_items"]),
        ("discounts", "holder_id", HOLDERS),
        ("invoices", "discounts[]", ["discounts"]),
        ("subscription_items", "price.id", ["prices"]),
        ("payout_balance_transactions", "id", ["balance_transactions"]),
        ("authorizations", "treasury.transaction", ["treasury_transactions"]),
        ("transactions", "card", ["cards"]),
        ("financial_connections_transactions", "account", ["financial_connections_accounts"]),
        ("payouts", "destination", [*BANK_ACCOUNTS, *CARDS]),
    ],
)
def test_what_is_known_to_refer_does(stream: str, path: str, targets: list[str]) -> None:
    assert [link.target for link in of(stream)[path]] == targets


@pytest.mark.parametrize("path", ["billing_details.tax_id", "id", "currency", "payment_method_details.card.brand"])
def test_what_is_no_id_of_another_table_refers_to_none(path: str) -> None:
    assert path not in of("charges")


def test_every_kind_of_link_occurs() -> None:
    assert {link.why for stream in CATALOG for link in links(stream, SDK)} == set(Why)


@every_stream
def test_the_columns_told_are_those_of_the_schema(resource: Resource) -> None:
    told = table_columns(resource, SDK)
    assert {column.name: column.kind for column in told} == columns(resource.name)
    assert {column.name for column in told if column.key} == set(resource.key)


@pytest.mark.parametrize(
    ("name", "kind", "text", "said"),
    [
        ("amount", Kind.INTEGER, "", "minor units"),
        ("subtotal_excluding_tax", Kind.INTEGER, "", "minor units"),
        ("attempt_count", Kind.INTEGER, "", ""),
        ("unit_amount_decimal", Kind.TEXT, "", "decimal, minor units"),
        ("created", Kind.TIME, "", "Unix seconds"),
        ("size", Kind.INTEGER, "The size of the file object in bytes.", "bytes"),
        ("days_until_due", Kind.INTEGER, "", "days"),
        ("percent_off", Kind.NUMBER, "", "percent"),
    ],
)
def test_a_unit_is_told(name: str, kind: Kind, text: str, said: str) -> None:
    assert unit(name, kind, text) == said


@every_stream
def test_what_stripe_says_is_in_cents_is_told_in_minor_units(resource: Resource) -> None:
    for column in table_columns(resource, SDK):
        if column.kind is Kind.INTEGER and re.search(r"in cents|smallest (currency )?unit", column.text):
            assert column.unit == "minor units", column.name


# The map


@every_stream
def test_the_map_holds_every_table_with_its_columns_key_and_links(resource: Resource) -> None:
    number = next(place for place, one in enumerate(DATA["tables"]) if one["name"] == resource.name)
    shown = DATA["tables"][number]
    assert [column[0] for column in shown["columns"]] == list(columns(resource.name))
    assert shown["key"] == list(resource.key)
    assert PRODUCTS[shown["product"]].streams.count(resource) == 1
    out = [(path, DATA["tables"][to]["name"]) for start, path, to in DATA["links"] if start == number]
    assert out == [(link.path, link.target) for link in links(resource, SDK)]


def test_the_map_loads_nothing_and_is_not_too_large() -> None:
    assert not re.search(r"""(src|href)=["'](?!data:)|@import|url\(|fetch\(|XMLHttpRequest""", MAP)
    assert len(MAP.encode()) < 600_000


# DBML


@every_stream
def test_the_dbml_holds_every_table_with_its_columns_and_key(resource: Resource) -> None:
    body = re.findall(rf"^Table {resource.name} {{\n(.*?)^}}$", DBML, re.MULTILINE | re.DOTALL)[0]
    assert re.findall(r'^  "(\w+)" ', body, re.MULTILINE) == list(columns(resource.name))
    alone = re.findall(r'^  "(\w+)" \w+ \[pk', body, re.MULTILINE)
    together = re.findall(r"^    \((.+)\) \[pk\]", body, re.MULTILINE)
    assert (alone or together[0].split(", ")) == list(resource.key)


def test_a_note_in_the_dbml_is_closed_on_its_line() -> None:
    for line in DBML.splitlines():
        assert len(re.findall(r"(?<!\\)'", line)) % 2 == 0, line


def test_the_dbml_refers_to_columns_that_are_there() -> None:
    found = re.findall(r"^Ref: (\w+)\.(\w+) > (\w+)\.id$", DBML, re.MULTILINE)
    assert len(found) == DBML.count("\nRef: ") > 200
    for stream, column, target in found:
        assert column in columns(stream)
        assert "id" in columns(target)


# The drawings


@every_product
def test_a_drawing_shows_the_tables_and_keys_of_its_product(product: Product) -> None:
    root = ET.parse(generate.ROOT / schema_drawing.FOLDER / f"{product.name}.svg").getroot()
    name = "{http://www.w3.org/2000/svg}text"
    heads = [text.text for text in root.iter(name) if text.get("class") == "head"]
    assert sorted(heads, key=str) == sorted(stream.name for stream in product.streams)
    keys = [text for text in root.iter(name) if text.get("class") == "key"]
    assert len(keys) == sum(len(stream.key) for stream in product.streams)


@every_product
def test_tables_of_a_drawing_lie_beside_each_other(product: Product) -> None:
    root = ET.parse(generate.ROOT / schema_drawing.FOLDER / f"{product.name}.svg").getroot()
    boxes = [one for one in root.iter("{http://www.w3.org/2000/svg}rect") if one.get("rx") and not one.get("class")]
    sides = [[int(one.attrib[name]) for name in ("x", "y", "width", "height")] for one in boxes]
    width, height = int(root.attrib["width"]), int(root.attrib["height"])
    for place, (x, y, w, h) in enumerate(sides):
        assert 0 < x < x + w < width
        assert 0 < y < y + h < height
        for other_x, other_y, other_w, other_h in sides[:place]:
            assert x >= other_x + other_w or other_x >= x + w or y >= other_y + other_h or other_y >= y + h
