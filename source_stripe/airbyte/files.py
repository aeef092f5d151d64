"""The files of the command line as JSON values, or one sentence on why a file is none.

A file may be a pipe, begin with a byte order mark (as what PowerShell redirects does), and hold several values one
after another, as the output of a connector does, a message a line.
"""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, TextIO

from source_stripe.masking import masked
from source_stripe.wording import shown

DEEPEST = 100
"""How deep values may stand in each other; beyond that, Python's own stack gives way somewhere later."""
RECORDS = ('{"type":"RECORD"', '{"type": "RECORD"')
"""How the lines begin that are most of a connector's output. They are left out unread."""
NO_PATH = "has to be in a file, whose path is given."
TOO_DEEP = "is nested too deep."
TOO_LARGE = "holds a number that is too large."
CUT = object()
"""Stands for a last line that breaks off, as whoever wrote it was stopped."""


class Unusable(ValueError):
    """What was given cannot be used: `str()` of it goes on from "The state" or "The catalogue x.json".

    It says what is wrong and what can be done, and shows no more of the content than short names.
    """


def titled(what: str, path: str) -> str:
    """A file as the subject of a sentence; what is no path, but the content itself, is not shown."""
    return f"The {what} {masked(path)}" if path and not _is_json(path) else f"The {what}"


def one(path: str) -> object:
    """The single value of a file. Raises Unusable."""
    match [*many(path)]:
        case [value] if value is not CUT:
            return value
        case []:
            raise Unusable("is empty.")
        case _:
            raise Unusable("holds several JSON values, one after another.")


def many(path: str) -> Iterator[object]:
    """The values of a file in order, without records. Raises Unusable.

    After whole lines, `CUT` stands for a last one that is not whole. It takes the memory of a line, unless a value
    goes over several lines, or the file is a pipe.
    """
    if not path:
        raise Unusable(NO_PATH)
    try:
        with Path(path).open("rb") as file, _text(file) as text:
            yield from _values(text)
    except OSError as error:
        raise Unusable(NO_PATH if _is_json(path) else f"cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Unusable("is not UTF-8 text.") from None
    except Unusable:
        raise
    except ValueError:  # a path with characters that no path has
        raise Unusable(NO_PATH) from None
    except RecursionError:
        raise Unusable(TOO_DEEP) from None


def _is_json(path: str) -> bool:
    return path.lstrip()[:1] in ("{", "[")


def _text(file: BinaryIO) -> TextIO:
    head = file.read(4)
    if file.seekable():
        file.seek(0)
    else:
        file = io.BytesIO(head + file.read())
    return io.TextIOWrapper(file, encoding=json.detect_encoding(head))


def _values(lines: TextIO) -> Iterator[object]:
    """A value ends with its line; from the first one on that does not, all the rest is taken together."""
    seen = False
    for before, line in enumerate(lines):
        if line.startswith(RECORDS):
            seen = True
            continue
        text = line
        try:
            values = _parsed(text)
        except json.JSONDecodeError as error:
            # Where the line is only not all of it, nothing in it is wrong yet.
            text += lines.read() if error.pos >= len(line.rstrip()) else ""
            breaks_off = seen and text == line and not line.endswith("\n")
            values = [CUT] if breaks_off else _parsed_at(text, before)
        yield from values
        seen = seen or bool(values)


def _parsed_at(text: str, before: int) -> list[object]:
    """As `_parsed`, for a text with so many lines before it; what is wrong is told by its place, not by its content."""
    try:
        return _parsed(text)
    except json.JSONDecodeError as error:
        raise Unusable(f"is not JSON: {error.msg} (line {before + error.lineno}, column {error.colno}).") from None


def _parsed(text: str) -> list[object]:
    """The values of a text, one after another. Raises JSONDecodeError, or Unusable where only the form is JSON's."""
    values: list[object] = []
    at = _after_blanks(text, 0)
    while at < len(text):
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (json.JSONDecodeError, Unusable):
            raise
        except ValueError:  # Python makes no number of more than 4,300 digits
            raise Unusable(TOO_LARGE) from None
        values.append(value)
        at = _after_blanks(text, at)
    _check(values, suspicious=_SUSPICIOUS.search(text) is not None)
    return values


def _after_blanks(text: str, at: int) -> int:
    blanks = _BLANKS.match(text, at)
    return blanks.end() if blanks else at


def _check(values: list[object], *, suspicious: bool) -> None:
    """Raises Unusable for what would break something later: what is too deep or too large, and half characters."""
    level: list[object] = [values]
    depth = -1
    while level:
        depth += 1
        if depth > DEEPEST:
            raise Unusable(TOO_DEEP)
        objects = [one for one in level if isinstance(one, dict)]
        inner = [value for one in objects for value in one.values()]
        inner += [value for one in level if isinstance(one, list) for value in one]
        if suspicious:
            texts = [*(one for one in inner if isinstance(one, str)), *(name for one in objects for name in one)]
            if any(_SURROGATE.search(text) for text in texts):
                raise Unusable("holds half of a character, which is no text.")
            if any(isinstance(one, int) and abs(one) >= 1 << 63 for one in inner):
                raise Unusable(TOO_LARGE)
        level = inner


def _object(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    # PyAirbyte writes an empty part of a state message twice.
    if twice := next((name for name, value in pairs if made[name] != value), None):
        raise Unusable(f"holds {shown(twice)} twice in one object, with different values.")
    return made


def _decimal(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Unusable(TOO_LARGE)
    return number


def _no_number(name: str) -> object:
    raise Unusable(f"holds {name}, which is not JSON.")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_decimal, parse_constant=_no_number)
_BLANKS = re.compile(r"[ \t\r\n]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SUSPICIOUS = re.compile(r"\\u[dD][89a-fA-F]|[0-9]{19}")
"""How a half character begins where it is written out, and a number that may be too large."""
