"""How far the records that are out have come."""

from __future__ import annotations

from typing import NamedTuple

from source_stripe.state.memory import Notes
from source_stripe.windows import Wanted, Window


class Mark(NamedTuple):
    """Between records: what is out once all that came before is."""

    chain: int
    notes: Notes
    closed: Window | None = None
    """A window that is read to its end."""
    rest: Wanted | None = None
    """What is left of a window, and where to go on in it."""
