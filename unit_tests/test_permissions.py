"""Every stream has the permissions that a restricted key needs for it, and nothing has one that no stream needs."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from source_stripe.catalog import CATALOG
from source_stripe.declaration.origins import is_v2
from source_stripe.declaration.resource import Resource
from source_stripe.permissions import endpoints, form, names, needed, permissions
from tools import tables

every_stream = pytest.mark.parametrize("resource", CATALOG, ids=lambda resource: resource.name)


@every_stream
def test_a_stream_needs_the_permission_of_its_endpoint_and_of_the_events_it_follows(resource: Resource) -> None:
    own = re.sub(r"{\w+}", "{id}", tables.endpoint(resource))
    asked = [one.endpoint for one in needed(resource)]
    assert own in asked
    assert asked[0] == own or resource.members
    events = "/v2/core/events" if is_v2(own) else "/v1/events"
    assert (events in asked) == bool(resource.routes or own == events)
    assert not ({"/v1/events", "/v2/core/events"} - {events}) & set(asked)


@every_stream
def test_a_child_needs_what_its_parent_needs(resource: Resource) -> None:
    if resource.parent and not resource.members:
        assert resource.first.origin.path in endpoints(resource)


def test_every_endpoint_of_the_table_is_read_by_a_stream() -> None:
    assert set(permissions()) == {path for resource in CATALOG for path in endpoints(resource)}


@pytest.mark.parametrize("path", permissions())
def test_a_permission_is_one_to_read_or_is_said_to_be_unknown(path: str) -> None:
    one = permissions()[path]
    assert one.known in ("documented", "observed", "inferred", "unknown")
    assert bool(re.fullmatch(r"rak_(v2_)?[a-z_]+_read", one.name)) == (one.known != "unknown")


def test_the_names_of_several_streams_are_those_of_each_once() -> None:
    charges, refunds = (next(one for one in CATALOG if one.name == name) for name in ("charges", "refunds"))
    assert names([charges, refunds]) == ("rak_charge_read", "rak_event_read")


def test_the_link_ticks_the_permissions_and_names_the_key() -> None:
    address = urlsplit(form(("rak_charge_read", "rak_event_read"), title="my warehouse"))
    assert (address.netloc, address.path) == ("dashboard.stripe.com", "/apikeys/create")
    assert parse_qs(address.query) == {
        "name": ["my warehouse"],
        "permissions[]": ["rak_charge_read", "rak_event_read"],
    }
    assert "/test/apikeys/create?" in form((), live=False)
