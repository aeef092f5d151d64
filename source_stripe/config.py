"""The configuration: one pydantic model that is also the spec, and says in a sentence what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from source_stripe import credentials, dates
from source_stripe.account import CONTEXT
from source_stripe.account_options import AccountOptions
from source_stripe.config_errors import no_key, sentence
from source_stripe.credentials import ApiKey, Credentials, StripeApp, says_nothing, secrets, usable_key, with_type
from source_stripe.keys import is_organizations
from source_stripe.masking import masked, remember
from source_stripe.options import left_out
from source_stripe.wording import quoted

DOCUMENTATION = "https://docs.stripe.com/keys"
DEFAULT_START = "2017-01-25T00:00:00Z"


class ConfigError(ValueError):
    """The configuration cannot be used; `str()` of it says why, and never shows the key."""

    def __init__(self, sentence: str) -> None:
        super().__init__(masked(sentence))


class Config(AccountOptions):
    """What a user sets. Further keys are allowed, as other connectors for Stripe know some that this one needs not."""

    model_config = ConfigDict(extra="allow", frozen=True)

    credentials: Annotated[Credentials | None, Field()] = None
    client_secret: Annotated[
        SecretStr | None,
        Field(
            title="Secret key",
            description="The API key, as in `credentials`: the short way for who writes the configuration by hand.",
            json_schema_extra={"airbyte_secret": True, "airbyte_hidden": True, "order": 0},
        ),
    ] = None
    account_id: Annotated[
        str,
        Field(
            title="Account ID",
            description="The account to read (acct_...), where the key is a platform's and the account one of its "
            "connected accounts, or where the key is an organization's. Leave empty to read the key's own account.",
            json_schema_extra={"order": 1},
        ),
    ] = ""
    start_date: Annotated[
        str,
        Field(
            title="Start date",
            description="Objects created before this moment (UTC), and what lies under them, are left out of the first "
            "sync.",
            examples=[DEFAULT_START],
            json_schema_extra={"format": "date-time", "order": 2},
        ),
    ] = DEFAULT_START
    lookback_window_days: Annotated[
        int,
        Field(
            ge=0,
            title="Lookback window (days)",
            description="Streams with the cursor `created` read this many days again in every sync, for rows that "
            "change without an event, such as the status of a balance transaction.",
            json_schema_extra={"order": 3},
        ),
    ] = 0
    slice_range: Annotated[
        int,
        Field(
            ge=1,
            title="Slice range (days)",
            description="The longest stretch of time between two checkpoints.",
            json_schema_extra={"order": 4},
        ),
    ] = 365
    num_workers: Annotated[
        int,
        Field(
            ge=1,
            le=100,
            title="Concurrent requests",
            description="How many requests may be under way at once. As many as are answered in the time one takes: "
            "with 80 requests per second and a quarter of a second for an answer, 20.",
            json_schema_extra={"order": 5},
        ),
    ] = 20
    call_rate_limit: Annotated[
        int | None,
        Field(
            ge=1,
            title="Requests per second",
            description="The most requests to send in a second. By default 80 of the 100 that Stripe allows for a "
            "live key, 20 of the 25 for a test key; never above Stripe's own limit.",
            json_schema_extra={"order": 6},
        ),
    ] = None

    incremental_records: Annotated[
        Literal["current", "event"],
        Field(
            title="Records of later syncs",
            description="`current`: every changed object is read again, so that a row is what Stripe shows now, in one "
            "API version. `event`: the row is what the event shows, in the account's version of that day, without "
            "expansions; it saves the requests.",
            json_schema_extra={"order": 7},
        ),
    ] = "current"
    recheck_days: Annotated[
        int,
        Field(
            ge=0,
            title="Recheck (days)",
            description="Every sync reads again what was created in this many days, for edits that no event tells of, "
            "such as the metadata of a payment intent.",
            json_schema_extra={"order": 8},
        ),
    ] = 0
    reconcile: Annotated[
        bool,
        Field(
            title="Reconcile",
            description="List every stream again beside following its events, with rows that win in the destination, "
            "so that it can be repaired without being emptied.",
            json_schema_extra={"order": 9},
        ),
    ] = False
    emit_every_version: Annotated[
        bool,
        Field(
            title="Every version",
            description="Streams with the cursor `updated` emit one row for each event, keyed by the object's id and "
            "the event's, instead of the last state of each object.",
            json_schema_extra={"order": 10},
        ),
    ] = False

    test_clocks: Annotated[
        bool,
        Field(
            title="Test clocks",
            description="With a test key, the first sync also lists the customers, subscriptions and quotes on test "
            "clocks, and what lies under them; Stripe leaves these out of its lists.",
            json_schema_extra={"order": 11},
        ),
    ] = False

    unreadable_streams: Annotated[
        Literal["keep", "hide"],
        Field(
            title="Streams that cannot be read",
            description="`hide`: what the key may not read, or the account has not enabled, is left out of the list of "
            "streams. `keep`: the list has all.",
            json_schema_extra={"order": 12},
        ),
    ] = "keep"
    rate_share: Annotated[
        float,
        Field(
            gt=0,
            le=1,
            title="Share of the rate",
            description="By what every limit of requests per second is multiplied, so that several processes can share "
            "one key: 0.25 for each of four.",
            json_schema_extra={"order": 16},
        ),
    ] = 1.0

    @model_validator(mode="before")
    @classmethod
    def _empty_means_default(cls, given: object) -> object:
        if not isinstance(given, Mapping):
            return given
        config = {
            name: value
            for name, value in given.items()
            if value is not None and not (value == "" and name != "client_secret")
        }
        if "credentials" in config:
            config["credentials"] = with_type(config["credentials"])
            if "client_secret" in config and says_nothing(config["credentials"]):
                del config["credentials"]
        return config

    @field_validator("client_secret", mode="after")
    @classmethod
    def _key_can_be_sent(cls, secret: SecretStr) -> SecretStr:
        return usable_key(secret)

    @field_validator("account_id", mode="after")
    @classmethod
    def _account_can_be_sent(cls, account: str) -> str:
        account = account.strip()
        if account and not CONTEXT.fullmatch(account):
            # What stands there may be a key that was pasted into the wrong field.
            raise ValueError("must be an account's ID, which looks like acct_1Nv0FGQ9RKHgCVdK; this is none")
        return account

    @model_validator(mode="after")
    def _account_is_named(self) -> Self:
        organizations = is_organizations(self.key)
        if organizations and not self.account_id and not self.contexts:
            raise ValueError(
                "has the key of an organization (sk_org_...), and does not say which of its accounts to read: name it "
                "in account_id (acct_...), or several in contexts"
            )
        if "/" in self.account_id and not organizations:
            raise ValueError(
                "has a path of accounts in account_id, which only an organization's key (sk_org_...) takes"
            )
        return self

    @field_validator("start_date", mode="after")
    @classmethod
    def _date_is_one(cls, date: str) -> str:
        moment(date)
        return date

    @model_validator(mode="after")
    def _accounts_are_of_one_kind(self) -> Config:
        given = [name for name in ("account_id", "connected_accounts", "contexts") if getattr(self, name)]
        if len(given) > 1:
            raise ValueError(f"holds {' and '.join(given)}; it takes one of them")
        return self

    @property
    def key(self) -> str:
        """The API key; that of an app's developer, where there is an app."""
        match self.credentials:
            case ApiKey(api_key=key) | StripeApp(client_secret=key):
                return key.get_secret_value()
            case None:
                return self.client_secret.get_secret_value() if self.client_secret else ""

    @property
    def start(self) -> int:
        """The start date in Unix seconds."""
        return moment(self.start_date)


