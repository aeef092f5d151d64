"""The link to Stripe's form ticks exactly what a stream needs, where a key has exactly that and nothing more."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest
from airbyte_cdk.models import AirbyteStateMessage, AirbyteStreamStatus

from integration_tests.sandbox.account import listing
from integration_tests.sandbox.world.facts import ENDPOINTS, LINKED
from integration_tests.sandbox.world.rendering import expansions, tree_of
from integration_tests.vocabulary import (
    CATALOG,
    DAY,
    HOUR,
    NOW,
    Account,
    Granted,
    Sandbox,
    Synced,
    joined,
    name_of,
    settled,
    sync,
)
from source_stripe import permissions
from source_stripe.catalog.billing import invoices
from source_stripe.catalog.connect import capabilities
from source_stripe.catalog.core import charges
from source_stripe.declaration.resource import Resource

KEY = "rk_test_ticked"
ACCOUNT = "/v1/account"
"""It is asked for whether the key may read it or not."""


@dataclass(frozen=True)
class Past:
    """An account that was synced, and lived on since."""

    account: Account
    states: list[AirbyteStateMessage]


@pytest.fixture(scope="module")
def past() -> Past:
    stripe = settled(customers=40, seed=11)
    states = sync(stripe).state
    stripe.account.live(2 * DAY, 400)
    # More than stand in the object itself, so that their own list is asked for.
    stripe.account.create("radar.value_list", list_items=12)
    stripe.account.advance(2 * HOUR)
    return Past(stripe.account, states)


def key_of(link: str, *resources: Resource) -> Granted:
    """The key that the form makes of a link; what has no name there is ticked by hand."""
    unnamed = {one.endpoint for resource in resources for one in permissions.needed(resource) if not one.name}
    ticked = parse_qs(urlsplit(link).query)["permissions[]"] if "permissions" in link else []
    return Granted(
        ticked,
        permissions.connected_names(resources),
        by_hand={path for path in (*ENDPOINTS, *LINKED) if re.sub(r"{\w+}", "{id}", path) in unnamed},
    )


def read(past: Past, key: Granted, *resources: Resource) -> tuple[Sandbox, list[Synced]]:
    """A first sync and a later one, with that key."""
    stripe = Sandbox(past.account, {KEY: key})
    mine = [state for state in past.states if name_of(state) in {one.name for one in resources}]
    return stripe, [sync(stripe, resources, state, client_secret=KEY) for state in (None, joined(mine))]


def assert_exact(past: Past, *resources: Resource) -> None:
    link = permissions.form(permissions.names(resources), live=False)
    key = key_of(link, *resources)
    stripe, syncs = read(past, key, *resources)
    for synced in syncs:
        assert synced.error == ""
        assert set(synced.statuses.values()) == {AirbyteStreamStatus.COMPLETE}
    asked = [line for line in stripe.log if line.path != ACCOUNT or ACCOUNT in permissions.endpoints(resources[0])]
    # What is refused for another reason, as an account that is gone, has passed by its permission first.
    assert [line.path for line in asked if line.status in (401, 403) and not line.used] == []
    assert {name for line in asked for name in line.used} == {*key.permissions, *key.connected, *key.by_hand}
    beyond = {name for line in asked if line.account for name in line.used}
    assert beyond == {*key.connected}


@pytest.mark.parametrize("resource", CATALOG, ids=lambda resource: resource.name)
def test_the_link_of_a_stream_ticks_what_reading_it_needs_and_nothing_else(past: Past, resource: Resource) -> None:
    assert_exact(past, resource)


def test_the_link_of_several_streams_ticks_what_they_need_together(past: Past) -> None:
    assert permissions.names([charges, invoices]) == ("rak_charge_read", "rak_event_read", "rak_invoice_read")
    assert_exact(past, charges, invoices)


@pytest.mark.parametrize("resource", CATALOG, ids=lambda resource: resource.name)
def test_no_stream_is_without_a_permission_or_a_reason(resource: Resource) -> None:
    own = permissions.needed(resource)[0]
    assert own.name or own.known == "unknown"


# Catches: a field that is expanded, whose objects have a permission of their own, and nobody thought of it.
def test_every_field_that_holds_other_objects_has_its_permission() -> None:
    places = {place for resource in CATALOG for place in permissions.expanded(resource)}
    holding = set()
    for path, field in places:
        at = listing.route(path)
        # What API v2 includes is a part of the object.
        assert at or path in LINKED
        if at and any(True for kind in at.endpoint.objects for _ in expansions(kind, tree_of([field]))):
            holding.add((path, field))
    assert holding == set(permissions.expansions())


def test_on_behalf_of_a_connected_account_the_second_column_counts() -> None:
    account = Account(NOW)
    other = account.connect()
    other.create("charge")
    account.advance(HOUR)
    key = Granted((), permissions.names([charges, capabilities]))
    stripe = Sandbox(account, {KEY: key})
    synced = sync(stripe, [charges, capabilities], client_secret=KEY, account_id=other.id)
    assert synced.statuses["charges"] is AirbyteStreamStatus.COMPLETE
    assert len(synced.records(charges)) == 1
    # It is good for the platform itself only.
    assert synced.statuses["capabilities"] is AirbyteStreamStatus.INCOMPLETE


@pytest.mark.parametrize("may_follow", [True, False])
def test_a_first_sync_says_whether_later_ones_may_follow_connected_accounts(
    past: Past, said: Callable[[], list[str]], may_follow: bool
) -> None:
    key = Granted(permissions.names([capabilities]), permissions.connected_names([capabilities]) if may_follow else ())
    assert sync(Sandbox(past.account, {KEY: key}), [capabilities], client_secret=KEY).error == ""
    assert any("later syncs of 1 streams will fail" in one for one in said()) is not may_follow
