"""JSON, read and written fast; slowly what the fast way refuses or bends: lone surrogates, integers beyond 64 bits."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import orjson

_LONG_INTEGER = re.compile(rb'": ?-?[0-9]{19}')
"""The value of a field with so many digits that it may be beyond 64 bits, which orjson reads as a float."""
_SURROGATE = re.compile(r"[\ud800-\udfff]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def loads(body: bytes) -> Any:
    """What a JSON text says. A lone surrogate, or a byte that is not UTF-8, becomes U+FFFD; NaN and infinity become
    None. Raises ValueError where it is no JSON."""
    if not _LONG_INTEGER.search(body):
        try:
            return orjson.loads(body)
        except ValueError:
            pass
    try:
        return _clean(json.loads(body.decode("utf-8", "replace")))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def dumps(value: Any, *, sort_keys: bool = False) -> bytes:
    """A value as compact JSON in UTF-8; what JSON has no word for, as `loads` has it."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS) if sort_keys else orjson.dumps(value)
    except TypeError:
        return json.dumps(_clean(value), ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys).encode()


def _clean(value: Any) -> Any:
    match value:
        case str():
            return _SURROGATE.sub(REPLACEMENT, value)
        case float():
            return value if math.isfinite(value) else None
        case list():
            return [_clean(one) for one in value]
        case dict():
            return {_clean(name): _clean(one) for name, one in value.items()}
        case _:
            return value
