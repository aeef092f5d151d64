"""What passes through the reading of a stream: objects as they are now, and checkpoints of how far it has come."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import NamedTuple, TypeVar

from source_stripe.changes.change import ObjectChange
from source_stripe.declaration.origins import Listing
from source_stripe.state.checkpoint import Checkpoint
from source_stripe.state.memory import MemoryDelta
from source_stripe.stripe.answers import Object
from source_stripe.stripe.http import API_VERSION
from source_stripe.stripe.query import moment
from source_stripe.waiting import Wait, until

A = TypeVar("A")
B = TypeVar("B")


class Observation(NamedTuple):
    """An object as it is now; as it last was, if it is gone."""

    obj: Object
    at: int
    """The second from which it is known to be so: the cursor of what is taken from it."""
    delta: MemoryDelta
    gone: bool = False
    change: ObjectChange | None = None
    """What the events say about it, if they led to it."""


Flow = Iterator[Observation | Checkpoint | Wait]

RecordsAndCheckpoints = Iterator[Object | Checkpoint | Wait]
"""Records, and between them checkpoints of what is out. A `Wait` stands where the next one is not there yet: whoever
makes one of these out of another passes it on before asking for more."""

UNEVENTFUL = {"event_id": "listed", "event_type": None, "event_api_version": API_VERSION}
"""The event of a row that was read from a list, where every version is a row."""


def side_by_side(
    items: Iterable[A | Wait], ask: Callable[[A], Future[B] | None], ahead: int
) -> Iterator[tuple[A, B | None] | Wait]:
    """Each item with the answer to what is asked for it, in order; at most `ahead` answers are awaited at once."""
    waiting: deque[tuple[A, Future[B] | None]] = deque()
    asked = 0
    for item in items:
        if not isinstance(item, Wait):
            waiting.append((item, ask(item)))
            asked += waiting[-1][1] is not None
        elif not waiting:
            yield item
        elif waiting[0][1]:
            # What comes next is the oldest answer, not what there is to ask for.
            yield until(waiting[0][1])
        while waiting and (waiting[0][1] is None or waiting[0][1].done() or asked >= ahead):
            first, answer = waiting.popleft()
            if answer and not answer.done():
                yield until(answer)
            asked -= answer is not None
            yield first, answer.result() if answer else None
    for item, answer in waiting:
        if answer and not answer.done():
            yield until(answer)
        yield item, answer.result() if answer else None


def since(obj: Object, origin: Listing, end: int) -> int:
    """When an object came to be, or last changed if it says so; where nothing tells, when it was read.

    Never beyond the sync, where test clocks live.
    """
    if not origin.time_field:
        return end - 1
    return min(end, moment(obj, "updated") or moment(obj, origin.time_field))
