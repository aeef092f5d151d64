"""Rows taken from events: in place of reading again, and every version of an object."""

from __future__ import annotations

import logging

from integration_tests.story import Story
from integration_tests.vocabulary import HOUR, KEY, NOW, Account, Sandbox, asked, sync
from source_stripe.catalog.billing import invoice_line_items
from source_stripe.catalog.core import charges, customers
from source_stripe.catalog.products import products
from source_stripe.runtime import Runtime
from source_stripe.source import SourceStripe


def test_an_event_in_the_pinned_version_is_taken_for_the_row_and_an_older_one_is_read_again() -> None:
    for version, reads in (("2026-10-28.endive", 0), ("2024-06-20", 1)):
        story = Story(customers)
        thing = story.account.create("customer")
        story.sync()
        story.account.api_version = version
        story.account.update(thing["id"], description="new")
        story.stripe.log.clear()
        (record,) = story.sync().records(customers)
        assert record["description"] == "new"
        assert story.stripe.count("/v1/customers") == reads
        assert story.differences == []


def test_rows_may_be_taken_from_the_events_to_save_the_requests() -> None:
    story = Story(customers, charges, api_version="2020-08-27")
    story.account.create("charge")
    story.sync()
    for thing in story.account.objects("charge") + story.account.objects("customer"):
        story.account.update(thing["id"], description="new")
    story.stripe.log.clear()
    story.account.advance(HOUR)
    synced = sync(story.stripe, story.streams, story.last.state, incremental_records="event")
    assert {record["description"] for record in synced.records(charges) + synced.records(customers)} == {"new"}
    assert asked(story.stripe) == {"/v1/events": 1}


def test_every_version_of_an_object_may_be_had() -> None:
    story = Story(customers, products, invoice_line_items)
    thing = story.account.create("customer")
    story.sync()
    for name in "abc":
        story.account.advance(60)
        story.account.update(thing["id"], description=name)
    story.account.delete(thing["id"])
    story.account.advance(HOUR)
    synced = sync(story.stripe, story.streams, story.last.state, emit_every_version=True)
    records = synced.records(customers)
    assert sorted(record["description"] for record in records if not record.get("is_deleted")) == ["a", "b", "c"]
    assert [record["event_type"] for record in records if record.get("is_deleted")] == ["customer.deleted"]
    assert len({(record["id"], record["event_id"]) for record in records}) == 4
    first = sync(story.stripe, story.streams, emit_every_version=True)
    assert {record["event_id"] for record in first.records(customers) + first.records(products)} <= {"listed"}


def test_every_version_is_keyed_by_the_object_and_its_event() -> None:
    source = SourceStripe(Runtime(Sandbox(Account(NOW)).session))
    config = {"client_secret": KEY, "emit_every_version": True}
    streams = {s.name: s for s in source.discover(logging.getLogger("airbyte"), config).streams}
    assert streams["customers"].source_defined_primary_key == [["id"], ["event_id"]]
    assert {"event_id", "event_type", "event_api_version"} <= streams["customers"].json_schema["properties"].keys()
    assert streams["invoice_line_items"].source_defined_primary_key == [["id"]]
