"""The cheapest request for each list that streams read: whether a key may make it tells whether it may read them.

Stripe looks at the permission before it looks for an object, so that the list below an object is asked for with an id
that no object has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from source_stripe.declaration.origins import CREATED, Events, Listing, Params, fields_of
from source_stripe.declaration.resource import Resource, Route
from source_stripe.declaration.takes import Children
from source_stripe.permissions import EVENTS, THIN_EVENTS, below
from source_stripe.stripe.client import Client
from source_stripe.stripe.errors import Failure, Kind, StripeError
from source_stripe.stripe.query import Endpoint, Query
from source_stripe.windows import DAY

ACCOUNT = "/v1/account"
CLOSED = "There is no such account, or it was closed."
NOBODY = "none_such"
"""An id that no object has."""


@dataclass(frozen=True)
class Probe:
    """One request."""

    path: str
    params: Params = ()
    expand: tuple[str, ...] = ()
    paged: bool = True
    tag: str = ""
    """Of the object that the answer is, where it is no list."""
    made_up: bool = False
    """Whether it names an object that does not exist."""

    def ask(self, client: Client) -> StripeError | None:
        """Why what it asks for may not be read; None where it may."""
        fields = dict.fromkeys(fields_of(self.path), NOBODY)
        endpoint = Endpoint(self.path, fields)
        try:
            if self.tag:
                if client.single(endpoint, self.expand, self.tag) is None:
                    return StripeError(CLOSED, Failure.CONFIG, ends_all=self.path == ACCOUNT)
                refused = client.refusal(endpoint.template, self.expand)
            else:
                client.page(endpoint, Query(self.params, self.expand, paged=self.paged, newest=True))
                refused = None
        except StripeError as error:
            return None if self._is_about_the_object(error) else error
        return refused

    def _is_about_the_object(self, error: StripeError) -> bool:
        """Whether the permission was good: then it is the object that is missed, or a parameter that is wrong."""
        if error.ends_all or error.kind is Kind.FORBIDDEN:
            return False
        return error.kind is Kind.MISSING or (self.made_up and error.kind is Kind.REFUSED)


def probes(resource: Resource) -> tuple[Probe, ...]:
    """What is asked for a stream, its own list first."""
    return tuple(dict.fromkeys(_of(resource)))


def every(resources: Iterable[Resource], *, live: bool | None) -> tuple[Probe, ...]:
    """What is asked for some streams with a key of that mode, each once; lists that its mode does not have are not."""
    asked = (probe for one in resources if not (live and _in_test_mode(one)) for probe in probes(one))
    return tuple(dict.fromkeys(asked))


def _of(resource: Resource) -> Iterator[Probe]:
    routes: list[Route[Listing] | Route[Events]] = []
    for part in resource.parts:
        routes += [part.first, *part.routes]
    known = set[str]()
    for route in routes:
        for take in below(route.take):
            yield _below(take)
            known.add(_plain(take.path))
    for route in routes:
        if isinstance(route.origin, Listing):
            yield _list(route.origin)
            known.add(route.origin.path)
    for route in routes:
        if isinstance(route.origin, Events):
            one = _plain(route.origin.retrieve)
            if one.removesuffix("/{id}") not in known:
                yield Probe(one, paged=False, made_up=True)
    if resource.routes:
        yield Probe(THIN_EVENTS if any(route.origin.thin for route in resource.routes) else EVENTS)


def _plain(path: str) -> str:
    return re.sub(r"{\w+}", "{id}", path)


def _list(listing: Listing) -> Probe:
    return Probe(listing.path, listing.filters[0], listing.expand, listing.paged, listing.single)


def _below(take: Children) -> Probe:
    """With the parameters that name the parent, and the time where it has to be given."""
    filled = tuple((name, NOBODY) for name, value in take.params if "{" in value)
    if take.between != CREATED:
        since, until = take.between
        filled += ((since, "0"), (until, str(DAY)))
    return Probe(_plain(take.path), filled, take.expand, take.paged, made_up=True)


def _in_test_mode(resource: Resource) -> bool:
    return all(part.first.origin.test_mode_only for part in resource.parts)
