"""Whether a configuration can read anything: one sentence if not."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from source_stripe.declaration.resource import Resource
from source_stripe.limits import CHECK_SECONDS
from source_stripe.stripe.arrival import may_follow
from source_stripe.stripe.client import Client
from source_stripe.stripe.errors import Kind, StripeError
from source_stripe.stripe.query import Endpoint, asking


def in_time(client: Client, resources: Sequence[Resource], seconds: float = CHECK_SECONDS) -> str | None:
    """As `problem`, in real seconds: also where a request hangs that no limit reaches."""
    # Few accounts use API v2: whether its events may be read is asked where its streams are.
    followers = sum(any(not route.origin.thin for route in one.routes) for one in resources if one.cursor)
    found: list[str | None] = [f"Stripe could not be reached within {seconds:.0f} seconds."]

    unforeseen: list[Exception] = []

    def ask() -> None:
        try:
            wrong = problem(client, resources)
            if wrong is None and client.key.restricted:
                may_follow(client, followers)
            found.append(wrong)
        except Exception as error:
            unforeseen.append(error)

    asking = threading.Thread(target=ask, name="check", daemon=True)
    asking.start()
    asking.join(seconds)
    if unforeseen:
        raise unforeseen[0]
    return found[-1]


def problem(client: Client, resources: Sequence[Resource]) -> str | None:
    """Why nothing can be read with this key and account; None where something can.

    The account itself is asked for first. A restricted key that may not read it is as good as any: then one list of
    the streams after another is asked for, until one may be read.
    """
    try:
        return (
            None
            if client.single(Endpoint("/v1/account"), tag="account")
            else "There is no such account, or it was closed."
        )
    except StripeError as error:
        if error.kind is not Kind.FORBIDDEN:
            return error.sentence
    lists = dict.fromkeys(resource.first.origin for resource in resources if not resource.first.origin.single)
    for listing in {one.path: one for one in lists}.values():
        try:
            client.page(Endpoint(listing.path), asking(listing, listing.filters[0], expand=()))
            return None
        except StripeError as error:
            # A product that the account does not use says nothing of the others.
            if error.kind is not Kind.FORBIDDEN and not error.denied:
                return error.sentence
    return "The key may read none of the streams; give it read permissions at https://dashboard.stripe.com/apikeys."
