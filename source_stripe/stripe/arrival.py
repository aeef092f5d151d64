"""What is asked of Stripe before anything is read: which account the key reads, and what time it is there."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from source_stripe.account import ID, Account
from source_stripe.stripe.client import Client
from source_stripe.stripe.errors import Kind, StripeError
from source_stripe.stripe.query import Endpoint, Query

PATH = "/v1/account"
EVENTS = "/v1/events"
OFF_SECONDS = 5
"""By how much two clocks may differ until a person should know."""

logger = logging.getLogger("airbyte")


@dataclass(frozen=True)
class Arrival:
    """What is known before anything is read. Times are in Unix seconds."""

    account: Account
    now: int
    """The earlier of Stripe's time and the host's: no position goes beyond it."""
    stripe: int
    """Stripe's own time; the host's, where Stripe says none."""
    latest: int
    """The later of both."""


def arrive(client: Client, clock: Callable[[], float]) -> Arrival:
    """Asks Stripe for the account. Raises StripeError where the key or the account is not accepted.

    A restricted key that may not read the account is told so in words that name it: "... on account 'acct_...'".
    """
    account = client.account
    try:
        obj = client.single(Endpoint(PATH), tag="account")
        account = account or str((obj or {}).get("id") or "")
    except StripeError as error:
        # That this may not be read says nothing of all else; a key that is not accepted, and no answer at all, do.
        if error.kind is not Kind.FORBIDDEN and not error.denied and error.status != 404:
            raise
        account = account or error.account
    host = int(clock())
    stripe = host if client.http.date is None else client.http.date
    if not client.http.stands_in:  # what does may have a time of its own
        _say(host - stripe)
    account = account.rpartition("/")[2]  # of a context, the account that it leads to
    known = Account(account if ID.fullmatch(account) else "", client.key.live)
    return Arrival(known, min(host, stripe), stripe, max(host, stripe))


def may_follow(client: Client, followers: int, events: str = EVENTS) -> bool:
    """Whether the key may read events; a word in the log if not, for so many streams that will need them."""
    try:
        client.page(Endpoint(events), Query(newest=True))
    except StripeError as error:
        if error.kind is not Kind.FORBIDDEN:
            return True  # what else is wrong will be said where it matters
        logger.warning(
            f"The key may not read {events}, which tell what changed: later syncs of {followers} streams will fail "
            f"until it is given that permission. {error.sentence}"
        )
        return False
    return True


def _say(ahead_seconds: int) -> None:
    if ahead_seconds > OFF_SECONDS:
        logger.warning(
            f"The clock of this host is {ahead_seconds} seconds ahead of Stripe's; this sync goes by Stripe's. "
            "Please set the host's clock."
        )
    elif ahead_seconds < -OFF_SECONDS:
        logger.warning(
            f"The clock of this host is {-ahead_seconds} seconds behind Stripe's: what changed in that time is left to "
            "the next sync. Please set the host's clock."
        )
