"""A key is shown nowhere: whoever puts it wherever, and whatever answers with it."""

from __future__ import annotations

import io
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from string import ascii_letters, digits
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from integration_tests.in_process import Said, file, said, selecting
from source_stripe.config import specification


def key_of(kind: str, seed: int = 1) -> str:
    return kind + "".join(Random(f"{kind}{seed}").choices(ascii_letters + digits, k=90))


KEY, OTHER = key_of("rk_live_51", 2), key_of("sk_live_51")
FORMS: dict[str, Callable[[str], str]] = {
    "whole": str,
    "cut": lambda key: key[:40],
    "quoted": lambda key: f"Bearer%20{key}&x=1",
    "base64": lambda key: b64encode(f"{key}:".encode()).decode(),
    "base64 of a header": lambda key: b64encode(f"Authorization: Bearer {key}".encode()).decode(),
    "base64 for addresses": lambda key: urlsafe_b64encode(f"?>{key}".encode()).decode(),
    "base64 cut": lambda key: b64encode(key.encode()).decode()[:40],
    "base64 after something": lambda key: "ab" + b64encode(key.encode()).decode(),
}
OPTIONS = sorted(dict[str, Any](specification()["properties"]))  # type: ignore[call-overload]


def runs(text: str, length: int) -> set[str]:
    return {text[at : at + length] for at in range(len(text) - length + 1)}


def assert_hidden(key: str, printed: Said) -> None:
    """No twelve characters of what is secret about the key, nor sixteen of any base64 of it."""
    told = printed.stdout + printed.stderr
    assert printed.stdout.strip() or printed.stderr.strip()
    secret = key.rpartition("_")[2]
    assert not [run for run in runs(secret, 12) if run in told]
    for before in range(3):
        encoded = b64encode(b"x" * before + key.encode())[4:-4].decode()
        assert not [run for run in runs(encoded, 16) if run in told]


