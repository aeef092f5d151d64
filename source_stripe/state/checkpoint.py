"""How far the records that are out have come."""

from __future__ import annotations

from typing import NamedTuple

from source_stripe.state.memory import MemoryDelta
from source_stripe.windows import Wanted, Window


class Checkpoint(NamedTuple):
    """Between records: what is out once all that came before is."""

    scan: int
    delta: MemoryDelta
    closed: Window | None = None
    """A window that is read to its end."""
    rest: Wanted | None = None
    """What is left of a window, and where to go on in it."""
