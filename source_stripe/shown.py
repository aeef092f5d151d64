"""What of a file's content may stand in a sentence: little of it, and never a key. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST = 60
MOST = 8
_KEY = re.compile(r"(?<![A-Za-z0-9])(sk|rk|pk|ek|whsec)_[\w-]+")
"""Stripe's keys and secrets by their first letters: https://docs.stripe.com/keys."""


def masked(text: str) -> str:
    """The text without anything that looks like a key of Stripe's."""
    return _KEY.sub(r"\1_***", text)


def shown(value: object) -> str:
    """A name or a value, cut when it is long; texts other than plain names in quotes."""
    text = value if isinstance(value, str) and re.fullmatch(r"[\w.-]+", value) else repr(value)
    text = masked(text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def listed(names: Iterable[str]) -> str:
    """Several names, the first few of many."""
    every = list(names)
    more = f" and {len(every) - MOST} more" if len(every) > MOST else ""
    return ", ".join(shown(name) for name in every[:MOST]) + more
