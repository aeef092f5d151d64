"""Lists that take no times: read from the top, where the newest stands, down to what is wanted."""

from __future__ import annotations

from source_stripe.client import Page
from source_stripe.http import Object
from source_stripe.resource import Listing
from source_stripe.windows import Window


def within(page: Page, listing: Listing, window: Window) -> tuple[list[Object], bool]:
    """What of a page lies in a window, and whether there may be more of it below.

    Only a page that is older as a whole ends the window, as Stripe promises no strict order. Where Stripe filters by
    itself, or the objects have no time, it is the whole page.
    """
    if listing.windowed or not listing.stamp:
        return page.data, page.has_more
    stamps = [thing.get(listing.stamp) or 0 for thing in page.data]
    things = [thing for thing, stamp in zip(page.data, stamps, strict=True) if window.start <= stamp < window.end]
    return things, page.has_more and any(stamp >= window.start for stamp in stamps)
