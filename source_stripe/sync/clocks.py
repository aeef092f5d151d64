"""Test clocks: what is on one is in no list but that of its clock. https://docs.stripe.com/billing/testing/test-clocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from source_stripe.declaration.origins import Listing
from source_stripe.declaration.resource import Resource
from source_stripe.stripe.client import Client
from source_stripe.stripe.query import Endpoint

PATH = "/v1/test_helpers/test_clocks"


def clocks(client: Client) -> Iterator[str]:
    """The ids of the account's test clocks, oldest first, so that a new one is the last. Raises StripeError."""
    pages = list(client.pages(Endpoint(PATH)))
    yield from reversed([str(clock["id"]) for page in pages for clock in page.data])


def on_clocks(resource: Resource, ids: Sequence[str]) -> Resource:
    """The same stream with what is on some test clocks; as it is where its list leaves nothing out."""
    members = tuple(on_clocks(member, ids) for member in resource.members)
    origin = _listing(resource.first.origin, ids)
    return replace(resource, first=replace(resource.first, origin=origin), members=members)


def _listing(listing: Listing, ids: Sequence[str]) -> Listing:
    if not listing.clock:
        return listing
    own = tuple((*params, (listing.clock, clock)) for clock in ids for params in listing.filters)
    return replace(listing, filters=(*listing.filters, *own))
