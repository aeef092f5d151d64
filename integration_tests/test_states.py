"""States of every make: ours, Airbyte's, damaged ones, and a catalogue that changes between syncs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteStateMessage, AirbyteStateMessageSerializer, AirbyteStateType, AirbyteStreamStatus

from integration_tests.oracle import differences, wrong
from integration_tests.vocabulary import CATALOG, DAY, HOUR, NOW, Account, Sandbox, joined, name_of, settled, sync
from integration_tests.warehouse import Warehouse
from source_stripe.catalog.billing import customer_balance_transactions, invoice_line_items, invoices
from source_stripe.catalog.checkout import checkout_sessions_line_items
from source_stripe.catalog.connect import country_specs
from source_stripe.catalog.core import charges, customers
from source_stripe.catalog.payment_methods import payment_methods
from source_stripe.declaration.resource import Resource


def state_of(resource: Resource, blob: dict[str, Any]) -> list[Any]:
    message = {
        "type": "STREAM",
        "stream": {"stream_descriptor": {"name": resource.name}, "stream_state": blob},
    }
    return [AirbyteStateMessageSerializer.load(message)]


T = str(NOW + HOUR)

AIRBYTES = [
    (customers, {"updated": NOW + HOUR}),
    (customers, {"updated": T}),
    (charges, {"slices": [{"start": "1485302400", "end": T}], "state_type": "date-range"}),
    (invoice_line_items, {"invoice_updated": T}),
    (
        payment_methods,
        {"use_global_cursor": True, "state": {"updated": T}, "parent_state": {"customers": {"updated": T}}},
    ),
    (
        customer_balance_transactions,
        {"state": {"created": T}, "parent_state": {"customers": {"updated": T}}, "lookback_window": 1},
    ),
    (
        checkout_sessions_line_items,
        {
            "states": [{"partition": {"id": "cs_1", "parent_slice": {}}, "cursor": {"checkout_session_updated": T}}],
            "parent_state": {"checkout_sessions": {"updated": T}},
        },
    ),
]


@pytest.mark.parametrize(("resource", "blob"), AIRBYTES, ids=lambda value: getattr(value, "name", ""))
def test_a_state_of_airbytes_connector_goes_on_without_loss(resource: Resource, blob: dict[str, Any]) -> None:
    stripe, warehouse = settled(customers=20, seed=6), Warehouse()
    warehouse.take(sync(stripe, [resource]))
    stripe.account.live(DAY, 200, silent=False)
    stripe.account.advance(HOUR)
    synced = warehouse.take(sync(stripe, [resource], state_of(resource, blob)))
    assert synced.error == ""
    found = differences(stripe.account, warehouse, resource)
    assert [wrong for wrong in found if wrong not in _of_the_dead(stripe, warehouse, resource)] == []
    assert resource.cursor in synced.position(resource)


def _of_the_dead(stripe: Sandbox, warehouse: Warehouse, resource: Resource) -> set[str]:
    """Airbyte's state does not say what was under a parent that is deleted later, only its event does."""
    if not resource.parent:
        return set()
    ends = [event for event in stripe.account.rows("/v1/events") if event["type"].endswith(".deleted")]
    shown = json.dumps([event["data"]["object"] for event in ends])
    dead = {event["data"]["object"]["id"] for event in ends}
    rows = warehouse.latest(resource).items()
    return {f"too much {key}" for key, row in rows if row[resource.parent.id_field] in dead and f'"{key}"' not in shown}


def test_a_state_in_the_form_before_state_messages_is_read() -> None:
    stripe = settled(customers=10, seed=6)
    stripe.account.advance(HOUR)
    messages = [AirbyteStateMessage(type=AirbyteStateType.LEGACY, data={"customers": {"updated": NOW + HOUR}})]
    synced = sync(stripe, [customers], messages)
    assert synced.error == ""
    assert synced.records(customers) == []


