"""What the columns of the tables hold."""

from __future__ import annotations

import pytest

from source_stripe.catalog import CATALOG
from source_stripe.columns import Kind, columns, schema
from source_stripe.declaration.resource import Resource

UNITS = ("seconds since the Unix epoch", "Unix seconds")


@pytest.mark.parametrize("resource", CATALOG, ids=lambda one: one.name)
def test_what_is_described_as_unix_seconds_is_a_time_and_amounts_are_none(resource: Resource) -> None:
    kinds = columns(resource.name)
    for name, declared in schema(resource.name)["properties"].items():
        if any(unit in declared.get("description", "") for unit in UNITS) and declared["type"] == ["null", "integer"]:
            assert kinds[name] is Kind.TIME, name
        if "amount" in name or "cents" in declared.get("description", ""):
            assert kinds[name] is not Kind.TIME, name
    if resource.cursor:
        assert kinds[resource.cursor] is Kind.TIME
    for name in resource.key:
        assert kinds[name] in (Kind.TEXT, Kind.INTEGER, Kind.TIME)
