"""`check` says yes to whatever can read something, and no in one sentence."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from airbyte_cdk.models import AirbyteConnectionStatus, AirbyteStreamStatus, Status
from airbyte_cdk.utils import AirbyteTracedException

from integration_tests.in_process import file, said, selecting
from integration_tests.sandbox import Account, Ended, Granted, Sandbox
from integration_tests.vocabulary import BY_NAME, HOUR, KEY, NOW, Time, sync
from source_stripe import permissions
from source_stripe.access.probes import every
from source_stripe.catalog import CATALOG
from source_stripe.runtime import Runtime
from source_stripe.source import SourceStripe

RESTRICTED = "rk_test_restricted"
NO_ACCOUNT = "rk_test_no_account"
NOTHING = "rk_test_nothing"
FEW = "rk_test_few"
OLD, ELSEWHERE = "rk_test_old", "rk_test_elsewhere"
LIVE, ORGANIZATION = "sk_live_1", "sk_org_test_1"


@pytest.fixture
def stripe() -> Sandbox:
    account = Account(NOW)
    account.connect()
    keys: dict[str, tuple[str, ...] | Granted | Ended] = {
        NO_ACCOUNT: ("/v1/account",),
        RESTRICTED: ("/v1/account", "/v1/events", "/v1/balance_transactions", "/v1/charges", "/v1/customers"),
        NOTHING: ("/v1", "/v2"),
        FEW: Granted({"rak_dispute_read", "rak_event_read"}),
        OLD: Ended(),
        ELSEWHERE: Ended(expired=False),
        LIVE: (),
        ORGANIZATION: (),
    }
    return Sandbox(account, keys)


def source_of(stripe: Sandbox) -> SourceStripe:
    time = Time()
    return SourceStripe(Runtime(stripe.session, lambda: float(NOW), time.now, time.sleep, lambda: 0.0))


def check(stripe: Sandbox, config: Mapping[str, object]) -> AirbyteConnectionStatus:
    return source_of(stripe).check(logging.getLogger("airbyte"), config)


def ticked(message: str) -> list[str]:
    """What the one link in a message ticks."""
    (link,) = [word for word in message.split() if "apikeys/create?" in word]
    return parse_qs(urlsplit(link).query)["permissions[]"]


@pytest.mark.parametrize("key", [KEY, NO_ACCOUNT, RESTRICTED])
@pytest.mark.parametrize("account", ["none", "own", "connected"])
def test_a_key_that_can_read_something_passes(stripe: Sandbox, key: str, account: str) -> None:
    ids = {"none": "", "own": stripe.account.id, "connected": next(iter(stripe.account.connected))}
    assert check(stripe, {"client_secret": key, "account_id": ids[account]}).status is Status.SUCCEEDED


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"client_secret": "sk_test_wrong"}, "Stripe does not accept the API key in client_secret"),
        ({"client_secret": OLD}, "The API key has expired: make another at https://dashboard.stripe.com/apikeys"),
        ({"client_secret": ELSEWHERE}, "may not be used from the IP address of this machine: allow the address"),
        ({"client_secret": KEY, "account_id": "acct_nobody"}, "no access to the account acct_nobody"),
        ({"client_secret": NO_ACCOUNT, "account_id": "acct_nobody"}, "no such account in test mode: see that"),
        ({"client_secret": LIVE, "account_id": "acct_nobody"}, "no such account in live mode: see that account_id"),
        ({"client_secret": ORGANIZATION, "account_id": "acct_nobody"}, "no access to the account acct_nobody"),
        ({"client_secret": NOTHING}, "may read none of the streams"),
        ({}, "client_secret is missing"),
        ({"client_secret": KEY, "start_date": "soon"}, "start_date must be a date"),
        ({"client_secret": KEY, "start_date": "2099-01-01"}, "is in the future"),
    ],
)
def test_what_can_read_nothing_is_told_why_in_a_sentence(
    stripe: Sandbox, config: Mapping[str, object], words: str
) -> None:
    status = check(stripe, config)
    assert status.status is Status.FAILED
    assert words in str(status.message)
    assert "\n" not in str(status.message)
    # A key that is not accepted is sent once.
    if config.get("client_secret") != NOTHING:
        assert stripe.count() <= 1
    assert str(config.get("client_secret", "?")) not in str(status.message)


def test_an_address_that_a_key_must_not_go_to_is_refused(stripe: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_API_BASE", "http://api.stripe.com")
    assert "STRIPE_API_BASE must be" in str(check(stripe, {"client_secret": KEY}).message)
    assert stripe.count() == 0


def test_stripe_out_of_reach_is_told_from_a_wrong_key(stripe: Sandbox) -> None:
    stripe.fails_after(0)
    status = check(stripe, {"client_secret": KEY})
    assert status.status is Status.FAILED
    assert "could not be reached" in str(status.message)


def test_a_product_that_the_account_does_not_use_does_not_stop_a_key_that_may_read_others(stripe: Sandbox) -> None:
    stripe.keys[RESTRICTED] = tuple(
        {one.first.origin.path for one in CATALOG} - {"/v1/issuing/cards", "/v1/webhook_endpoints"}
    )
    stripe.not_enabled("/v1/issuing")
    assert check(stripe, {"client_secret": RESTRICTED}).status is Status.SUCCEEDED


def test_a_live_key_is_told_that_an_account_is_of_test_mode(stripe: Sandbox) -> None:
    (other,) = stripe.account.connected.values()
    assert check(stripe, {"client_secret": LIVE, "account_id": other.id}).status is Status.SUCCEEDED
    other.test_only = True
    status = check(stripe, {"client_secret": LIVE, "account_id": other.id})
    assert status.status is Status.FAILED
    assert "in live mode: see that account_id is right" in str(status.message)


# Which streams a key may read. Catches: a list that no request was made to; one refusal for all; a link with too much.


@pytest.mark.parametrize("wording", ["A", "B", "old", "none"])
@pytest.mark.parametrize("forbidden", [401, 403])
def test_each_stream_that_a_key_may_not_read_is_named_with_its_permission_and_one_link(
    stripe: Sandbox, wording: str, forbidden: int
) -> None:
    stripe = Sandbox(stripe.account, {FEW: stripe.keys[FEW]}, wording=wording, forbidden=forbidden)
    status = check(stripe, {"client_secret": FEW})
    assert status.status is Status.SUCCEEDED
    message = str(status.message)
    assert message.startswith(f"2 of {len(CATALOG)} streams can be read with this key.")
    groups = {
        name: what
        for group in message.partition("It lacks permissions to read: ")[2].partition(". Tick these")[0].split("; ")
        for what, _, names in [group.partition(" for ")]
        for name in names.split(", ")
    }
    assert set(groups) == {one.name for one in CATALOG} - {"disputes", "events"}
    assert groups["charges"] == '"Charges and Refunds" (rak_charge_read)'
    for name, what in groups.items():
        own = permissions.needed(BY_NAME[name])[0].name
        assert f"({own})" in what if own else "that Stripe does not name" in what or "(rak_" in what
    assert set(ticked(message)) == set(permissions.names(CATALOG)) - {"rak_dispute_read", "rak_event_read"}


def test_it_is_found_out_within_a_minute_at_the_rate_that_stripe_allows(stripe: Sandbox) -> None:
    time = Time()
    source = SourceStripe(Runtime(stripe.session, lambda: float(NOW), time.now, time.sleep, lambda: 0.0))
    status = source.check(logging.getLogger("airbyte"), {"client_secret": FEW, "num_workers": 1})
    assert str(status.message).startswith(f"2 of {len(CATALOG)} streams can be read")
    # A hundred lists and more, of which a second takes 25.
    assert stripe.count() / 25 - 2 < time.now() < 60


def test_a_key_made_by_the_link_together_with_what_it_had_reads_everything(stripe: Sandbox) -> None:
    had = {"rak_dispute_read", "rak_event_read"}
    key = Granted(had, by_hand=Granted.everything().by_hand)
    stripe.keys[FEW] = key
    missing = ticked(str(check(stripe, {"client_secret": FEW}).message))
    assert set(missing) == set(permissions.names(CATALOG)) - had
    stripe.keys[FEW] = Granted({*had, *missing}, by_hand=key.by_hand)
    assert check(stripe, {"client_secret": FEW}).message is None


def test_what_can_be_read_is_found_out_by_one_request_for_each_list(stripe: Sandbox) -> None:
    assert check(stripe, {"client_secret": KEY}).message is None
    asked = every(CATALOG, live=False)
    assert stripe.count() == len(asked)
    assert {line.query.get("limit", "1") for line in stripe.log} == {"1"}
    assert {one.first.origin.path for one in CATALOG} <= {line.endpoint for line in stripe.log}


def test_a_product_that_is_not_enabled_is_named_and_costs_nothing_else(stripe: Sandbox) -> None:
    stripe.not_enabled("/v1/issuing")
    status = check(stripe, {"client_secret": KEY})
    issuing = [one.name for one in CATALOG if one.first.origin.path.startswith("/v1/issuing")]
    assert status.status is Status.SUCCEEDED
    assert f"product is not enabled or for reasons of its own: {', '.join(issuing)}." in str(status.message)
    assert "apikeys/create" not in str(status.message)


def test_no_request_depends_on_that_for_the_account(stripe: Sandbox) -> None:
    stripe.refuses("/v1/account", 500, times=100)
    status = check(stripe, {"client_secret": KEY})
    assert status.status is Status.SUCCEEDED
    waiting = "account, external_account_bank_accounts, external_account_cards"
    assert f"no answer for, or none that could be used: {waiting}." in str(status.message)


class Slow(requests.adapters.HTTPAdapter):
    """Answers nothing for a while, in real time."""

    def send(self, *_: object, **__: object) -> requests.Response:
        time.sleep(0.2)
        raise requests.ConnectionError


def test_it_ends_in_time_whatever_hangs(stripe: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def session() -> requests.Session:
        slow = requests.Session()
        slow.mount("https://", Slow())
        return slow

    monkeypatch.setattr("source_stripe.access.check.CHECK_SECONDS", 0.3)
    monkeypatch.setattr("source_stripe.access.check.reach.__defaults__", (0.3,))
    begun = time.monotonic()
    status = SourceStripe(Runtime(session)).check(logging.getLogger("airbyte"), {"client_secret": KEY})
    assert status.status is Status.FAILED
    assert "could not be reached" in str(status.message)
    assert time.monotonic() - begun < 20


# The streams that are offered.


@pytest.fixture
def quiet() -> logging.Logger:
    return logging.getLogger("airbyte")


@pytest.mark.parametrize(("config", "count"), [({}, len(CATALOG)), ({"unreadable_streams": "keep"}, len(CATALOG))])
def test_every_stream_is_offered_without_a_request(
    stripe: Sandbox, quiet: logging.Logger, config: dict[str, object], count: int
) -> None:
    found = source_of(stripe).discover(quiet, {"client_secret": FEW, **config})
    assert (len(found.streams), stripe.count()) == (count, 0)


def test_what_cannot_be_read_is_left_out_if_it_is_wished(stripe: Sandbox, quiet: logging.Logger) -> None:
    config = {"client_secret": FEW, "unreadable_streams": "hide"}
    assert [one.name for one in source_of(stripe).discover(quiet, config).streams] == ["events", "disputes"]
    stripe.not_enabled("/v1/disputes")
    assert [one.name for one in source_of(stripe).discover(quiet, config).streams] == ["events"]


def test_what_is_not_answered_is_not_taken_for_unreadable(stripe: Sandbox, quiet: logging.Logger) -> None:
    stripe.refuses("/v1/charges", 500)
    found = source_of(stripe).discover(quiet, {"client_secret": KEY, "unreadable_streams": "hide"})
    assert len(found.streams) == len(CATALOG)


def test_nothing_is_offered_to_a_key_that_is_not_accepted(stripe: Sandbox, quiet: logging.Logger) -> None:
    with pytest.raises(AirbyteTracedException, match="does not accept"):
        source_of(stripe).discover(quiet, {"client_secret": "sk_test_wrong", "unreadable_streams": "hide"})


# A read of everything.


def test_a_read_delivers_what_may_be_read_and_names_for_the_rest_the_permission_and_the_link(stripe: Sandbox) -> None:
    stripe.account.create("dispute")
    stripe.account.advance(HOUR)
    synced = sync(stripe, client_secret=FEW)
    whole = {name for name, status in synced.statuses.items() if status is AirbyteStreamStatus.COMPLETE}
    assert whole == {"disputes", "events"}
    assert len(synced.records("disputes")) == 1
    assert synced.error.startswith("Not read whole")
    for name in {one.name for one in CATALOG} - whole:
        [sentence] = synced.errors[name]
        assert f"The stream {name} takes " in sentence
        needed = [one.name for one in permissions.needed(BY_NAME[name]) if one.name]
        assert any(f"({one})" in sentence for one in needed) or "that Stripe does not name" in sentence
        names = permissions.names([BY_NAME[name]])
        assert permissions.form(names, live=False) in sentence


def test_and_the_command_marks_the_rest_and_ends_with_another_code_than_0(stripe: Sandbox, tmp_path: Path) -> None:
    config = file(tmp_path, "config.json", {"client_secret": FEW})
    catalog = file(tmp_path, "catalog.json", selecting(*BY_NAME))
    printed = said(["read", "--config", config, "--catalog", catalog], stripe.session)
    assert printed.code == 1
    traces = [line["trace"] for line in printed.lines if line["type"] == "TRACE"]
    ended = {
        one["stream_status"]["stream_descriptor"]["name"]: one["stream_status"]["status"]
        for one in traces
        if one["type"] == "STREAM_STATUS"
    }
    assert {name for name, status in ended.items() if status == "COMPLETE"} == {"disputes", "events"}
    assert {name for name, status in ended.items() if status == "INCOMPLETE"} == BY_NAME.keys() - {"disputes", "events"}
    assert said(["check", "--config", config], stripe.session).code == 0
    hidden = file(tmp_path, "hide.json", {"client_secret": FEW, "unreadable_streams": "hide"})
    (offered,) = (
        line["catalog"]
        for line in said(["discover", "--config", hidden], stripe.session).lines
        if line["type"] == "CATALOG"
    )
    assert {one["name"] for one in offered["streams"]} == {"disputes", "events"}
