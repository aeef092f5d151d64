"""An app reads by tokens that end: none is lost on the way, and the platform knows the next before it is used."""

from __future__ import annotations

import errno
import json
import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessage, AirbyteStreamStatus, Status
from airbyte_cdk.utils import AirbyteTracedException

from integration_tests import oauth_platform
from integration_tests.in_process import Said, file, said, selecting
from integration_tests.sandbox import Account, Granted, Request, Response, Sandbox, StripeApp
from integration_tests.sandbox.api.admission import key_of
from integration_tests.sandbox.api.oauth import TOKEN
from integration_tests.vocabulary import HOUR, Synced, Time, catalog, settled, sync
from source_stripe.catalog.billing import invoices
from source_stripe.catalog.core import charges, customers, refunds
from source_stripe.commands import main as people
from source_stripe.runtime import Runtime
from source_stripe.source import SourceStripe

STREAMS = [customers, charges, refunds, invoices]
Json = dict[str, Any]


class Slow(Sandbox):
    """A sandbox on whose clock every answer takes a while, and which notes who asked before being known."""

    def __init__(self, account: Account, app: StripeApp, seconds: int = 0) -> None:
        super().__init__(account, app=app)
        self.seconds_an_answer = seconds
        self.announced: set[str] = set()
        """The access tokens that the platform was told of."""
        self.early: list[str] = []
        """Paths that were asked with one that it was not told of."""

    def handle(self, request: Request) -> Response:
        with self.account.lock:
            if request.path != TOKEN and key_of(request) not in self.announced:
                self.early.append(request.path)
            self.account.advance(self.seconds_an_answer)
        return super().handle(request)


@pytest.fixture(scope="module")
def lived() -> Account:
    return settled(customers=60, seed=4).account


@pytest.fixture
def stripe(lived: Account) -> Slow:
    app = StripeApp(lived.id)
    return Slow(lived, app)


def app_of(stripe: Sandbox) -> StripeApp:
    assert stripe.app
    return stripe.app


def config_of(stripe: Slow, **more: object) -> Json:
    """What a platform has after the owner's consent."""
    app = app_of(stripe)
    tokens = app.installed(stripe.account.now)
    stripe.announced.add(tokens["access_token"])
    credentials = {
        "auth_type": "oauth",
        "client_id": app.client_id,
        "client_secret": app.secret,
        "refresh_token": tokens["refresh_token"],
        "access_token": tokens["access_token"],
    }
    return {"credentials": {**credentials, **more}, "start_date": "2000-01-01T00:00:00Z", "num_workers": 6}


def source_of(stripe: Slow, sent: list[Json]) -> SourceStripe:
    """With a platform that stores what it is sent."""
    time = Time()
    runtime = Runtime(stripe.session, lambda: float(stripe.account.now), time.now, time.sleep, lambda: 0.0)

    def announce(message: AirbyteMessage) -> None:
        sent.append(oauth_platform.of(message))
        stripe.announced.add(sent[-1]["credentials"]["access_token"])

    source = SourceStripe(runtime)
    source.announce = announce
    return source


def read(stripe: Slow, config: Json, sent: list[Json], state: Any = None) -> Synced:
    synced = Synced()
    logger = logging.getLogger("airbyte")
    try:
        for message in source_of(stripe, sent).read(logger, config, catalog(STREAMS, True), state):
            synced.messages.append(message)
    except AirbyteTracedException as error:
        synced.error = str(error)
    return synced


def assert_whole(stripe: Slow, synced: Synced) -> None:
    assert synced.error == ""
    whole = sync(Sandbox(stripe.account), STREAMS)
    for stream in STREAMS:
        assert synced.ids(stream) == whole.ids(stream)
        assert len(synced.records(stream)) == len(whole.records(stream))


# Consent.


