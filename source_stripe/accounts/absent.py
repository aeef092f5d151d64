"""What an account cannot have, as it has not enabled the product: asked for again now and then. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FIELD = "absent"


def absent(until: int) -> dict[str, int]:
    """The state of a stream that an account was known to lack at that second."""
    return {FIELD: until}


def absent_until(state: Mapping[str, Any] | None) -> int | None:
    """The second at which an account was known to lack a stream; None where its state says nothing of it."""
    until = state.get(FIELD) if state else None
    return until if type(until) is int else None
