"""What Stripe's own SDK would send: its resource classes are called with the parameters of a request, and what they
send is taken down in place of being sent."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import stripe
from stripe import HTTPClient

from tools.sdk import PACKAGE, installed

Pairs = list[tuple[str, str]]


class _Noted(Exception):
    """A request, in place of its answer."""

    def __init__(self, url: str) -> None:
        self.url = url


class _Notes(HTTPClient):
    name = "notes"

    def request_with_retries(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        post_data: Any = None,
        max_network_retries: int | None = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        raise _Noted(url)


def sent(path: str, query: Pairs) -> tuple[str, Pairs]:
    """The path and the query that the SDK sends where it is asked for the same. Raises LookupError for an address that
    none of its resource classes reads, and TypeError for parameters that they do not take."""
    service, method, ids, taken = _method(path)
    params = _params(query)
    if unknown := {_anonymous(name) for name, _ in query} - taken:
        raise TypeError(f"{path} takes no {sorted(unknown)}")
    client = stripe.StripeClient("sk_test_1", http_client=_Notes())
    try:
        getattr(service(client._requestor), method)(*ids, params)
    except _Noted as noted:
        parts = urlsplit(noted.url)
        return unquote(parts.path), parse_qsl(parts.query, keep_blank_values=True)
    raise LookupError(path)


def _method(path: str) -> tuple[Any, str, list[str], frozenset[str]]:
    """The class and the method that read a path, the ids in it, and the parameters that it takes."""
    sdk = installed()
    for file in sorted((sdk.library.folder / "v2").rglob("_*_service.py")):
        name = ".".join((PACKAGE, *file.relative_to(sdk.library.folder).with_suffix("").parts))
        for definition in sdk.library.module(name).definitions.values():
            for node in (one for one in definition.node.body if isinstance(one, ast.FunctionDef)):
                for template in _templates(node):
                    pattern = re.sub(r"\\{\w+\\}", "([^/]+)", re.escape(template))
                    if found := re.fullmatch(pattern, path):
                        endpoint = next(one for one in sdk.endpoints if one.path == re.sub(r"{\w+}", "{}", template))
                        service = getattr(import_module(name), definition.name)
                        return service, node.name, [*found.groups()], endpoint.written
    raise LookupError(path)


def _templates(method: ast.FunctionDef) -> list[str]:
    """The paths that a method gets."""
    calls = [node for node in ast.walk(method) if isinstance(node, ast.Call) and node.args]
    gets = [call for call in calls if isinstance(call.args[0], ast.Constant) and call.args[0].value == "get"]
    constants = [node.value for call in gets for node in ast.walk(call.args[1]) if isinstance(node, ast.Constant)]
    return [value for value in constants if isinstance(value, str) and value.startswith("/v2/")]


def _anonymous(name: str) -> str:
    return re.sub(r"\[\d+]", "[]", name)


def _params(query: Pairs) -> Mapping[str, Any]:
    """A query as the values of Python that it stands for: `created[gte]` as a dictionary, `types[0]` as a list."""
    params: dict[str, Any] = {}
    for name, value in query:
        head, _, inner = name.partition("[")
        inner = inner.rstrip("]")
        if inner.isdigit():
            params.setdefault(head, []).append(value)
        elif inner:
            params.setdefault(head, {})[inner] = value
        else:
            params[head] = {"true": True, "false": False}.get(value, int(value) if value.isdigit() else value)
    return params
