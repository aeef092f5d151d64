"""Runs a package with what it sends to Stripe going elsewhere: `redirected.py MODULE:FUNCTION ARGUMENT...`.

It runs in the environment of that package, so it imports nothing else of this repository. Nothing is changed but the
address: https://api.stripe.com becomes that of the environment variable STRIPE_API_BASE.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import requests

STRIPE = "https://api.stripe.com"


def redirect(base: str) -> None:
    """Every session of `requests` from now on."""
    send = requests.Session.send

    def send_elsewhere(
        session: requests.Session, request: requests.PreparedRequest, **settings: Any
    ) -> requests.Response:
        if request.url and request.url.startswith(STRIPE):
            request.url = base + request.url.removeprefix(STRIPE)
        return send(session, request, **settings)

    requests.Session.send = send_elsewhere  # type: ignore[assignment, method-assign]


def main() -> None:
    _, entry, *arguments = sys.argv
    module, _, function = entry.partition(":")
    redirect(os.environ["STRIPE_API_BASE"])
    sys.argv = [module, *arguments]
    sys.exit(getattr(import_module(module), function)())


if __name__ == "__main__":
    main()
