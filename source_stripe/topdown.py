"""Lists that take no times: read from the top, where the newest stands, down to what is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from source_stripe.answers import Object
from source_stripe.client import Page
from source_stripe.errors import Failure, StripeError
from source_stripe.resource import Listing
from source_stripe.windows import Window


def is_time(value: object) -> bool:
    """Whether a field may hold a time: whole seconds, or none."""
    return value is None or type(value) is int


def stamp_of(thing: Mapping[str, Any], name: str) -> int:
    """The time of an object; 0 where it has none, or none that can be used."""
    value = thing.get(name)
    return value if type(value) is int else 0


def moment(thing: Mapping[str, Any], name: str) -> int:
    """As `stamp_of`, for the stream that the object is of. Raises StripeError where the time cannot be used."""
    value = thing.get(name)
    if not is_time(value):
        raise StripeError(
            f"{thing.get('object') or 'An object'} {thing.get('id') or 'without an id'} has no usable time: its {name} "
            f"is {str(value)[:40]!r}.",
            Failure.SYSTEM,
        )
    return value or 0


def within(page: Page, listing: Listing, window: Window) -> tuple[list[Object], bool]:
    """What of a page lies in a window, and whether there may be more of it below.

    Only a page that is older as a whole ends the window, as Stripe promises no strict order. Where Stripe filters by
    itself, or the objects have no time, it is the whole page.
    """
    if listing.windowed or not listing.stamp:
        return page.data, page.has_more
    stamps = [stamp_of(thing, listing.stamp) for thing in page.data]
    things = [
        thing
        for thing, stamp in zip(page.data, stamps, strict=True)
        # What has no usable time is for the stream to say.
        if window.start <= stamp < window.end or not is_time(thing.get(listing.stamp))
    ]
    return things, page.has_more and any(stamp >= window.start for stamp in stamps)
