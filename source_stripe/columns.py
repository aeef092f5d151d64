"""The columns of a stream's table: what kind of value each holds, out of its generated schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

_TIME = re.compile(
    r"(?:^|_)(?:created|updated|at|date|time|until|after|by|anchor|start|end|from|on)$"
    r"|^next_payment_attempt$|^next_pending_invoice_item_invoice$"
)
"""How Stripe calls an integer that is a time in Unix seconds."""


class Kind(Enum):
    """What a column holds."""

    TEXT = "text"
    """Ids, dates in words, everything that is a string."""
    INTEGER = "integer"
    """Counts, and amounts in the smallest unit of their currency."""
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIME = "time"
    """Unix seconds."""
    JSON = "json"
    """Objects, arrays, and what may be of several types."""


@cache
def schema(stream: str) -> Mapping[str, Any]:
    """The generated JSON schema of a stream."""
    loaded: Mapping[str, Any] = orjson.loads((files("source_stripe") / "schemas" / f"{stream}.json").read_bytes())
    return loaded


def schema_with(stream: str, added: Mapping[str, str]) -> Mapping[str, Any]:
    """The same with the fields that only an option adds, of which the JSON type is given."""
    generated = schema(stream)
    optional = {name: {"type": ["null", kind]} for name, kind in added.items()}
    return {**generated, "properties": optional | generated["properties"]}


@cache
def columns(stream: str) -> Mapping[str, Kind]:
    """The columns of a stream's table in the order of its schema."""
    return {name: kind(name, one) for name, one in schema(stream)["properties"].items()}


def kind(name: str, declared: Mapping[str, Any]) -> Kind:
    """What a property holds, by its name and its schema."""
    match [one for one in declared.get("type", ()) if one != "null"]:
        case ["string"]:
            return Kind.TEXT
        case ["integer"]:
            return Kind.TIME if _TIME.search(name) else Kind.INTEGER
        case ["number"]:
            return Kind.NUMBER
        case ["boolean"]:
            return Kind.BOOLEAN
        case _:
            return Kind.JSON
