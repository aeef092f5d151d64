"""Values that nobody expects, of every JSON type, and files that hold them."""

from __future__ import annotations

import codecs
import json
import random
from collections.abc import Collection
from pathlib import Path
from typing import Any

Json = Any

KEYS = (
    "sk_live_51HqYx7LkEw9TzPb3mVnRc8Ua2Jd6Fs0GoIiXtQeWyMhNlKpBvCzAr4Du5Sg",
    "rk_test_51NbV2cXz8LkJhGf4Ds7Aq9Po3Iu6Yt1Re5Wm0QnCvBxMzKlHjTgYrFePwUs",
)
"""Keys that are given where none belongs."""
RAW = (
    "1e400",
    "-1e999",
    "NaN",
    "-Infinity",
    "9" * 5_000,
    "9" * 25,
    "-9223372036854775809",
    "1E-400",
    "[" * 100_000 + "]" * 100_000,
    '{"a":' * 3_000 + "1" + "}" * 3_000,
    "[" * 90 + "]" * 90,
    '"\\ud800"',
    '"a\\udfffb"',
    '"\\u0000"',
    '{"a": 1, "a": 2}',
    "01",
    "tru",
    "'x'",
    "",
)
"""What cannot be written as a Python value, some of it no JSON."""
_MARK = "@raw%d@"


def plain(rng: random.Random) -> Json:
    """A value of some JSON type, which Python can write."""
    key = rng.choice(KEYS)
    return rng.choice(
        (
            None,
            True,
            False,
            0,
            -1,
            1,
            5,
            1 << 31,
            1 << 63,
            -(1 << 70),
            10**30,
            0.5,
            -0.0,
            1e308,
            "",
            " ",
            "x",
            "5",
            "-5",
            "0x10",
            "true",
            "null",
            "ü☃\U0001f600",
            "a\x00b\x07\x1b[31m\r\n\t",
            "\ud800",
            "\u202e\u2028\ufeff",
            "x" * 20_000,
            "%s %d {0} {x} ${HOME} <b>",
            "../../etc/passwd",
            key,
            f"Bearer {key}",
            key[:40],
            f" {key}\n",
            [],
            [1, [2, [3]]],
            [key],
            {},
            {"a": {"b": [None]}},
            {key: key},
            {"": ""},
            [{}] * 50,
        )
    )


def odd(rng: random.Random) -> Json:
    """A value for `written`, which may stand for one of RAW."""
    return _MARK % rng.randrange(len(RAW)) if rng.random() < 0.15 else plain(rng)


def written(value: Json, rng: random.Random) -> str:
    """As JSON, or nearly so."""
    text = json.dumps(value, ensure_ascii=rng.random() < 0.7, indent=rng.choice((None, None, 2)))
    for number, raw in enumerate(RAW):
        text = text.replace(json.dumps(_MARK % number), raw)
    return text


def is_sound(value: Json) -> bool:
    """Whether Python reads what is written of it as the same value, so that it can be told what it means."""
    text = json.dumps(value)
    return "@raw" not in text and "\\ud800" not in text


def encoded(text: str, rng: random.Random) -> tuple[bytes, bool]:
    """The bytes of a file, and whether these still are the text."""
    whole = text.encode("utf-8", "surrogatepass")
    match rng.randrange(24):
        case 0:
            return codecs.BOM_UTF8 + whole, True
        case 1:
            return text.encode("utf-16", "surrogatepass"), True
        case 2:
            return text.encode(rng.choice(("utf-16-le", "utf-16-be", "utf-32")), "surrogatepass"), True
        case 3 if whole:
            return whole[: rng.randrange(len(whole))], False
        case 4:
            return whole + rng.choice((b"}", b"]", b",", b"x", b"\x00", b"\n{}", b"\n" + whole)), False
        case 5 if whole:
            at = rng.randrange(len(whole))
            return whole[:at] + bytes([rng.randrange(256)]) + whole[at + 1 :], False
        case 6:
            return rng.choice((b"", b"\n", b"\x00", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, b"\xff", b"null")), False
        case 7:
            return rng.choice((b"[]", b"5", b'"x"', b"true", b"[" + whole + b"]", b"[" * 100_000)), False
        case 8:
            return rng.randbytes(rng.randrange(1, 300)), False
        case 9:
            return text.encode("latin-1", "replace"), text.isascii()
    return whole, True


def placed(directory: Path, content: bytes, rng: random.Random) -> tuple[str, bool]:
    """The path of a file with the content, or of something else; and whether it is that file."""
    path = directory / "given.json"
    path.write_bytes(content)
    match rng.randrange(40):
        case 0:
            return str(directory), False
        case 1:
            return str(directory / "missing.json"), False
        case 2:
            return rng.choice(
                ("", " ", "/dev/null", "x" * 5_000, "a\x00b", "\ud800", "\udcff", rng.choice(KEYS))
            ), False
        case 3 if content and b"\x00" not in content[:500]:
            return content[:500].decode("latin-1").lstrip("-"), False
        case 4:
            return str(path / "below"), False
    return str(path), True


def damaged(value: Json, rng: random.Random, names: Collection[str] = ()) -> Json:
    """A copy of which one thing, at any depth, is taken out, doubled, misspelt or replaced; often one of `names`."""
    places = [(holder, key) for holder, key in _places(value)]
    if rng.random() < 0.5:
        places = [(holder, key) for holder, key in places if key in names] or places
    if not places or rng.random() < 0.03:
        return odd(rng)
    at = rng.choice(places)
    return _changed(value, at[0], at[1], rng)


def _places(value: Json) -> list[tuple[Json, Json]]:
    found: list[tuple[Json, Json]] = []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in items:
        found.append((value, key))
        found += _places(one)
    return found


def _changed(value: Json, holder: Json, key: Json, rng: random.Random) -> Json:
    """The value, copied, with another at one place."""
    if value is holder:
        return _elsewise(value, key, rng)
    if isinstance(value, dict):
        return {name: _changed(one, holder, key, rng) for name, one in value.items()}
    if isinstance(value, list):
        return [_changed(one, holder, key, rng) for one in value]
    return value


def _elsewise(holder: Json, key: Json, rng: random.Random) -> Json:
    changed = holder.copy()
    how = rng.choice(("replaced", "replaced", "replaced", "taken out", "misspelt", "put into a list", "put in twice"))
    match how:
        case "taken out":
            del changed[key]
        case "misspelt" if isinstance(changed, dict):
            at = rng.randrange(len(key) + 1)
            changed[rng.choice((key[:at] + "x" + key[at + 1 :], key.upper(), f" {key}", ""))] = changed.pop(key)
        case "put into a list":
            changed[key] = rng.choice(([changed[key]], {"a": changed[key]}, [[]]))
        case "put in twice" if isinstance(changed, list):
            changed.insert(rng.randrange(len(changed) + 1), changed[key])
        case _:
            changed[key] = odd(rng)
    return changed
