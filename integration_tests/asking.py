"""How the laws of the sandbox ask it, as a client of Stripe would."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests

from integration_tests.sandbox import FULL_KEY, Account, Sandbox
from integration_tests.sandbox.objects.registry import RESOURCES
from integration_tests.sandbox.world.facts import API_VERSION, ENDPOINTS, Endpoint

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


NEEDED = {"/v1/billing/credit_balance_transactions": "customer"}
"""What must be given although the reference calls it optional."""


def paths(account: Account) -> Iterator[tuple[str, dict[str, str]]]:
    """Every list endpoint, those of an object for the three objects of which there is most."""
    for path, endpoint in ENDPOINTS.items():
        row = RESOURCES.get(endpoint.objects[0])
        needs_owner = endpoint.required or path in NEEDED
        owner = endpoint.owner or NEEDED.get(path) or (row.owner if row and needs_owner else "")
        if row is None or (owner and owner not in RESOURCES):
            continue
        asked = [_asked(path, endpoint, body) for body in (account.objects(owner) if owner else [{}])]
        listed = [(len(account.rows(path, **params)), path, params) for path, params in asked if all(params.values())]
        listed.sort(key=lambda one: -one[0])
        yield from ((path, params) for rows, path, params in listed[:3] if rows or not owner)


def _asked(path: str, endpoint: Endpoint, owner: Json) -> tuple[str, dict[str, str]]:
    """The address of an owner's list and what it must be asked with."""
    known: dict[str, str] = {"type": "performance", "ownership": owner.get("ownership") or ""}
    needed = {*endpoint.required, *([NEEDED[path]] if path in NEEDED else [])}
    params = {name: known[name] if name in known else str(owner["id"]) for name in needed}
    return re.sub(r"\{\w+\}", owner.get("id", ""), path), params


def endpoint_of(path: str) -> str:
    return next(known for known in ENDPOINTS if _matches(known.split("/"), path.split("/")))


def _matches(known: list[str], given: list[str]) -> bool:
    pairs = list(zip(known, given, strict=False))
    return len(known) == len(given) and all(name == part or name.startswith("{") for name, part in pairs)
