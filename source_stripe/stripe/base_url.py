"""Where Stripe is. Not part of the configuration: who may edit a configuration must not send a key elsewhere."""

from __future__ import annotations

import ipaddress
import os
from urllib.parse import urlsplit

STRIPE = "https://api.stripe.com"
VARIABLE = "STRIPE_API_BASE"


def api_base() -> str:
    """Stripe's address, or the one that STRIPE_API_BASE names for tests and proxies.

    Raises ValueError with a sentence where that is neither https nor a loopback address.
    """
    base = os.environ.get(VARIABLE, "").strip().rstrip("/")
    if not base:
        return STRIPE
    try:
        parts = urlsplit(base)
        host = parts.hostname or ""
    except ValueError:
        raise ValueError(f"{VARIABLE} is not an address.") from None
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if host and plain and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))):
        return base
    raise ValueError(f"{VARIABLE} must be an https address or a loopback one such as http://localhost:8080.")


def is_loopback(base: str) -> bool:
    """Whether an address is one of this machine, to which the way leads through no proxy."""
    return _is_loopback(urlsplit(base).hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