def test_the_specification_leads_a_platform_from_consent_to_rows(stripe: Slow, tmp_path: Path) -> None:
    (spec,) = (line["spec"] for line in said(["spec"], stripe.session).lines if line["type"] == "SPEC")
    config = oauth_platform.consented(spec, stripe, app_of(stripe))
    assert app_of(stripe).exchanges == ["authorization_code"]
    path = file(tmp_path, "config.json", config)
    now = stripe.account.now
    (status,) = (line["connectionStatus"] for line in said(["check", "--config", path], stripe.session, now).lines[-1:])
    assert status == {"status": "SUCCEEDED"}
    catalog = file(tmp_path, "catalog.json", selecting("customers"))
    printed = said(["read", "--config", path, "--catalog", catalog], stripe.session, now)
    assert printed.code == 0
    assert {line["type"] for line in printed.lines} >= {"RECORD", "STATE"}


# A sync that outlives its token.


@pytest.mark.parametrize("known", [True, False], ids=["its end is known", "its end is not known"])
def test_a_sync_of_two_hours_asks_for_a_token_once_or_twice_and_loses_nothing(stripe: Slow, known: bool) -> None:
    sync(quick := Sandbox(stripe.account), STREAMS)
    stripe.seconds_an_answer = 2 * HOUR // len(quick.log)
    config = config_of(stripe)
    if known:
        expires = datetime.fromtimestamp(stripe.account.now + HOUR, UTC)
        config["credentials"]["token_expiry_date"] = expires.isoformat()
    sent: list[Json] = []
    began = stripe.account.now
    synced = read(stripe, config, sent)
    assert stripe.account.now - began >= 2 * HOUR - 600
    stripe.seconds_an_answer = 0
    assert_whole(stripe, synced)
    assert app_of(stripe).exchanges in (["refresh_token"], ["refresh_token"] * 2)
    assert len(sent) == len(app_of(stripe).exchanges)
    assert stripe.early == []
    # The platform has what the next sync takes.
    assert sent[-1]["start_date"] == config["start_date"]
    assert_whole(stripe, read(stripe, sent[-1], sent))


def test_a_token_that_is_not_there_is_asked_for_first(stripe: Slow) -> None:
    config = config_of(stripe, access_token=None)
    sent: list[Json] = []
    assert_whole(stripe, read(stripe, config, sent))
    assert app_of(stripe).exchanges == ["refresh_token"]
    assert stripe.early == []
    assert len({json.dumps(one) for one in sent}) == 1


