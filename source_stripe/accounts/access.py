"""Whether the accounts that a configuration names can be read: one sentence if not."""

from __future__ import annotations

import logging
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYetError

from source_stripe.account_options import ALL
from source_stripe.accounts.members import PATH
from source_stripe.changes.feed import PATH as EVENTS
from source_stripe.config import Config
from source_stripe.stripe.client import Client
from source_stripe.stripe.errors import Kind, StripeError
from source_stripe.stripe.query import Endpoint, Page, Query
from source_stripe.wording import listed

SECONDS = 30.0
"""How long is waited for all of them; of those that have not answered by then nothing is said."""

logger = logging.getLogger("airbyte")


def base(client: Client, config: Config) -> Client:
    """The client for what is asked of no account in particular; with contexts nothing is asked without one."""
    return client.of(config.contexts[0]) if config.contexts else client


def problem(client: Client, config: Config) -> str | None:
    """Which of the accounts cannot be read, by name, and why; None where all can.

    A key that may read the account, but not its events, may read other things: that is a warning.
    """
    named = [*config.contexts, *config.connected_accounts]
    if named == [ALL]:
        try:
            found = client.page(Endpoint(PATH), Query(newest=True)).ids
        except StripeError as error:
            return error.sentence
        if not found:
            logger.warning("No account is connected to the platform yet: what is read is its own.")
        named = found
    asked = {one: _ask(client, one) for one in named}
    until, refused, forbidden = time.monotonic() + SECONDS, dict[str, str](), dict[str, str]()
    for one, answer in asked.items():
        try:
            answer.result(max(0.0, until - time.monotonic()))
        except NotYetError:
            break
        except StripeError as error:
            (forbidden if error.kind is Kind.FORBIDDEN or error.denied else refused)[one] = error.sentence
    if forbidden:
        first = next(iter(forbidden))
        logger.warning(
            f"The events of {listed([*forbidden])} may not be read, which tell what changed there. A restricted key "
            f"needs its permissions for connected accounts too. {forbidden[first]}"
        )
    if not refused:
        return None
    return f"Not to be read: {listed([*refused])}. {next(iter(refused.values()))}"


def _ask(client: Client, account: str) -> Future[Page]:
    one = client.of(account)
    return one.request_queue.submit(EVENTS, lambda: one.page(Endpoint(EVENTS), Query(newest=True)))
