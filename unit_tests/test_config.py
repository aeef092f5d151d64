"""A configuration is taken as people write it, and what is wrong with it is said in a sentence."""

from __future__ import annotations

import jsonschema
import pytest

from source_stripe.config import ConfigError, parse, specification

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


def test_a_publishable_key_is_told_from_a_secret_one() -> None:
    with pytest.raises(ConfigError, match="publishable"):
        parse({"client_secret": "pk_live_1"})


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
    assert spec["required"] == ["client_secret"]
    assert spec["additionalProperties"] is True
    assert properties["client_secret"]["airbyte_secret"] is True
    assert list(properties) == [
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
        "connected_accounts",
        "contexts",
        "quiet_hours",
        "rate_share",
    ]
