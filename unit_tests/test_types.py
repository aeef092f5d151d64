"""Columns have the types that joins and destinations need: one each, and an id is a string."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from source_stripe.catalog import CATALOG
from source_stripe.catalog.billing import invoices
from source_stripe.declaration.families import children, embedded, relisted, union, updated
from source_stripe.declaration.origins import Events
from source_stripe.declaration.resource import ListNew, Resource
from source_stripe.declaration.takes import Children, Whole
from tools import schemas, words
from tools.sdk import installed
from tools.shapes import Array, Definition, Either, Expandable, Page, Shape
from tools.shapes import Mapping as Keyed
from unit_tests.laws import every, name_of
from unit_tests.test_generated import schema

ID = ["null", "string"]
EITHER = ["null", "string", "object"]

# The string columns of Airbyte's own connector, as `_about` in it says.
STRINGS: Mapping[str, str] = json.loads((Path(__file__).parent / "airbyte_strings.json").read_text())["strings"]
# What Stripe sends instead, where that is no string: there it is written as text.
NO_STRINGS = {
    "integer": (
        *("coupons.redeem_by", "credit_notes.discount_amount", "subscription_items.current_period_end"),
        *("subscription_schedule.canceled_at", "subscription_schedule.completed_at"),
        "subscription_schedule.released_at",
    ),
    "boolean": ("persons.id_number_secondary_provided", "reviews.livemode"),
    "array": ("persons.full_name_aliases",),
    "object": (
        *("persons.address_kana", "persons.address_kanji", "persons.registered_address", "plans.transform_usage"),
        *("prices.custom_unit_amount", "prices.transform_quantity", "shipping_rates.delivery_estimate"),
        *("setup_intents.last_setup_error", "setup_intents.next_action"),
    ),
}

every_stream = every("resource", CATALOG, name_of)


def columns(name: str) -> dict[str, dict[str, object]]:
    properties = schema(name)["properties"]
    assert isinstance(properties, dict)
    return properties


def expandable(shape: Shape, written: object, path: str) -> Iterator[tuple[str, object]]:
    """The fields that Stripe shows by their id, by path, and their types in a schema; as deep as that goes."""
    if not isinstance(written, dict):
        return
    match shape:
        case Expandable():
            yield path, written["type"]
        case Array(items):
            yield from expandable(items, written["items"], path)
        case Keyed(values):
            yield from expandable(values, written["additionalProperties"], f"{path}.*")
        case Page(items):
            yield from expandable(items, written["properties"]["data"]["items"], f"{path}.data")
        case Either(options):
            for option in options:
                yield from expandable(option, written, path)
        case Definition():
            for name, inner in written.get("properties", {}).items():
                if name in shape.fields:
                    yield from expandable(shape.fields[name].shape, inner, f"{path}.{name}".lstrip("."))


def references(resource: Resource) -> Iterator[tuple[str, object]]:
    return expandable(words.row(resource, installed()), schema(resource.name), "")


@every_stream
def test_an_id_is_a_string_unless_the_stream_asks_for_the_object(resource: Resource) -> None:
    asked = set(resource.first.origin.expand) if isinstance(resource.first.take, Whole) else set()
    assert {path: types for path, types in references(resource) if types != ID and path not in asked} == {}


def test_the_ids_of_other_objects_are_many() -> None:
    found = [path for resource in CATALOG for path, _ in references(resource)]
    assert len(found) > 600
    assert len([path for path in found if "." not in path]) > 150


@every_stream
def test_a_column_has_one_type(resource: Resource) -> None:
    # A destination makes text or JSON of what may be two things, and it no longer joins.
    assert [name for name, column in columns(resource.name).items() if len(_types(column)) != 1] == []


@every("stream", STRINGS)
def test_what_is_a_string_in_airbytes_connector_is_one_here(stream: str) -> None:
    other = {name: _types(columns(stream)[name]) for name in STRINGS[stream].split()}
    other = {f"{stream}.{name}": kinds for name, kinds in other.items() if kinds != ["string"]}
    assert other == {
        name: [kind] for kind, names in NO_STRINGS.items() for name in names if name.split(".")[0] == stream
    }


def test_every_exception_from_airbytes_types_is_one() -> None:
    listed = {f"{stream}.{name}" for stream, names in STRINGS.items() for name in names.split()}
    assert {name for names in NO_STRINGS.values() for name in names} <= listed


charges = updated("charges", "/v1/charges", "charge", "charge.*", expand=("customer",))
lines = updated("invoices", "/v1/invoices", "invoice", "invoice.*", expand=("lines.data.subscription",))
expanding = Children("/v1/x", expand=("customer",))
own = Events("payment_method", ("payment_method.*",), "/v1/payment_methods/{id}", expand=("customer",))
unheard = replace(charges, later=ListNew())
plain = relisted("charges", "/v1/charges", "charge")
held = updated("invoices", "/v1/invoices", "invoice", "invoice.*", expand=("discounts.promotion_code", "discounts"))


@pytest.mark.parametrize(
    ("resource", "field", "types"),
    [
        # No event shows it expanded, so that a deletion shows the id.
        (charges, "customer", EITHER),
        (charges, "payment_intent", ID),
        (unheard, "customer", ["null", "object"]),
        (plain, "customer", ID),
        # Where one of several lists shows the object, and another the id, both come.
        (union("charges", unheard, plain), "customer", EITHER),
        # What the parent expands is none of its children's.
        (children("payment_methods", charges, Children("/v1/x"), "payment_method"), "customer", ID),
        (children("payment_methods", invoices, expanding, "payment_method"), "customer", ["null", "object"]),
        (children("payment_methods", invoices, expanding, "payment_method", own=own), "customer", EITHER),
        (embedded("refunds", charges, "refunds", "refund"), "charge", ID),
        (embedded("invoice_line_items", lines, "lines", "line_item"), "subscription", EITHER),
        (embedded("discounts", held, "discounts", "discount"), "promotion_code", EITHER),
        (embedded("invoice_line_items", held, "lines", "line_item"), "discounts", ["null", "array"]),
    ],
)
def test_a_field_is_the_object_where_the_stream_itself_asks_for_it(
    resource: Resource, field: str, types: list[str]
) -> None:
    properties = schemas.schema(resource, installed())["properties"]
    assert isinstance(properties, dict)
    assert properties[field]["type"] == types


def _types(written: Mapping[str, object]) -> list[str]:
    types = written["type"]
    assert isinstance(types, list)
    return [kind for kind in types if kind != "null"]