@pytest.mark.parametrize("blob", [{"updated": "soon"}, {"cursor": 5}, {"listing": {}}, {"updated": 10**13}])
def test_a_state_that_cannot_be_understood_names_its_stream_and_the_others_are_read(blob: dict[str, Any]) -> None:
    stripe = settled(customers=5)
    synced = sync(stripe, [customers, charges], state_of(customers, blob))
    assert "state of the stream customers cannot be understood" in synced.errors["customers"][0]
    assert "Traceback" not in synced.errors["customers"][0]
    assert synced.records(customers) == []
    assert synced.statuses["customers"] is AirbyteStreamStatus.INCOMPLETE
    assert synced.statuses["charges"] is AirbyteStreamStatus.COMPLETE
    assert "customers" in synced.error


def test_an_unknown_stream_is_named_and_the_others_are_read() -> None:
    synced = sync(settled(customers=5), [customers, "custmers"])
    assert "no stream custmers in this source (is customers meant?)" in synced.errors["custmers"][0]
    assert synced.statuses["customers"] is AirbyteStreamStatus.COMPLETE
    assert synced.error.startswith("Not read whole: custmers.")


# Catches: all names in the sentence.
def test_what_a_sync_ends_with_stays_a_sentence_however_many_streams_were_not_read() -> None:
    names = [f"stream_{number}" for number in range(50)]
    error = sync(settled(customers=1), names).error
    assert "stream_7 and 42 more" in error
    assert len(error) < 500


def test_a_catalogue_of_unknown_streams_alone_ends_at_once() -> None:
    stripe = settled(customers=1)
    assert sync(stripe, ["custmers"]).error.startswith("Not read whole: custmers.")
    assert stripe.count() == 0


@pytest.mark.parametrize("streams", [[], [customers, charges, customers]])
def test_a_catalogue_of_no_stream_or_of_one_twice_is_refused(streams: list[Resource]) -> None:
    stripe = settled(customers=1)
    synced = sync(stripe, streams)
    assert synced.error.startswith("The catalogue selects ")
    assert synced.messages == []
    assert stripe.count() == 0


def test_a_stream_added_later_is_listed_while_the_others_follow() -> None:
    stripe, warehouse = settled(customers=15, seed=2), Warehouse()
    first = warehouse.take(sync(stripe, [customers]))
    stripe.account.live(DAY, 80, silent=False)
    stripe.account.advance(HOUR)
    warehouse.take(sync(stripe, [customers, invoices], first.state))
    assert differences(stripe.account, warehouse, customers) == []
    assert differences(stripe.account, warehouse, invoices) == []


def test_a_stream_that_was_reset_is_listed_again() -> None:
    stripe = settled(customers=15, seed=2)
    first = sync(stripe, [customers, charges])
    stripe.account.advance(HOUR)
    kept = [state for state in first.state if name_of(state) == "charges"]
    second = sync(stripe, [customers, charges], kept)
    assert second.ids(customers) == first.ids(customers)
    assert second.records(charges) == []


def test_a_full_refresh_brings_everything_up_to_this_very_second_whatever_the_state() -> None:
    account = Account(NOW)
    account.has("customer", 30)
    account.create("customer")
    stripe = Sandbox(account)
    state = state_of(customers, {"updated": NOW})
    synced = sync(stripe, [customers, country_specs], state, incremental=False)
    assert len(synced.ids(customers)) == 31
    assert synced.position(customers) == {"__ab_no_cursor_state_message": True}
    assert all("listing" not in synced.position(resource) for resource in (customers, country_specs))


def test_a_state_ahead_of_the_settled_time_waits() -> None:
    stripe = settled(customers=3)
    ahead = stripe.account.now - 10
    synced = sync(stripe, [customers], state_of(customers, {"updated": ahead}))
    assert synced.records(customers) == []
    assert synced.position(customers)["updated"] == ahead


def test_states_of_different_syncs_may_be_mixed() -> None:
    stripe, warehouse = settled(customers=15, seed=1), Warehouse()
    first = warehouse.take(sync(stripe))
    stripe.account.live(DAY, 60, silent=False)
    stripe.account.advance(HOUR)
    half = warehouse.take(sync(stripe, CATALOG[::2], first.state))
    stripe.account.live(DAY, 60, silent=False)
    stripe.account.advance(HOUR)
    warehouse.take(sync(stripe, state=joined(first.state, half.state)))
    assert wrong(stripe.account, warehouse) == {}
