"""What requests are signed with, by the configuration."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

from source_stripe.airbyte.output import Announce
from source_stripe.config import Config
from source_stripe.credentials import StripeApp
from source_stripe.limits import Limits
from source_stripe.runtime import Runtime
from source_stripe.stripe.base_url import api_base
from source_stripe.stripe.key import Key


def key_of(
    config: Config, given: Mapping[str, Any], runtime: Runtime, limits: Limits, announce: Announce | None
) -> Key:
    """The API key, or an app, whose tokens are replaced in `given`, the configuration as it was written, as time goes
    by. Raises ValueError for a bad STRIPE_API_BASE."""
    if not isinstance(config.credentials, StripeApp):
        return Key(config.key)
    from source_stripe.airbyte.oauth import AppAuthenticator, AppKey  # noqa: PLC0415  (loads much of the CDK)

    whole = given if isinstance(given, MutableMapping) else dict(given)
    whole["credentials"] = dict(whole["credentials"])
    return AppKey(config.key, authenticator=AppAuthenticator(whole, api_base(), runtime, limits, announce))
