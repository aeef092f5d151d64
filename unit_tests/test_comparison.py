"""Whatever another connector has, its users find here, or read why not."""

from __future__ import annotations

import json
import re

import pytest

from source_stripe.catalog import CATALOG
from tools import comparison
from tools.comparison import Connector
from tools.generate import ROOT

STREAMS = {stream.name for stream in CATALOG}
DOCUMENT = (ROOT / comparison.PATH).read_text()
CONNECTORS = {connector.name: connector for connector in comparison.connectors()}

SEGMENT = """accounts application_fee_refunds application_fees balance_transaction_fee_details balance_transactions
    bank_accounts cards charges coupons customers discounts disputes file_uploads invoice_items invoice_lines invoices
    plans refunds subscriptions transfer_reversals transfers"""

every_connector = pytest.mark.parametrize("connector", CONNECTORS.values(), ids=CONNECTORS)


@every_connector
def test_every_name_of_another_connector_is_a_stream_of_ours(connector: Connector) -> None:
    assert set(connector.streams.values()) - STREAMS == set()


@every_connector
def test_a_name_that_is_no_stream_is_so_for_a_reason(connector: Connector) -> None:
    assert not set(connector.streams) & set(connector.without)
    assert all(reason.endswith(".") for reason in connector.without.values())


@every_connector
def test_every_name_can_be_found_in_the_document(connector: Connector) -> None:
    theirs = {name for name, ours in connector.streams.items() if ours in STREAMS} | set(connector.without)
    assert [name for name in theirs if f"`{name}`" not in DOCUMENT] == []


def test_a_name_stands_once_for_each_connector() -> None:
    for name, one in json.loads(comparison.DATA.read_text())["connectors"].items():
        names = [*one["same"], *one["renamed"], *one["without"]]
        assert len(names) == len(set(names)), name
        assert all(theirs != ours for theirs, ours in one["renamed"].items()), name


def test_every_collection_of_segment_is_a_stream_here() -> None:
    segment = CONNECTORS["Segment"]
    assert set(segment.streams) == set(SEGMENT.split())
    assert {theirs: ours for theirs, ours in segment.streams.items() if theirs != ours} == {
        "application_fee_refunds": "application_fees_refunds",
        "cards": "customer_cards",
        "file_uploads": "files",
        "invoice_lines": "invoice_line_items",
    }


@pytest.mark.parametrize(("connector", "count"), [("Airbyte", 47), ("Daspire", 40), ("Estuary", 47)])
def test_no_stream_of_a_connector_is_left_out(connector: str, count: int) -> None:
    assert len(CONNECTORS[connector].streams) == count


def test_what_a_reason_refers_to_is_a_stream() -> None:
    reasons = json.loads(comparison.DATA.read_text())["reasons"]
    assert set(re.findall(r"`(\w+)`", " ".join(reasons.values()))) - STREAMS == set()


def test_every_reason_is_that_of_a_name() -> None:
    data = json.loads(comparison.DATA.read_text())
    assert set(data["reasons"]) == {why for one in data["connectors"].values() for why in one["without"].values()}
