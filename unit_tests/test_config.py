"""A configuration is taken as people write it, and what is wrong with it is said in a sentence."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from airbyte_cdk.models import ConnectorSpecificationSerializer

from source_stripe.config import ConfigError, parse, specification
from source_stripe.credentials import ADVANCED_AUTH
from source_stripe.stripe.key import Key

KEY = "sk_test_secret"


@pytest.mark.parametrize(
    "config",
    [
        {"client_secret": KEY},
        # Airbyte's and Daspire's
        {
            "account_id": "acct_1",
            "client_secret": KEY,
            "start_date": "2017-01-25T00:00:00Z",
            "lookback_window_days": 5,
            "slice_range": 10,
            "num_workers": 10,
            "call_rate_limit": 25,
        },
        # Estuary's first
        {"account_id": "acct_1", "client_secret": KEY, "start_date": "2017-01-25T00:00:00Z", "slice_range": 365},
        {"client_secret": KEY, "start_date": "2020-02-29", "added_by_a_platform": {"a": 1}},
    ],
)
def test_the_configurations_of_other_connectors_are_taken_unchanged(config: dict[str, object]) -> None:
    jsonschema.validate(config, specification(), format_checker=jsonschema.FormatChecker())
    assert parse(config).key == KEY


def test_what_is_left_out_null_or_empty_has_its_default() -> None:
    config = parse({"client_secret": f" {KEY}\n", "account_id": None, "start_date": "", "num_workers": None})
    assert config == parse({"client_secret": KEY})
    assert (config.start, config.account_id, config.slice_range, config.num_workers) == (1_485_302_400, "", 365, 20)


@pytest.mark.parametrize(
    ("date", "second"),
    [
        ("1970-01-02", 86_400),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1970-01-01T00:00:10.5Z", 10),
        ("1960-01-01", 0),
    ],
)
def test_a_date_is_read_with_its_zone(date: str, second: int) -> None:
    assert parse({"client_secret": KEY, "start_date": date}).start == second


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({}, "client_secret is missing; it is the API key with which to read from Stripe."),
        (
            {"client_secrets": KEY},
            "client_secret is missing; it is the API key with which to read from Stripe "
            "(is that what client_secrets is meant for?).",
        ),
        (
            {"client_secret": ""},
            "client_secret is empty; it takes a Stripe API key such as sk_live_... or rk_live_....",
        ),
        (
            {"client_secret": "a b"},
            "client_secret holds characters that no API key has, such as spaces or line breaks.",
        ),
        ({"client_secret": 5}, "client_secret must be a text."),
        (
            {"client_secret": KEY, "start_date": "2020-13-01"},
            "start_date must be a date such as 2017-01-25T00:00:00Z, not '2020-13-01'.",
        ),
        ({"client_secret": KEY, "num_workers": 101}, "num_workers must be at most 100, not 101."),
        ({"client_secret": KEY, "num_workers": 0}, "num_workers must be at least 1, not 0."),
        ({"client_secret": KEY, "slice_range": "a"}, "slice_range must be a whole number, not 'a'."),
        ({"client_secret": KEY, "lookback_window_days": -1}, "lookback_window_days must be at least 0, not -1."),
        ({"client_secret": KEY, "call_rate_limit": 0}, "call_rate_limit must be at least 1, not 0."),
        (
            {"client_secret": KEY, "account_id": "a b"},
            "account_id must be an account's ID, which looks like acct_1Nv0FGQ9RKHgCVdK; this is none.",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(config: dict[str, object], sentence: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse(config)
    assert str(raised.value) == sentence


KINDS = {
    "sk_live_1": (True, False),
    "sk_test_1": (False, False),
    "rk_live_1": (True, True),
    "rk_test_1": (False, True),
    "sk_org_live_1": (True, True),
    "sk_org_test_1": (False, True),
    "sk_org_1": (None, True),
    "whatever_1": (None, False),
}
"""The keys that read, whether of live mode, and whether they may be limited."""


@pytest.mark.parametrize("key", KINDS)
@pytest.mark.parametrize("form", ["flat", "credentials"])
def test_every_kind_of_key_that_reads_is_taken(key: str, form: str) -> None:
    given = {"client_secret": key} if form == "flat" else {"credentials": {"auth_type": "api_key", "api_key": key}}
    config = parse({**given, "account_id": "acct_1"})
    assert config.key == key
    assert (Key(key).live, Key(key).limited) == KINDS[key]
    assert Key(key).header == ("Stripe-Context" if "org" in key else "Stripe-Account")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("pk_live_1", "publishable key"),
        ("whsec_1", "signing secret of a webhook"),
        ("absec_1", "signing secret of a Stripe App"),
        ("ek_live_1", "ephemeral key"),
        ("uk_1", "for one user"),
        ("ca_1", "client ID"),
        ("ac_1", "authorization code"),
        ("rt_1", "refresh token"),
        ("acct_8QqZzXx", "belongs into account_id"),
        ("rak_charge_read", "name of a permission"),
        ("pi_3Pq8rTzYw_secret_aB3dE5fG7hJ9", "client secret of one payment"),
    ],
)
@pytest.mark.parametrize("form", ["flat", "credentials"])
def test_what_cannot_read_is_refused_by_name(text: str, name: str, form: str) -> None:
    given = {"client_secret": text} if form == "flat" else {"credentials": {"auth_type": "api_key", "api_key": text}}
    with pytest.raises(ConfigError, match=name) as raised:
        parse(given)
    assert "take a restricted key (rk_...)" in str(raised.value)
    assert str(raised.value).startswith("client_secret is " if form == "flat" else "credentials.api_key is ")


def test_an_organizations_key_is_asked_for_an_account() -> None:
    with pytest.raises(ConfigError, match="does not say which of its accounts to read: name it in account_id"):
        parse({"client_secret": "sk_org_live_1"})
    assert parse({"client_secret": "sk_org_live_1", "account_id": "acct_1/acct_2"}).account_id == "acct_1/acct_2"
    with pytest.raises(ConfigError, match="only an organization's key"):
        parse({"client_secret": KEY, "account_id": "acct_1/acct_2"})


APP = {"auth_type": "oauth", "client_id": "ca_1", "client_secret": "sk_live_1", "refresh_token": "rt_1"}


@pytest.mark.parametrize(
    "credentials",
    [
        {"auth_type": "api_key", "api_key": KEY},
        APP,
        {**APP, "access_token": "sk_live_2", "token_expiry_date": "2026-11-26T00:00:00Z"},
    ],
)
def test_credentials_are_one_of_two(credentials: dict[str, object]) -> None:
    given = {"credentials": credentials}
    jsonschema.validate(given, specification())
    parse(given)


@pytest.mark.parametrize(
    ("credentials", "key"),
    [
        ({"api_key": KEY}, KEY),
        ({"access_token": KEY, "credentials_title": "Private App Credentials"}, KEY),
        ({"client_id": "ca_1", "client_secret": "sk_live_1", "refresh_token": "rt_1"}, "sk_live_1"),
    ],
)
def test_the_type_of_credentials_may_be_left_out(credentials: dict[str, object], key: str) -> None:
    assert parse({"credentials": credentials}).key == key


@pytest.mark.parametrize("empty", [None, "", {}, {"auth_type": "api_key"}, {"auth_type": "oauth", "client_id": ""}])
def test_a_form_that_nobody_filled_in_leaves_the_key_as_it_is(empty: object) -> None:
    assert parse({"client_secret": KEY, "credentials": empty}).key == KEY


@pytest.mark.parametrize(
    ("credentials", "sentence"),
    [
        ({"auth_type": "api_key"}, "credentials.api_key is missing."),
        ({"auth_type": "api_key", "api_key": ""}, "credentials.api_key is empty; it takes a Stripe API key such as"),
        (
            {"auth_type": "oauth", "client_id": "ca_1"},
            "credentials.client_secret is missing. credentials.refresh_token",
        ),
        ({**APP, "refresh_token": " "}, "credentials.refresh_token is empty."),
        ({**APP, "client_secret": "a b"}, "credentials.client_secret holds characters that no API key has"),
        ({"auth_type": "password"}, "credentials must have api_key or oauth as its auth_type."),
        ("sk_test_secret", "credentials must be a JSON object."),
    ],
)
def test_what_is_wrong_with_credentials_is_said_in_a_sentence(credentials: object, sentence: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse({"credentials": credentials})
    assert str(raised.value).startswith(sentence)
    assert "_secret" not in str(raised.value).replace("client_secret", "")


def without_nulls(value: Any) -> Any:
    return {k: without_nulls(v) for k, v in value.items() if v is not None} if isinstance(value, dict) else value


# Catches: a field that the protocol does not have, which its model leaves out.
def test_the_way_to_tokens_is_as_the_protocol_has_it_and_leads_to_fields_that_there_are() -> None:
    given = {"connectionSpecification": specification(), "advanced_auth": ADVANCED_AUTH}
    spec = ConnectorSpecificationSerializer.load(given)
    assert without_nulls(ConnectorSpecificationSerializer.dump(spec)["advanced_auth"]) == ADVANCED_AUTH
    properties: Any = specification()["properties"]
    _, app = properties["credentials"]["oneOf"]
    outputs: Any = ADVANCED_AUTH["oauth_config_specification"]
    for name in ("complete_oauth_output_specification", "complete_oauth_server_output_specification"):
        for field in outputs[name]["properties"].values():
            assert field["path_in_connector_config"][0] == "credentials"
            assert field["path_in_connector_config"][1] in app["properties"]
    assert ADVANCED_AUTH["predicate_key"] == ["credentials", "auth_type"]
    assert ADVANCED_AUTH["predicate_value"] == app["properties"]["auth_type"]["const"]


@pytest.mark.parametrize("wrong", [{"client_secret": "sk_test _secret"}, {"client_secret": KEY, "num_workers": "x"}])
def test_the_key_is_never_shown(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError) as raised:
        parse(wrong)
    assert "_secret" not in str(raised.value).replace("client_secret", "")
    assert KEY not in repr(parse({"client_secret": KEY}))


def test_the_spec_marks_the_key_as_secret_and_allows_further_fields() -> None:
    spec = specification()
    properties = spec["properties"]
    assert isinstance(properties, dict)
    # By either of two: the key alone, or the credentials.
    assert spec["required"] == []
    assert spec["additionalProperties"] is True
    assert properties["client_secret"]["airbyte_secret"] is True
    assert properties["client_secret"]["airbyte_hidden"] is True
    assert list(properties) == [
        "credentials",
        "client_secret",
        "account_id",
        "start_date",
        "lookback_window_days",
        "slice_range",
        "num_workers",
        "call_rate_limit",
        "incremental_records",
        "recheck_days",
        "reconcile",
        "emit_every_version",
        "test_clocks",
        "unreadable_streams",
        "connected_accounts",
        "contexts",
        "quiet_hours",
        "rate_share",
        "accounts_created",
    ]
