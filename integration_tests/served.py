"""A sandbox served on loopback for as long as a block lasts, for clients that are processes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from integration_tests.sandbox import Sandbox
from integration_tests.sandbox.api.server import Server


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
