"""How far the records that are out have come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from source_stripe.state.memory import MemoryDelta
from source_stripe.state.position import PartlyOut
from source_stripe.windows import Wanted, Window


class Partly(NamedTuple):
    """What is out of windows of changes that are not read to their end."""

    out: PartlyOut
    events: Mapping[str, int]
    """The events of the last minutes of which all is out, with their time."""


class Checkpoint(NamedTuple):
    """Between records: what is out once all that came before is."""

    scan: int
    delta: MemoryDelta
    closed: Window | None = None
    """A window that is read to its end."""
    rest: Wanted | None = None
    """What is left of a window, and where to go on in it."""
    partly: Partly | None = None
