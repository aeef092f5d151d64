"""JSON, read and written fast; slowly what the fast way refuses or bends: lone surrogates, integers beyond 64 bits."""

from __future__ import annotations

import json
import math
import re
import sys
from typing import Any

import orjson

_DIGITS = 19
"""From so many on an integer may be beyond 64 bits, which orjson reads as a float."""
_LONG_NUMBER = re.compile(rb"[0-9]{%d}" % _DIGITS)
_STRIDES = (6, 32), (2, sys.maxsize)
"""Of so many bytes one is looked at: three digits, or nine, then stand in a row wherever so many do. Where the first
finds more places than its number, as ids may be of many digits, the second goes on."""
_ZEROS = bytes(ord("0") if ord("0") <= byte <= ord("9") else byte for byte in range(256))
"""Every digit as a zero."""
_SURROGATE = re.compile(r"[\ud800-\udfff]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def loads(body: bytes) -> Any:
    """What a JSON text says. A lone surrogate, or a byte that is not UTF-8, becomes U+FFFD; NaN and infinity become
    None. Raises ValueError where it is no JSON."""
    if not _has_long_number(body):
        try:
            return orjson.loads(body)
        except ValueError:
            pass
    try:
        return _clean(json.loads(body.decode("utf-8", "replace")))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _has_long_number(body: bytes) -> bool:
    """Whether so many digits stand in a row. Every sixth byte tells nearly as much, in a fraction of the time: this is
    asked of every page, and a pattern would take longer than orjson does."""
    start = 0
    for stride, most in _STRIDES:
        count = _DIGITS // stride
        sample, row, at = body[start::stride].translate(_ZEROS), b"0" * count, -1
        for _ in range(most):
            at = sample.find(row, at + 1)
            if at < 0:
                return False
            first = start + stride * at
            # What lies between is seldom digits too, and what follows may hold thousands of numbers of thirteen digits.
            are_digits = body[first : first + stride * (count - 1) + 1].isdigit()
            if are_digits and _LONG_NUMBER.search(body, max(0, first - stride), first + _DIGITS):
                return True
        start += stride * at
    return False


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
