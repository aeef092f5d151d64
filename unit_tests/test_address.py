"""A key goes to Stripe, or where the operator of the process says, and nowhere in the clear."""

from __future__ import annotations

import pytest

from source_stripe.address import VARIABLE, api_base


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
