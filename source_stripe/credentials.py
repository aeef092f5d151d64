"""The ways to be let in, as the configuration has them: an API key, or a Stripe App that reads by OAuth. Pure.

https://docs.stripe.com/stripe-apps/api-authentication/oauth
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from source_stripe.keys import refused

PRINTABLE = re.compile(r"[!-~]+")
API_KEY, OAUTH = "api_key", "oauth"
SECRETS = ("api_key", "client_secret", "refresh_token", "access_token")
"""The fields of any of them that are secret."""
AUTHORIZE_URL = "https://marketplace.stripe.com/oauth/v2/authorize"
TOKEN_PATH = "/v1/oauth/token"  # noqa: S105  (an address)


def usable_key(secret: SecretStr) -> SecretStr:
    """A key without what was copied along. Raises ValueError for what is none."""
    key = secret.get_secret_value().strip()
    if not key:
        raise ValueError("is empty; it takes a Stripe API key such as sk_live_... or rk_live_...")
    if what := refused(key):
        raise ValueError(f"is {what}; take a restricted key (rk_...) or a secret one (sk_...)")
    return _printable(SecretStr(key))


def _printable(secret: SecretStr) -> SecretStr:
    if not PRINTABLE.fullmatch(secret.get_secret_value()):
        raise ValueError("holds characters that no API key has, such as spaces or line breaks")
    return secret


def _shown(title: str, description: str, order: int, *, secret: bool = False) -> Any:
    extra: dict[str, Any] = {"order": order} | ({"airbyte_secret": True} if secret else {})
    return Field(title=title, description=description, json_schema_extra=extra)


class ApiKey(BaseModel):
    """A secret, restricted or organization key."""

    model_config = ConfigDict(extra="allow", frozen=True, title="API key")

    auth_type: Literal["api_key"]
    api_key: Annotated[
        SecretStr,
        _shown(
            "API key",
            "A restricted key (rk_live_..., rk_test_...) with read permission for what you want to sync; a secret key "
            "(sk_live_..., sk_test_...) and an organization's key (sk_org_...) are taken too.",
            1,
            secret=True,
        ),
    ]

    @field_validator("api_key", mode="after")
    @classmethod
    def _key_can_be_sent(cls, secret: SecretStr) -> SecretStr:
        return usable_key(secret)


class StripeApp(BaseModel):
    """An app of one's own that an account has installed."""

    model_config = ConfigDict(extra="allow", frozen=True, title="Stripe App (OAuth)")

    auth_type: Literal["oauth"]
    client_id: Annotated[str, _shown("Client ID", "The app's client ID (ca_...).", 1)]
    client_secret: Annotated[
        SecretStr,
        _shown(
            "Client secret", "The secret key (sk_...) of the account that the app was developed in.", 2, secret=True
        ),
    ]
    refresh_token: Annotated[
        SecretStr,
        _shown(
            "Refresh token",
            "Good for one use within a year; the platform has to store the next one, which this source sends it.",
            3,
            secret=True,
        ),
    ]
    access_token: Annotated[
        SecretStr | None,
        _shown("Access token", "Good for an hour. Leave it empty: this source asks for one.", 4, secret=True),
    ] = None
    token_expiry_date: Annotated[
        str | None, _shown("Expiry of the access token", "Leave it empty: this source writes it.", 5)
    ] = None

    @field_validator("client_secret", "refresh_token", mode="after")
    @classmethod
    def _can_be_sent(cls, secret: SecretStr) -> SecretStr:
        if not (stripped := secret.get_secret_value().strip()):
            raise ValueError("is empty")
        return _printable(SecretStr(stripped))


Credentials = Annotated[ApiKey | StripeApp, Field(discriminator="auth_type")]


def with_type(given: object) -> object:
    """Credentials with the type that they are of, where it is not said: those of other connectors hold a key as
    `access_token`."""
    if not isinstance(given, Mapping) or given.get("auth_type"):
        return given
    if given.get("refresh_token"):
        return {**given, "auth_type": OAUTH}
    key = next((given[name] for name in ("api_key", "access_token", "client_secret") if given.get(name)), None)
    return {**given, "auth_type": API_KEY} | ({} if key is None else {"api_key": key})


def says_nothing(given: object) -> bool:
    """Whether it is what a form leaves where nobody has filled it in."""
    return isinstance(given, Mapping) and not any(value for name, value in given.items() if name != "auth_type")


def secrets(given: Mapping[str, object]) -> list[str]:
    """Everything in a configuration that is secret."""
    inner = given.get("credentials")
    found = [given.get("client_secret")]
    found += [inner.get(name) for name in SECRETS] if isinstance(inner, Mapping) else [inner]
    return [secret for secret in found if isinstance(secret, str)]


def specification() -> dict[str, object]:
    """The alternatives as the form of a platform has them: https://docs.airbyte.com/connector-development/connector-specification-reference."""
    return {
        "type": "object",
        "title": "Credentials",
        "description": "How to be let in: by an API key, or by a Stripe App that the account has installed.",
        "order": 0,
        "always_show": True,
        "oneOf": [_option(ApiKey), _option(StripeApp)],
    }


def _option(model: type[BaseModel]) -> dict[str, object]:
    schema = model.model_json_schema()
    properties = {name: _field(name, one) for name, one in schema["properties"].items()}
    return {
        "title": schema["title"],
        "type": "object",
        "required": schema["required"],
        "additionalProperties": True,
        "properties": properties,
    }


def _field(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    if name == "auth_type":
        return {"type": "string", "const": schema["const"], "default": schema["const"], "order": 0}
    kept = ("title", "description", "order", "airbyte_secret")
    return {"type": "string", **{word: schema[word] for word in kept if word in schema}}


def _to(*path: str) -> dict[str, object]:
    return {"type": "string", "path_in_connector_config": list(path)}


ADVANCED_AUTH: dict[str, object] = {
    "auth_flow_type": "oauth2.0",
    "predicate_key": ["credentials", "auth_type"],
    "predicate_value": OAUTH,
    "oauth_config_specification": {
        "oauth_connector_input_specification": {
            "consent_url": AUTHORIZE_URL + "?{{client_id_key}}={{client_id_value}}"
            "&{{redirect_uri_key}}={{ {{redirect_uri_value}} | urlEncoder }}&{{state_key}}={{state_value}}",
            # Parameters of their own would be sent as JSON, which Stripe does not read.
            "access_token_url": f"https://api.stripe.com{TOKEN_PATH}?grant_type=authorization_code"
            "&{{auth_code_key}}={{auth_code_value}}",
            "access_token_headers": {"Authorization": "Bearer {{client_secret_value}}"},
            "extract_output": ["access_token", "refresh_token"],
        },
        "complete_oauth_output_specification": {
            "type": "object",
            "required": ["refresh_token"],
            "properties": {
                "access_token": _to("credentials", "access_token"),
                "refresh_token": _to("credentials", "refresh_token"),
            },
        },
        "complete_oauth_server_input_specification": {
            "type": "object",
            "required": ["client_id", "client_secret"],
            "properties": {"client_id": {"type": "string"}, "client_secret": {"type": "string"}},
        },
        "complete_oauth_server_output_specification": {
            "type": "object",
            "required": ["client_id", "client_secret"],
            "properties": {
                "client_id": _to("credentials", "client_id"),
                "client_secret": _to("credentials", "client_secret"),
            },
        },
    },
}
"""How a platform gets the tokens for its user, in the words of the protocol."""
