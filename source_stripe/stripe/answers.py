"""What an answer must be to count as one: a list, or the object that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Object = dict[str, Any]
"""A JSON object."""

Expected = Callable[[Object], str]
"""What is wrong with the body of an answer, in a few words; nothing where it is what was asked for."""


def anything(_: Object) -> str:
    """Expects a JSON object, whatever it is."""
    return ""


def a_list(body: Object) -> str:
    """Expects a page of a list: https://docs.stripe.com/api/pagination."""
    data = body.get("data")
    if body.get("object") != "list" or not isinstance(data, list) or not isinstance(body.get("has_more"), bool):
        return _error(body) or "it is not a list"
    return "" if {*map(type, data)} <= {dict} else "it is not a list of objects"


def a_linked_list(body: Object) -> str:
    """Expects a page of a list of API v2: https://docs.stripe.com/api-v2-overview#list-pagination."""
    data = body.get("data")
    if not isinstance(data, list) or not isinstance(body.get("next_page_url", 0), str | None):
        return _error(body) or "it is not a list of API v2"
    return "" if {*map(type, data)} <= {dict} else "it is not a list of objects"


def an_object(tag: str = "", key: str = "") -> Expected:
    """Expects one object, of that tag and with that id where they are given."""

    def wrong(body: Object) -> str:
        is_one = isinstance(body.get("object"), str) and body["object"] in (tag, tag or body["object"])
        if not is_one or (key and body.get("id") != key):
            return _error(body) or f"it is not {'the' if key else 'an'} object that was asked for"
        return ""

    return wrong


def _error(body: Object) -> str:
    """Some answer with an error and the status of a success."""
    error = body.get("error")
    said = error.get("message") if isinstance(error, dict) else error
    return f"it is an error, {str(said)[:200]}" if error else ""
