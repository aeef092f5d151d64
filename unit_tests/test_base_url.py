"""A key goes to Stripe, or where the operator of the process says, and nowhere in the clear."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy

from source_stripe.runtime import Runtime
from source_stripe.stripe.base_url import VARIABLE, api_base, is_loopback
from source_stripe.stripe.http import Http, Request
from source_stripe.stripe.key import Key


@pytest.mark.parametrize(
    ("value", "base"),
    [
        ("", "https://api.stripe.com"),
        ("https://proxy.example/stripe/", "https://proxy.example/stripe"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:12111", "http://localhost:12111"),
        ("http://[::1]:80", "http://[::1]:80"),
    ],
)
def test_https_and_loopback_addresses_are_taken(monkeypatch: pytest.MonkeyPatch, value: str, base: str) -> None:
    monkeypatch.setenv(VARIABLE, value)
    assert api_base() == base


@pytest.mark.parametrize(
    ("base", "here"),
    [
        ("http://127.0.0.1:8080", True),
        ("https://127.1.2.3/x", True),
        ("http://localhost", True),
        ("http://[::1]:80", True),
        ("https://api.stripe.com", False),
        ("https://localhost.example.com", False),
        ("https://10.0.0.1", False),
    ],
)
def test_this_machine_is_told_from_others(base: str, here: bool) -> None:
    assert is_loopback(base) is here


class Watched(HTTPAdapter):
    """Notes through which proxies it is to go."""

    def __init__(self) -> None:
        super().__init__()
        self.proxies: Mapping[str, str] = {}

    def send(self, *_: object, proxies: Mapping[str, str], **__: object) -> requests.Response:  # type: ignore[override]
        self.proxies = proxies
        raise requests.ConnectionError


@pytest.mark.parametrize("name", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("base", ["http://127.0.0.1:9", "https://127.0.0.1:9", "https://api.stripe.com"])
def test_the_way_to_this_machine_leads_through_no_proxy(monkeypatch: pytest.MonkeyPatch, name: str, base: str) -> None:
    for other in ("NO_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(other, raising=False)
        monkeypatch.delenv(other.lower(), raising=False)
    monkeypatch.setenv(name, "http://proxy.invalid:8080")
    session, adapter = requests.Session(), Watched()
    session.mount(base, adapter)
    Http(base, Key("sk_test_1"), Runtime(lambda: session), 1).get(Request("/v1/account"))
    assert bool(select_proxy(base, adapter.proxies)) is ("api.stripe.com" in base and name != "HTTP_PROXY")


@pytest.mark.parametrize(
    "value",
    [
        "http://api.stripe.com",
        "http://10.0.0.1",
        "http://localhost.example.com",
        "http://127.0.0.1@example.com",
        "https://user:word@example.com",
        "ftp://127.0.0.1",
        "https://",
        "https://example.com?a=b",
        "http://[::1",
        "nonsense",
    ],
)
def test_other_addresses_are_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(VARIABLE, value)
    with pytest.raises(ValueError, match=VARIABLE):
        api_base()