def test_a_token_that_is_still_good_is_used_again(stripe: Slow) -> None:
    sent: list[Json] = []
    read(stripe, config_of(stripe, access_token=None), sent)
    stripe.account.advance(HOUR // 2)
    assert_whole(stripe, read(stripe, sent[-1], sent))
    assert len(sent) == 1
    stripe.account.advance(HOUR // 2)
    assert_whole(stripe, read(stripe, sent[-1], sent))
    assert len(sent) == 2


# What goes wrong.


def test_an_app_that_was_taken_away_is_said_to_be_and_tried_once(stripe: Slow) -> None:
    config, sent = config_of(stripe), list[Json]()
    app_of(stripe).uninstall()
    synced = read(stripe, config, sent)
    assert set(synced.statuses.values()) == {AirbyteStreamStatus.INCOMPLETE}
    for sentences in synced.errors.values():
        assert "does not accept the refresh token in credentials" in sentences[0]
        assert "authorize the app again" in sentences[0]
    assert sum(line.path == TOKEN for line in stripe.log) == 1
    assert sent == []
    status = source_of(stripe, sent).check(logging.getLogger("airbyte"), config)
    assert status.status is Status.FAILED
    assert "authorize the app again" in str(status.message)


def test_a_platform_that_did_not_store_the_next_token_is_told_so(stripe: Slow) -> None:
    config = config_of(stripe, access_token=None)
    kept = json.loads(json.dumps(config))
    assert read(stripe, config, []).error == ""
    synced = read(stripe, kept, [])
    assert "was used before" in synced.errors["customers"][0]
    assert "stores the configuration that this source sends it" in synced.errors["customers"][0]


def test_a_token_that_was_lost_on_the_way_is_told_from_one_that_was_used(stripe: Slow) -> None:
    app_of(stripe).answers_lost = 1
    synced = read(stripe, config_of(stripe, access_token=None), [])
    assert "the answer with the next one was lost on the way" in synced.errors["customers"][0]


def test_another_developers_key_is_said_to_be(stripe: Slow) -> None:
    synced = read(stripe, config_of(stripe, client_secret="sk_test_another", access_token=None), [])
    assert "takes the secret key of the account that the app was developed in" in synced.errors["customers"][0]


def test_an_outage_of_the_exchange_passes(stripe: Slow) -> None:
    stripe.fails_after(0)
    config, sent = config_of(stripe, access_token=None), list[Json]()
    synced = read(stripe, config, sent)
    assert "could not be reached" in synced.errors["customers"][0]
    stripe.recovers()
    assert_whole(stripe, read(stripe, config, sent))


def test_an_app_that_may_little_is_told_what_it_lacks(lived: Account) -> None:
    stripe = Slow(lived, StripeApp(lived.id, Granted({"rak_customer_read", "rak_event_read"})))
    synced = read(stripe, config_of(stripe), [])
    assert synced.statuses["customers"] is AirbyteStreamStatus.COMPLETE
    assert '"Charges and Refunds" (rak_charge_read)' in synced.errors["charges"][0]


# On the command line.


def run(stripe: Slow, tmp_path: Path, config: Json, *argv: str) -> Said:
    path = file(tmp_path, "config.json", config)
    selected = ["--catalog", file(tmp_path, "catalog.json", selecting("customers"))] if argv[0] == "read" else []
    return said([*argv, "--config", path, *selected], stripe.session, stripe.account.now)


@pytest.mark.parametrize("command", ["check", "read", "discover"])
def test_a_command_prints_the_next_tokens_in_one_message_and_nowhere_else(
    stripe: Slow, tmp_path: Path, command: str
) -> None:
    config = config_of(stripe, access_token=None) | {"unreadable_streams": "hide"}
    printed = run(stripe, tmp_path, config, command)
    assert printed.code == 0
    (sent,) = oauth_platform.stored(printed.printed)
    assert sent["credentials"]["client_id"] == config["credentials"]["client_id"]
    assert sent["credentials"]["refresh_token"] != config["credentials"]["refresh_token"]
    rest = "\n".join(line for line in printed.printed if '"CONTROL"' not in line) + printed.stderr
    for whose in (config, sent):
        for name in ("refresh_token", "access_token", "client_secret"):
            secret = str(whose["credentials"][name])
            assert secret == "None" or secret not in rest
    # What is written last is good for the next command.
    assert run(stripe, tmp_path, sent, command).code == 0
    assert app_of(stripe).exchanges == ["refresh_token"]


@pytest.fixture
def _as_it_was() -> Iterator[None]:
    """The command for people has the log to itself."""
    logger = logging.getLogger("airbyte")
    handlers, propagate = logger.handlers, logger.propagate
    yield
    logger.handlers, logger.propagate = handlers, propagate


@pytest.mark.usefixtures("_as_it_was")
def test_the_command_for_people_writes_the_next_tokens_into_the_configuration(stripe: Slow, tmp_path: Path) -> None:
    config = config_of(stripe, access_token=None)
    path = Path(file(tmp_path, "config.json", config))
    path.chmod(0o600)
    time = Time()
    runtime = Runtime(stripe.session, lambda: float(stripe.account.now), time.now, time.sleep, lambda: 0.0)
    for _ in range(2):
        argv = ["sync", "--config", str(path), "--to", str(tmp_path / "rows"), "--streams", "customers"]
        assert people.run(argv, runtime) == 0
    written = json.loads(path.read_text())
    assert written["credentials"]["refresh_token"] != config["credentials"]["refresh_token"]
    assert written["start_date"] == config["start_date"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert app_of(stripe).exchanges == ["refresh_token"]


@pytest.mark.usefixtures("_as_it_was")
def test_and_says_so_where_it_cannot(
    stripe: Slow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("source_stripe.commands.tokens.tempfile.mkstemp", full)
    config = config_of(stripe, access_token=None)
    path = file(tmp_path, "config.json", config)
    time = Time()
    runtime = Runtime(stripe.session, lambda: float(stripe.account.now), time.now, time.sleep, lambda: 0.0)
    argv = ["sync", "--config", path, "--to", str(tmp_path / "rows"), "--streams", "customers"]
    assert people.run(argv, runtime) == 0
    assert "next refresh token could not be written" in capsys.readouterr().err
    assert json.loads(Path(path).read_text()) == config