class Echo(BaseAdapter):
    """Whatever is asked, it answers with one text, wherever there is room for one."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes, error: Exception | None = None) -> None:
        super().__init__()
        self._status, self._headers, self._body, self._error = status, headers, body, error

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        if self._error:
            raise self._error
        raw = HTTPResponse(io.BytesIO(self._body), dict(self._headers), self._status, preload_content=False)
        response: requests.Response = HTTPAdapter().build_response(request, raw)
        return response

    def close(self) -> None:
        """Nothing is held open."""

    def session(self) -> requests.Session:
        session = requests.Session()
        session.mount("https://", self)
        return session


NOBODY = Echo(401, {}, b'{"error": {"message": "Invalid API Key provided"}}')
EVERYWHERE = ("Request-Id", "Stripe-Should-Retry", "Stripe-Rate-Limited-Reason", "Retry-After", "Date", "Location")


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("option", [*OPTIONS, "start_dat", "unheard_of"])
def test_a_key_that_was_pasted_into_any_option_is_not_shown(
    tmp_path: Path, option: str, form: Callable[[str], str]
) -> None:
    """It is another than the configured one, so that only its shape tells."""
    text = form(OTHER)
    for pasted in (text, {text: [text]}) if form is str else (text,):
        config = file(tmp_path, "config.json", {"client_secret": KEY, option: pasted})
        assert_hidden(OTHER, said(["check", "--config", config], NOBODY.session))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_key_in_the_place_of_a_name_is_not_shown(tmp_path: Path, form: Callable[[str], str]) -> None:
    text = form(OTHER)
    good = file(tmp_path, "config.json", {"client_secret": KEY})
    catalog = file(tmp_path, "catalog.json", selecting("customers"))
    for argv in (
        ["check", "--config", file(tmp_path, "named.json", {"client_secret": KEY, text: "client_secret"})],
        ["check", "--config", text],
        ["check", "--config", good, text],
        [text],
        ["read", "--config", good, "--catalog", file(tmp_path, "wrong.json", selecting(text))],
        ["read", "--config", good, "--catalog", catalog, "--state", file(tmp_path, "state.json", {text: {}})],
    ):
        assert_hidden(OTHER, said(argv, NOBODY.session))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 429])
def test_a_key_that_comes_back_is_not_shown(tmp_path: Path, status: int, form: Callable[[str], str]) -> None:
    text = form(KEY)
    error = {"code": text, "message": f"No {text} here", "param": text, "request_log_url": f"https://x/{text}"}
    config = file(tmp_path, "config.json", {"client_secret": KEY})
    catalog = file(tmp_path, "catalog.json", selecting("customers", "country_specs"))
    for body in (f"<p>{text * 300}</p>".encode(), json.dumps({"error": error | {"type": text}}).encode()):
        echo = Echo(status, dict.fromkeys(EVERYWHERE, text), body)
        for argv in (["check", "--config", config], ["read", "--debug", "--config", config, "--catalog", catalog]):
            printed = said(argv, echo.session)
            assert_hidden(KEY, printed)
            assert max(map(len, printed.stdout.splitlines())) < 20_000
            assert argv[0] == "check" or printed.code != 0


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("kind", [requests.ConnectionError, RuntimeError, KeyError, UnicodeError])
def test_a_key_in_an_exception_is_not_shown(tmp_path: Path, kind: type[Exception], form: Callable[[str], str]) -> None:
    config = file(tmp_path, "config.json", {"client_secret": KEY})
    catalog = file(tmp_path, "catalog.json", selecting("customers", "country_specs"))
    echo = Echo(200, {}, b"", kind(f"{form(KEY)} is in it"))
    for argv in (["check", "--config", config], ["read", "--config", config, "--catalog", catalog]):
        assert_hidden(KEY, said(argv, echo.session))


def test_a_key_of_no_known_shape_is_known_all_the_same(tmp_path: Path) -> None:
    key = key_of("", 5)
    config = file(tmp_path, "config.json", {"client_secret": key, "start_date": f"x{key[20:50]}"})
    assert_hidden(key, said(["check", "--config", config], NOBODY.session))
    config = file(tmp_path, "config.json", {"client_secret": key})
    echo = Echo(403, {"Request-Id": key[30:60]}, json.dumps({"error": {"message": key[5:70]}}).encode())
    assert_hidden(key, said(["check", "--config", config], echo.session))


@pytest.mark.parametrize("argv", [["check"], ["discover"], ["spec"]])
def test_every_line_is_a_message_also_for_people_who_debug(tmp_path: Path, argv: list[str]) -> None:
    files = [] if argv == ["spec"] else ["--config", file(tmp_path, "config.json", {"client_secret": KEY})]
    printed = said([*argv, "--debug", *files], NOBODY.session)
    assert {line["type"] for line in printed.lines} <= {"LOG", "SPEC", "CATALOG", "CONNECTION_STATUS"}
    assert printed.code == 0


# Every way to be let in. Catches: a secret that only the flat option is known by; tokens that came later.

ORGANIZATION, APP = key_of("sk_org_live_51"), key_of("sk_live_51App")
REFRESH, ACCESS = key_of("rt_"), key_of("", 7)
"""An access token may have any shape."""
TOKENS = {"client_secret": APP, "refresh_token": REFRESH, "access_token": ACCESS}
WAYS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "credentials": ({"credentials": {"auth_type": "api_key", "api_key": KEY}}, [KEY]),
    "of another connector": ({"credentials": {"access_token": KEY}}, [KEY]),
    "organization": ({"client_secret": ORGANIZATION, "account_id": "acct_1"}, [ORGANIZATION]),
    "app": ({"credentials": {"auth_type": "oauth", "client_id": "ca_1", **TOKENS}}, list(TOKENS.values())),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("way", WAYS)
def test_no_secret_is_shown_whatever_the_way_to_be_let_in(tmp_path: Path, way: str, form: Callable[[str], str]) -> None:
    given, secrets = WAYS[way]
    config = file(tmp_path, "config.json", given)
    catalog = file(tmp_path, "catalog.json", selecting("customers", "country_specs"))
    text = " and ".join(form(secret) for secret in secrets)
    said_of = {"message": f"No {text} here", "code": text, "request_log_url": f"https://x/{text}"}
    oauth = {"error": text, "error_description": f"Refresh token {text} does not exist"}
    for status, body in ((401, {"error": said_of}), (400, oauth)):
        echo = Echo(status, dict.fromkeys(EVERYWHERE, text), json.dumps(body).encode())
        for argv in (["check", "--config", config], ["read", "--config", config, "--catalog", catalog]):
            printed = said(argv, echo.session)
            for secret in secrets:
                assert_hidden(secret, printed)


@pytest.mark.parametrize("field", ["auth_type", "api_key", "client_id", "token_expiry_date", "unheard_of"])
def test_a_key_that_was_pasted_into_any_field_of_the_credentials_is_not_shown(tmp_path: Path, field: str) -> None:
    app = {"auth_type": "oauth", "client_id": "ca_1", **TOKENS}
    for pasted in (OTHER, [OTHER], {OTHER: OTHER}):
        config = file(tmp_path, "config.json", {"credentials": {**app, field: pasted}})
        assert_hidden(OTHER, said(["check", "--config", config], NOBODY.session))


class Exchanging(Echo):
    """Gives new tokens, and repeats them ever after."""

    def __init__(self, tokens: Mapping[str, str]) -> None:
        super().__init__(200, {}, json.dumps(tokens).encode())
        self._after = json.dumps({"error": {"message": f"{tokens['access_token']} {tokens['refresh_token']}"}}).encode()

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        if request.method != "POST":
            return Echo(403, {"Request-Id": "req_1"}, self._after).send(request)
        return super().send(request)


def test_tokens_that_came_later_are_shown_in_their_own_message_alone(tmp_path: Path) -> None:
    tokens = {"access_token": key_of("", 11), "refresh_token": key_of("rt_", 12)}
    app = {"auth_type": "oauth", "client_id": "ca_1", "client_secret": APP, "refresh_token": REFRESH}
    config = file(tmp_path, "config.json", {"credentials": app})
    catalog = file(tmp_path, "catalog.json", selecting("customers"))
    for argv in (["check", "--config", config], ["read", "--debug", "--config", config, "--catalog", catalog]):
        printed = said(argv, Exchanging(tokens).session)
        told = [line for line in printed.printed if '"CONTROL"' in line]
        assert len(told) == 1
        assert tokens["refresh_token"] in told[0]
        rest = "\n".join(line for line in printed.printed if line not in told)
        for secret in (*tokens.values(), APP, REFRESH):
            assert_hidden(secret, Said(printed.code, rest, printed.stderr))
