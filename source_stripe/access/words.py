"""What is said of a permission that is missing: its name in Stripe's form, and the link that ticks it. Pure."""

from __future__ import annotations

import re

from source_stripe.declaration.resource import Resource
from source_stripe.permissions import form, names, needed, row
from source_stripe.stripe.refusal import Refusal

SEVERAL = 3
"""So many permissions, any one of which would do, are named."""


def missing(refusal: Refusal, resource: Resource) -> tuple[str, ...]:
    """The permissions, of those that Stripe named, that the stream is to be given; of several that would do, that by
    which it is known. Those of the table where Stripe names none; none where there are none there either."""
    known = {one.name for one in needed(resource) if one.name}
    if refusal.permissions:
        return tuple(name for name in refusal.permissions if name in known) or refusal.permissions[:SEVERAL]
    plain = re.sub(r"{\w+}", "{id}", refusal.endpoint)
    return tuple(dict.fromkeys(one.name for one in needed(resource) if one.name and plain in (one.endpoint, "")))


def spoken(name: str, refusal: Refusal) -> str:
    """A permission as the form and as the link calls it, in Stripe's own words where it says them."""
    return f'"{refusal.row(name) or row(name)}" ({name})'


def advice(refusal: Refusal, resource: Resource) -> str:
    """What to do for a stream that the key may not read."""
    lacking = missing(refusal, resource)
    what = " and ".join(spoken(name, refusal) for name in lacking)
    unnamed = "a permission that Stripe does not name: tick what its form calls alike"
    by_table = "" if refusal.permissions or not lacking else ", by its own table as Stripe names none"
    link = form(names([resource]), live=refusal.live is not False)
    return (
        f"The stream {resource.name} takes {f'the permission {what}' if what else unnamed}{by_table}. Edit the key at "
        f"https://dashboard.stripe.com/apikeys, or make one that reads this stream: {link}"
    )