def moment(date: str) -> int:
    """An ISO date or time in Unix seconds, UTC where it names no zone; raises ValueError for anything else."""
    try:
        return max(0, dates.second(date))
    except ValueError:
        raise ValueError(f"must be a date such as {DEFAULT_START}, not {quoted(date)}") from None


def parse(given: Mapping[str, object]) -> Config:
    """The configuration a user gave. Raises ConfigError with a sentence for each thing that is wrong."""
    for secret in secrets(given):
        remember(secret)
    missing = [] if given.get("credentials") or given.get("client_secret") is not None else [no_key(given)]
    try:
        config = Config.model_validate(given)
    except ValidationError as error:
        raise ConfigError(" ".join([*missing, *(sentence(dict(one)) for one in error.errors())])) from None
    if missing:
        raise ConfigError(missing[0])
    return config


def unknown(given: Mapping[str, object]) -> str:
    """A sentence about the options that say nothing to this source; empty where there are none."""
    return left_out(given, Config.model_fields)


def specification() -> dict[str, object]:
    """The model as the JSON schema of Airbyte's `connectionSpecification`."""
    schema = Config.model_json_schema()
    properties = {name: _plain(field) for name, field in schema["properties"].items()}
    properties["credentials"] = credentials.specification()
    properties = dict(sorted(properties.items(), key=lambda one: one[1].get("order", 0)))
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Stripe",
        "type": "object",
        "required": schema.get("required", []),
        "additionalProperties": True,
        "properties": properties,
    }


def _plain(field: dict[str, Any]) -> dict[str, Any]:
    """Without what forms for people cannot show: alternatives with null, pydantic's own marks."""
    options = field.pop("anyOf", None)
    if isinstance(options, list):
        field |= next(option for option in options if option.get("type") != "null")
    dropped = {"writeOnly"} | ({"format"} if field.get("format") == "password" else set())
    return {name: value for name, value in field.items() if name not in dropped and value is not None}
