"""A sandbox served on loopback for as long as a block lasts, for clients that are processes of their own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from integration_tests.sandbox import Account, Sandbox
from integration_tests.sandbox.api.server import Server
from integration_tests.vocabulary import DAY, HOUR


def lately(customers: int) -> Sandbox:
    """An account at rest, in the past of processes, whose clock is real: a sync goes by Stripe's time."""
    account = Account.populated(now=int(time.time()) - 3 * DAY, seed=3, customers=customers)
    account.advance(HOUR)
    return Sandbox(account)


@contextmanager
def served(sandbox: Sandbox) -> Iterator[str]:
    """The address; the account's clock stands still unless it is moved."""
    server = Server(sandbox)
    thread = server.serve_in_background()
    try:
        yield server.url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
