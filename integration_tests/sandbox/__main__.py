"""Serves a populated sandbox: `python -m integration_tests.sandbox`."""

from __future__ import annotations

import argparse
import sys
import time

import orjson

from integration_tests.sandbox.account.account import Account
from integration_tests.sandbox.api.sandbox import FULL_KEY, Sandbox
from integration_tests.sandbox.api.server import Server

ROOM_SECONDS = 90 * 86_400


def main() -> None:
    """Prints one line of JSON with the address, then serves until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m integration_tests.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--customers", type=int, default=40)
    parser.add_argument("--years", type=float, default=3.0)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds each answer takes")
    parser.add_argument("--requests-per-second", type=float, default=None)
    parser.add_argument("--endpoint-requests-per-second", type=float, default=None)
    parser.add_argument("--faults", type=float, default=0.0, help="share of requests that go wrong")
    parser.add_argument("--now", type=int, default=None, help="the account's clock (default: 90 days ago)")
    parser.add_argument("--follow-clock", action="store_true", help="the account's clock runs with real time")
    given = parser.parse_args()
    # A sync reads no further than its own clock, so there must be time that can pass before that.
    ago = 0 if given.follow_clock else ROOM_SECONDS
    start = int(time.time()) - ago if given.now is None else given.now
    account = Account.populated(start, given.seed, given.customers, given.years)
    sandbox = Sandbox(
        account,
        requests_per_second=given.requests_per_second,
        endpoint_requests_per_second=given.endpoint_requests_per_second,
        latency_seconds=given.latency,
        clock=time.monotonic,
    )
    if given.faults:
        sandbox.faults(given.faults, given.seed)
    begun = time.monotonic()
    server = Server(sandbox, given.port, (lambda: start + time.monotonic() - begun) if given.follow_clock else None)
    line = {"url": server.url, "key": FULL_KEY, "account": account.id, "now": account.now}
    sys.stdout.write(orjson.dumps(line).decode() + "\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
