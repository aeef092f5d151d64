"""Whether a configuration can read anything: one sentence if not."""

from __future__ import annotations

import threading

from source_stripe.arrival import may_follow
from source_stripe.catalog import CATALOG
from source_stripe.client import Client, Endpoint, Query
from source_stripe.errors import Kind, StripeError
from source_stripe.limits import CHECK_SECONDS


def in_time(client: Client, seconds: float = CHECK_SECONDS) -> str | None:
    """As `problem`, in real seconds: also where a request hangs that no limit reaches."""
    followers = sum(bool(resource.cursor and resource.then) for resource in CATALOG)
    found: list[str | None] = [f"Stripe could not be reached within {seconds:.0f} seconds."]

    unforeseen: list[Exception] = []

    def ask() -> None:
        try:
            wrong = problem(client)
            if wrong is None and client.restricted:
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


def problem(client: Client) -> str | None:
    """Why nothing can be read with this key and account; None where something can.

    The account itself is asked for first. A restricted key that may not read it is as good as any: then one list
    after another is asked for, until one may be read.
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
    lists = dict.fromkeys(resource.first.origin for resource in CATALOG if not resource.first.origin.single)
    for listing in {one.path: one for one in lists}.values():
        try:
            client.page(Endpoint(listing.path), Query(listing.filters[0], paged=listing.paged))
            return None
        except StripeError as error:
            # A product that the account does not use says nothing of the others.
            if error.kind is not Kind.FORBIDDEN and not error.denied:
                return error.sentence
    return "The key may read none of the streams; give it read permissions at https://dashboard.stripe.com/apikeys."
