"""A Stripe App as what requests are signed with: the CDK's authenticator for refresh tokens that are good for one use.

The platform is told the next refresh token, by a CONTROL message, before the access token that came with it is used.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from airbyte_cdk.config_observation import create_connector_config_control_message
from airbyte_cdk.sources.streams.http.requests_native_auth import SingleUseRefreshTokenOauth2Authenticator
from airbyte_cdk.utils.datetime_helpers import AirbyteDateTime, ab_datetime_parse

from source_stripe.airbyte.output import Announce
from source_stripe.credentials import TOKEN_PATH
from source_stripe.limits import Limits
from source_stripe.masking import remember
from source_stripe.runtime import Runtime
from source_stripe.stripe.errors import Failure, StripeError
from source_stripe.stripe.key import Key
from source_stripe.stripe.tokens import exchange

EARLY_SECONDS = 60.0
"""How long before it expires an access token is replaced, so that no request meets its end."""

logger = logging.getLogger("airbyte")


class AppAuthenticator(SingleUseRefreshTokenOauth2Authenticator):
    """The CDK's, on the network and the clock of the process, which a test may hand in."""

    def __init__(
        self,
        config: MutableMapping[str, Any],
        base: str,
        runtime: Runtime,
        limits: Limits,
        announce: Announce | None = None,
    ) -> None:
        """`config` is the whole configuration, in which the tokens are replaced; without `announce` the message is
        printed as the CDK prints it."""
        self._base, self._runtime, self._limits, self._announce = base, runtime, limits, announce
        super().__init__(config, base + TOKEN_PATH)

    def token_has_expired(self) -> bool:
        """One whose end nobody knows is good until Stripe refuses it."""
        if not self.access_token:
            return True
        expires = self._expires()
        return expires is not None and self._runtime.clock() + EARLY_SECONDS >= expires

    def get_token_expiry_date(self) -> AirbyteDateTime:
        return ab_datetime_parse(int(self._expires() or 0))

    def _expires(self) -> float | None:
        """In Unix seconds; None where the configuration does not say it in a way that can be understood."""
        written = self._get_config_value_by_path(self._token_expiry_date_config_path)
        try:
            return float(ab_datetime_parse(str(written)).timestamp()) if written else None
        except (ValueError, OverflowError):
            return None

    def refresh_access_token(self) -> tuple[str, AirbyteDateTime, str | None]:  # type: ignore[override]  # as the CDK's
        """Raises StripeError."""
        tokens = exchange(self._base, self.get_client_secret(), self.get_refresh_token(), self._runtime, self._limits)
        for secret in (tokens.access, tokens.refresh):
            remember(secret or "")
        logger.info("A new access token was asked for, as the one before expires after an hour.")
        return tokens.access, ab_datetime_parse(int(tokens.expires)), tokens.refresh

    def _emit_control_message(self) -> None:
        if self._announce is None:
            super()._emit_control_message()
        else:
            self._announce(create_connector_config_control_message(self._connector_config))  # type: ignore[arg-type]


@dataclass(frozen=True)
class AppKey(Key):
    """Signs with an access token, a new one where the last has expired. `secret` is the key of the app's developer."""

    authenticator: AppAuthenticator = field(kw_only=True, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)
    _ended: list[StripeError] = field(default_factory=list, repr=False, compare=False)
    """Why there will be no more tokens."""

    @property
    def limited(self) -> bool:
        """An app may what its manifest says."""
        return True

    def bearer(self) -> str:
        # Nobody may have the new token while the platform is being told of the one that comes with it.
        with self._lock:
            return str(self._try(self.authenticator.get_access_token))

    def renew(self, refused: str) -> bool:
        with self._lock:
            if self.authenticator.access_token == refused:
                self._try(self.authenticator.refresh_and_set_access_token)
        return True

    def _try(self, refresh: Callable[[], Any]) -> Any:
        if self._ended:
            raise self._ended[0]
        try:
            return refresh()
        except StripeError as error:
            if error.failure is Failure.CONFIG:
                self._ended.append(error)
            raise
