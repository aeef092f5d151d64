"""What a schema declares is what is delivered, in whatever sync and with whatever option."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft7Validator

from integration_tests.conftest import History
from integration_tests.kinds import MORTAL
from integration_tests.vocabulary import CATALOG, DAY, HOUR, Record, settled, sync
from source_stripe.columns import schema
from source_stripe.declaration.resource import Resource
from unit_tests.laws import every, name_of

# Of an account that has not upgraded: events show objects as they were in its version.
OLD = "2020-08-27"
CONTENTS = {"customer": {"sources": 2, "tax_ids": 1, "subscriptions": 1}, "invoice": {"lines": 2, "discounts": 1}}
OPTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"incremental_records": "event"},
    {"emit_every_version": True},
    {"reconcile": True},
    {"recheck_days": 2},
)
JSON_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array"}

every_stream = every("resource", CATALOG, name_of)

Records = Mapping[str, list[Record]]


@pytest.fixture(scope="module")
def later() -> Records:
    """What each option makes of the same later sync, before which one of each kind is deleted that can be deleted."""
    stripe = settled(customers=25, seed=11)
    account = stripe.account
    children_vanish = [
        (kind, account.create(kind, **having, **CONTENTS.get(kind, {}))["id"]) for kind, having in MORTAL.items()
    ]
    account.advance(HOUR)
    first = sync(stripe)
    account.api_version = OLD
    account.live(3 * DAY, 300, silent=False)
    for kind, key in children_vanish:
        if account.store.get(kind, key):
            account.delete(key, object=kind)
    account.advance(HOUR)
    syncs = [sync(stripe, state=first.state, **option) for option in OPTIONS]
    assert [synced.error for synced in syncs] == [""] * len(OPTIONS)
    return {resource.name: [row for synced in syncs for row in synced.records(resource)] for resource in CATALOG}


def test_of_each_kind_that_can_be_deleted_the_last_row_is_among_them(later: Records) -> None:
    gone = {resource.object for resource in CATALOG if any(row.get("is_deleted") for row in later[resource.name])}
    assert set(MORTAL) - gone == set()


@every_stream
def test_a_record_fits_its_schema_with_every_option(later: Records, resource: Resource) -> None:
    validator = Draft7Validator(schema(resource.name))
    assert [error.message for record in later[resource.name] for error in validator.iter_errors(record)] == []


@every_stream
def test_each_of_several_types_of_a_field_is_delivered(history: History, later: Records, resource: Resource) -> None:
    records = history.first.records(resource) + history.second.records(resource) + later[resource.name]
    whole = schema(resource.name)
    delivered = {seen for record in records for seen in _types(whole, record)}
    assert {(path, kind) for path, kinds in _several(whole) for kind in kinds} - delivered == set()


def _several(written: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """The fields that may be of several types."""
    if not isinstance(written, dict):
        return
    kinds = _kinds(written)
    if len(kinds) > 1:
        yield path, kinds
    for name, inner in written.get("properties", {}).items():
        yield from _several(inner, f"{path}.{name}")
    yield from _several(written.get("items"), f"{path}[]")
    yield from _several(written.get("additionalProperties"), f"{path}.*")


def _types(written: Any, value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """The types of what stands in these fields of a record."""
    if not isinstance(written, dict):
        return
    if len(_kinds(written)) > 1 and value is not None:
        yield path, JSON_TYPES[type(value)]
    match value:
        case dict():
            named, others = written.get("properties", {}), written.get("additionalProperties")
            for name, inner in value.items():
                if name in named:
                    yield from _types(named[name], inner, f"{path}.{name}")
                else:
                    yield from _types(others, inner, f"{path}.*")
        case list():
            for inner in value:
                yield from _types(written.get("items"), inner, f"{path}[]")


def _kinds(written: Mapping[str, Any]) -> list[str]:
    types = written.get("type", [])
    return [kind for kind in types if kind != "null"] if isinstance(types, list) else [types]
