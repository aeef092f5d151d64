"""The words for streams of API v2, whose lists, times and events are of another kind than those of API v1.

https://docs.stripe.com/api-v2-overview. What a later sync does is the same as of other streams.
"""

from __future__ import annotations

from source_stripe.declaration.origins import PAGE, Events, Linked, Listing, Params
from source_stripe.declaration.resource import Follow, Resource, Route
from source_stripe.declaration.takes import Retrieved

CURSOR = "row_updated"
"""The cursor of these streams, in Unix seconds. Stripe's own times are texts here, `2022-09-18T13:22:18.123Z`, and some
objects have an `updated` among them."""

CREATED = ("created[gte]", "created[lt]")
"""The parameters by which most lists take a stretch of time, if they do."""

EVERYTHING: Params = ()


def linked(
    path: str, *, filters: tuple[Params, ...] = (EVERYTHING,), include: tuple[str, ...] = (), page: int = PAGE
) -> Listing:
    """A list that takes no times: it is read whole."""
    return Listing(path, filters, include, Linked(page=page))


def windowed(path: str, *, between: tuple[str, str] = CREATED) -> Listing:
    """A list that takes a stretch of time."""
    return Listing(path, kind=Linked(between))


def types(object: str, *names: str) -> tuple[str, ...]:
    """Types of events in full, as the list of events takes no patterns: `types("v2.core.account", "closed")`."""
    return tuple(f"{object}{name}" if name.startswith("[") else f"{object}.{name}" for name in names)


def retrieved(name: str, listing: Listing, object: str, *kinds: str, include: tuple[str, ...]) -> Resource:
    """As `updated`, of what a list shows a part of: each object is read by its id."""
    path = f"{listing.path}/{{id}}"
    return Resource(
        name,
        object,
        CURSOR,
        Route(listing, Retrieved(path, include)),
        Follow((Route(Events(object, kinds, path, include)),)),
    )
