"""`make sandbox` and `make live`: a Stripe account on this machine to try commands on, and time that passes in it."""

from __future__ import annotations

import argparse
import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence

from integration_tests.sandbox import Sandbox
from integration_tests.sandbox.api.server import Server
from integration_tests.sandbox.business import Business
from integration_tests.sandbox.business.business import BEGAN

DAY_SECONDS = 86_400
CONFIG = "integration_tests/sandbox_config.json"
ROOM_DAYS = 30


def began(now: float) -> int:
    """The account's time at first: the same for everybody, and far enough behind now that days can pass in it."""
    return min(BEGAN, int(now) - ROOM_DAYS * DAY_SECONDS)


def serve(port: int, months: int) -> int:
    """Serves until it is interrupted."""
    business = Business.with_a_past(began(time.time()), months=months)
    try:
        server = Server(Sandbox(business, clock=time.monotonic), port)
    except OSError as error:
        print(f"Port {port} cannot be used: {error.strerror}. Another one: make sandbox PORT=8421")
        return 1
    print(
        f"""A Stripe account answers at {server.url} until you press Ctrl-C; there it is {_day(business.now)}.
In another terminal:

  export STRIPE_API_BASE={server.url}
  .venv/bin/source-stripe sync --config {CONFIG} --to stripe.duckdb --suggested
  .venv/bin/source-stripe report stripe.duckdb --html report.html
  make live DAYS=14{"" if port == 8420 else f" PORT={port}"}
  .venv/bin/source-stripe sync --config {CONFIG} --to stripe.duckdb --suggested
  unset STRIPE_API_BASE   # leads back to Stripe itself""",
        flush=True,
    )
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    return 0


def live(port: int, days: int) -> int:
    """Lets days pass in an account that is served."""
    address = f"http://127.0.0.1:{port}/_sandbox/live?seconds={days * DAY_SECONDS}"
    request = urllib.request.Request(address, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            now = json.load(answer)["now"]
    except urllib.error.URLError:
        print(f"Nothing answers on port {port}. Is `make sandbox` running?")
        return 1
    print(f"{days} days have passed; now it is {_day(now)} there.")
    if now > time.time():
        print("That is ahead of this machine's clock, beyond which a sync does not read. Start `make sandbox` anew.")
    return 0


def _day(stamp: int) -> str:
    return time.strftime("%d %B %Y", time.gmtime(stamp))


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.sandbox", description=__doc__)
    parser.add_argument("command", choices=("serve", "live"))
    parser.add_argument("--port", type=int, default=8420)
    parser.add_argument("--days", type=int, default=14, help="for `live`")
    parser.add_argument("--months", type=int, default=18, help="for `serve`: how old the account is")
    given = parser.parse_args(arguments)
    return serve(given.port, given.months) if given.command == "serve" else live(given.port, given.days)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
