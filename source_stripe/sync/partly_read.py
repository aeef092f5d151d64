"""What of the changes of a batch is out while the rest is still being read."""

from __future__ import annotations

from collections.abc import Sequence

from source_stripe.changes.anchors import Anchors
from source_stripe.changes.change import ObjectChange
from source_stripe.declaration.origins import Events
from source_stripe.declaration.resource import Route
from source_stripe.state.checkpoint import Checkpoint, Partly
from source_stripe.state.memory import LOOKBACK_SECONDS, MemoryDelta
from source_stripe.state.position import PartlyOut
from source_stripe.windows import Window, gaps, merge


class PartlyRead:
    """The routes of a batch, one after another. A sync that is cut goes on from the last of its checkpoints.

    An object that is read again is as it was after all events of the batch, so that none of these is owed any more, nor
    one that becomes visible later. Of the last ten minutes the events are named.
    """

    def __init__(self, windows: tuple[Window, ...], end: int, routes: Sequence[Route[Events]]) -> None:
        """`windows` are what the batch closes, and `end` is the second at which the sync ends."""
        self._recent_from, self._routes = end - LOOKBACK_SECONDS, routes
        later = Window(self._recent_from, max(end, self._recent_from))
        self._windows = merge(part for window in windows for part in gaps(window, [later]))
        self._created: dict[str, tuple[Window, ...]] = {}
        self._events: dict[str, int] = {}

    def is_out(self, route: int, anchors: Anchors, key: str, change: ObjectChange) -> None:
        """All that is to be taken from an object goes out before the next checkpoint."""
        anchors.is_out(key)
        # What an event tells by an earlier route is out by then.
        if route == len(self._routes) - 1:
            told = zip(change.event_ids, change.times, strict=True)
            self._events.update((event_id, at) for event_id, at in told if at >= self._recent_from)

    def checkpoint(self, route: int, anchors: Anchors, delta: MemoryDelta) -> Checkpoint:
        """For all that is out so far."""
        self._created[self._routes[route].origin.retrieve] = anchors.out
        created = {path: stretches for path, stretches in self._created.items() if stretches}
        return Checkpoint(0, delta, partly=Partly(PartlyOut(self._windows, created), dict(self._events)))
