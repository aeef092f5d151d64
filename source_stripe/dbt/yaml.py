"""Writes YAML: every text is quoted as in JSON, which YAML reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

Value = str | int | bool | list["Value"] | dict[str, "Value"]


def text(value: Value) -> str:
    return "\n".join(_lines(value, "")) + "\n"


def _lines(value: Value, indent: str) -> Iterator[str]:
    match value:
        case dict():
            for name, member in value.items():
                if isinstance(member, dict | list) and member:
                    yield f"{indent}{name}:"
                    yield from _lines(member, indent + "  ")
                else:
                    yield f"{indent}{name}: {_plain(member)}"
        case list():
            for member in value:
                if isinstance(member, dict | list) and member:
                    first, *others = _lines(member, indent + "  ")
                    yield f"{indent}- {first.lstrip()}"
                    yield from others
                else:
                    yield f"{indent}- {_plain(member)}"
        case _:
            yield f"{indent}{_plain(value)}"


def _plain(value: Value) -> str:
    if isinstance(value, str) and re.fullmatch(r"[a-z_][a-z0-9_]*", value) and value not in ("true", "false", "null"):
        return "'" + value + "'" if value in ("yes", "no", "on", "off", "y", "n", "end", "start") else value
    return json.dumps(value, ensure_ascii=False)
