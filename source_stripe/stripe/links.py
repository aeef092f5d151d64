"""How the lists of API v2 go on: by an address in the answer. Pure.

https://docs.stripe.com/api-v2-overview#list-pagination
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from source_stripe.stripe.answers import Object
from source_stripe.stripe.errors import Failure, StripeError
from source_stripe.stripe.query import Page

MOST_EMPTY_PAGES = 100
"""Pages with nothing on them, one after the other, until a list counts as one without an end."""


def page_of(body: Object, path: str) -> Page:
    """A page of the list at `path`. Raises StripeError where what follows is said to be elsewhere.

    It must be one of Stripe's own, without a host, as its SDK has it: no answer can send the key to another place.
    """
    address = body.get("next_page_url")
    if not address:
        return Page(body["data"], has_more=False)
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or parts.path != path or not parts.query:
        raise StripeError(
            f"The list {path} is said to go on at another address, {address[:100]!r}. Please report it.", Failure.SYSTEM
        )
    return Page(body["data"], has_more=True, next=parts.query)


def query_of(place: str) -> list[tuple[str, str]]:
    """The parameters of the page at a place: they repeat what was asked for, which cannot be changed on the way."""
    return parse_qsl(place, keep_blank_values=True)


def endless(path: str) -> StripeError:
    return StripeError(f"The list {path} does not end: {MOST_EMPTY_PAGES} pages had nothing on them.", Failure.SYSTEM)
