"""How the laws of the sandbox ask it, as a client of Stripe would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests

from integration_tests.sandbox import FULL_KEY, Account, Sandbox
from integration_tests.sandbox.world.facts import API_VERSION

Json = dict[str, Any]
Get = Callable[..., requests.Response]
NOW = 1_790_000_000
DAY = 86_400


def getting(sandbox: Sandbox, key: str = FULL_KEY) -> Get:
    session = sandbox.session()

    def get(path: str, headers: dict[str, str] | None = None, **params: object) -> requests.Response:
        asked = {name.replace("__", "[") + "]" if "__" in name else name: value for name, value in params.items()}
        asked = {f"{name}[]" if isinstance(value, list) else name: value for name, value in asked.items()}
        auth = {"Authorization": f"Bearer {key}", "Stripe-Version": API_VERSION, **(headers or {})}
        return session.get(f"https://api.stripe.com{path}", params=asked, headers=auth)  # type: ignore[arg-type]

    return get


def error(response: requests.Response) -> tuple[int, str | None, str | None]:
    body = response.json()["error"]
    return response.status_code, body.get("code"), body.get("param")


def events(account: Account, *patterns: str) -> list[Json]:
    return [event for pattern in patterns for event in account.rows("/v1/events", type=pattern)]


def types(account: Account) -> set[str]:
    return {event["type"] for event in account.rows("/v1/events")}


@contextmanager
def new_types(account: Account) -> Iterator[set[str]]:
    """The types of the events that come up inside."""
    before = {event["id"] for event in account.rows("/v1/events")}
    found: set[str] = set()
    yield found
    found |= {event["type"] for event in account.rows("/v1/events") if event["id"] not in before}
