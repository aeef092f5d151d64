"""The configuration: one pydantic model that is also the spec, and says in a sentence what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from source_stripe import dates
from source_stripe.account import ID
from source_stripe.masking import masked, remember
from source_stripe.options import left_out
from source_stripe.wording import nearest, quoted, shown

DOCUMENTATION = "https://docs.stripe.com/keys"
DEFAULT_START = "2017-01-25T00:00:00Z"
_PRINTABLE = re.compile(r"[!-~]+")


class ConfigError(ValueError):
    """The configuration cannot be used; `str()` of it says why, and never shows the key."""

    def __init__(self, sentence: str) -> None:
        super().__init__(masked(sentence))


class Config(BaseModel):
    """What a user sets. Further keys are allowed, as other connectors for Stripe know some that this one needs not."""

    model_config = ConfigDict(extra="allow", frozen=True)

    client_secret: Annotated[
        SecretStr,
        Field(
            title="Secret key",
            description="A Stripe API key (sk_live_..., sk_test_...) or, better, a restricted one (rk_...) with read "
            "permission for what you want to sync.",
            json_schema_extra={"airbyte_secret": True, "order": 0},
        ),
    ]
    account_id: Annotated[
        str,
        Field(
            title="Account ID",
            description="The account to read (acct_...), where the key is a platform's and the account one of its "
            "connected accounts. Leave empty to read the key's own account.",
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

    @model_validator(mode="before")
    @classmethod
    def _empty_means_default(cls, given: object) -> object:
        if not isinstance(given, Mapping):
            return given
        return {
            name: value
            for name, value in given.items()
            if value is not None and not (value == "" and name != "client_secret")
        }

    @field_validator("client_secret", mode="after")
    @classmethod
    def _key_can_be_sent(cls, secret: SecretStr) -> SecretStr:
        key = secret.get_secret_value().strip()
        if not key:
            raise ValueError("is empty; it takes a Stripe API key such as sk_live_... or rk_live_...")
        if key.startswith("pk_"):
            raise ValueError(
                "is a publishable key (pk_...), which cannot read; take a secret (sk_) or restricted one (rk_)"
            )
        if not _PRINTABLE.fullmatch(key):
            raise ValueError("holds characters that no API key has, such as spaces or line breaks")
        return SecretStr(key)

    @field_validator("account_id", mode="after")
    @classmethod
    def _account_can_be_sent(cls, account: str) -> str:
        account = account.strip()
        if account and not ID.fullmatch(account):
            # What stands there may be a key that was pasted into the wrong field.
            raise ValueError("must be an account's ID, which looks like acct_1Nv0FGQ9RKHgCVdK; this is none")
        return account

    @field_validator("start_date", mode="after")
    @classmethod
    def _date_is_one(cls, date: str) -> str:
        moment(date)
        return date

    @property
    def key(self) -> str:
        return self.client_secret.get_secret_value()

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
    if isinstance(key := given.get("client_secret"), str):
        remember(key)
    try:
        return Config.model_validate(given)
    except ValidationError as error:
        raise ConfigError(" ".join(_sentence(dict(problem), given) for problem in error.errors())) from None


def unknown(given: Mapping[str, object]) -> str:
    """A sentence about the options that say nothing to this source; empty where there are none."""
    return left_out(given, Config.model_fields)


def _sentence(problem: Mapping[str, object], options: Mapping[str, object]) -> str:
    location = problem["loc"]
    name = str(location[0]) if isinstance(location, tuple) and location else "The configuration"
    instead = "" if name == "client_secret" else f", not {quoted(problem['input'])}"
    context = problem.get("ctx")
    limits = context if isinstance(context, Mapping) else {}
    match problem["type"]:
        case "missing":
            near = nearest(name, options)
            meant = f" (is that what {shown(near)} is meant for?)" if near else ""
            what = f"is missing; it is the API key with which to read from Stripe{meant}"
        case "value_error":
            what = str(limits["error"])
        case "greater_than_equal":
            what = f"must be at least {limits['ge']}{instead}"
        case "less_than_equal":
            what = f"must be at most {limits['le']}{instead}"
        case "literal_error":
            what = f"must be {limits['expected']}{instead}"
        case "bool_parsing" | "bool_type":
            what = f"must be true or false{instead}"
        case "string_type":
            what = f"must be a text{instead}"
        case "model_type" | "model_attributes_type":
            what = "must be a JSON object"
        case _:
            what = f"must be a whole number{instead}"
    return f"{name} {what}."


def specification() -> dict[str, object]:
    """The model as the JSON schema of Airbyte's `connectionSpecification`."""
    schema = Config.model_json_schema()
    properties = {name: _plain(field) for name, field in schema["properties"].items()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Stripe",
        "type": "object",
        "required": schema["required"],
        "additionalProperties": True,
        "properties": properties,
    }


def _plain(field: dict[str, object]) -> dict[str, object]:
    """Without what forms for people cannot show: alternatives with null, pydantic's own marks."""
    options = field.pop("anyOf", None)
    if isinstance(options, list):
        field |= next(option for option in options if option.get("type") != "null")
    dropped = {"writeOnly"} | ({"format"} if field.get("format") == "password" else set())
    return {name: value for name, value in field.items() if name not in dropped and value is not None}
