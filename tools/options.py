"""Writes the table of options, from the specification."""

from __future__ import annotations

from source_stripe.config import specification
from tools.markdown import NONE, table


def options() -> str:
    spec = specification()
    properties, required = spec["properties"], spec["required"]
    if not isinstance(properties, dict) or not isinstance(required, list):
        raise ValueError("the specification is not a JSON schema of an object")
    rows = sorted(properties.items(), key=lambda item: int(item[1]["order"]))
    return table(
        ("Option", "Default", "Meaning"),
        (
            (f"`{name}`", _default(name, required, one.get("default")), f"{one['title']}. {one['description']}")
            for name, one in rows
        ),
    )


def _default(name: str, required: list[str], default: object) -> str:
    if name in ("credentials", "client_secret"):
        return "either of them"
    return "required" if name in required else NONE if default in (None, "") else f"`{default}`"
