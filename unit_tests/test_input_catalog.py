"""A configured catalogue selects streams; about anything else is said what it is instead."""

from __future__ import annotations

import json
from typing import Any

import pytest
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer

from source_stripe.airbyte.files import Unusable
from source_stripe.airbyte.input_catalog import EXAMPLE, configured, once

STREAM = {"name": "customers", "json_schema": {}, "supported_sync_modes": ["full_refresh"]}


def entry(name: str = "customers", **more: object) -> dict[str, Any]:
    return {"stream": STREAM | {"name": name}, "sync_mode": "full_refresh", "destination_sync_mode": "append"} | more


def test_the_example_in_the_sentences_is_a_configured_catalogue() -> None:
    assert ConfiguredAirbyteCatalogSerializer.load(dict(configured([json.loads(EXAMPLE)])))


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([], "selects no streams"),
        ([None], "selects no streams"),
        ([["customers", 5]], "selects no streams"),
        ([[]], "selects no streams"),
        ([["customers", "customers"]], "selects more than once: customers."),
        ([{"streams": 5}], "selects no streams"),
        ([{"streams": {"customers": {}}}], "selects no streams"),
        ([{"client_secret": "sk_live_1"}], "selects no streams"),
        ([{"streams": [entry()]}, {"streams": [entry()]}], "selects no streams"),
        ([{"streams": [STREAM, entry()]}], "names no stream in number 1"),
        ([{"streams": []}], "selects no stream"),
        ([{"streams": [entry(), entry("charges"), entry()]}], "selects more than once: customers."),
        ([{"streams": [entry(), "charges"]}], "names no stream in number 2"),
        ([{"streams": [entry(), {"stream": "charges"}]}], "names no stream in number 2"),
        ([{"streams": [entry(name="")]}], "names no stream in number 1"),
        ([{"streams": [{"stream": STREAM}]}], "gives the stream customers no sync_mode"),
        ([{"streams": [entry(sync_mode="append")]}], "the sync_mode append; it takes full_refresh or incremental."),
        ([{"streams": [entry(sync_mode="sk_live_1")]}], "the sync_mode sk_***"),
        ([{"streams": [entry(sync_mode=["full_refresh"])]}], "gives the stream customers the sync_mode"),
    ],
)
def test_what_is_no_configured_catalogue_is_told_in_a_sentence(values: list[object], says: str) -> None:
    with pytest.raises(Unusable) as raised:
        configured(values)
    assert says in str(raised.value)


def test_streams_are_selected_once_each() -> None:
    once(["customers", "charges"])
    with pytest.raises(Unusable, match=r"selects more than once: charges\."):
        once(["charges", "customers", "charges"])


@pytest.mark.parametrize(
    "values",
    [
        [{"type": "CATALOG", "catalog": {"streams": [STREAM, STREAM | {"name": "charges"}]}}],
        [{"type": "LOG"}, {"type": "CATALOG", "catalog": {"streams": [STREAM, STREAM | {"name": "charges"}]}}],
        [{"streams": [STREAM, STREAM | {"name": "charges"}]}],
        [["customers", "charges"]],
    ],
)
def test_what_discover_prints_and_a_list_of_names_select_every_stream_in_them(values: list[object]) -> None:
    catalog = ConfiguredAirbyteCatalogSerializer.load(dict(configured(values)))
    assert [one.stream.name for one in catalog.streams] == ["customers", "charges"]
    assert {one.sync_mode.value for one in catalog.streams} == {"incremental"}
