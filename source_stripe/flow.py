"""What flows through the reading of a stream: objects as they are now, and marks of how far it has come."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import NamedTuple, TypeVar

from source_stripe.answers import Object
from source_stripe.memory import Notes
from source_stripe.told import Change
from source_stripe.windows import Wanted, Window

A = TypeVar("A")
B = TypeVar("B")


class Seen(NamedTuple):
    """An object as it is now; as it last was, if it is gone."""

    thing: Object
    at: int
    """The second from which it is known to be so: the cursor of what is taken from it."""
    notes: Notes
    gone: bool = False
    change: Change | None = None
    """What the events say about it, if they led to it."""


class Mark(NamedTuple):
    """Between records: what is out once all that came before is."""

    chain: int
    notes: Notes
    closed: Window | None = None
    """A window that is read to its end."""
    rest: Wanted | None = None
    """What is left of a window, and where to go on in it."""


Flow = Iterator[Seen | Mark]


def side_by_side(items: Iterable[A], ask: Callable[[A], Future[B] | None], ahead: int) -> Iterator[tuple[A, B | None]]:
    """Each item with the answer to what is asked for it, in order; at most `ahead` answers are awaited at once."""
    waiting: deque[tuple[A, Future[B] | None]] = deque()
    asked = 0
    for item in items:
        waiting.append((item, ask(item)))
        asked += waiting[-1][1] is not None
        while waiting and (waiting[0][1] is None or waiting[0][1].done() or asked >= ahead):
            first, answer = waiting.popleft()
            asked -= answer is not None
            yield first, answer.result() if answer else None
    for item, answer in waiting:
        yield item, answer.result() if answer else None
