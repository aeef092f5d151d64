"""How far a stream has come, and what closing a window does to that. Pure.

A state can only mean "all of this is out". On the wire a stream that follows is `{"updated": 1760000000}`:
every change before that second has been delivered. A stream whose backfill still runs is `{"listing": ...}`,
so that an unfinished pass can never be taken for a finished one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from source_stripe.windows import Wanted, Window, gaps, merge, split_at

MOST_PARTLY_OUT = 4
"""How many windows that were cut are remembered; of older ones everything is read again."""


@dataclass(frozen=True)
class PartlyOut:
    """Windows of changes of which those of some objects are out, by when the object was created."""

    windows: tuple[Window, ...]
    created: Mapping[str, tuple[Window, ...]]
    """Stretches of the time of creation, by where the objects are read again: `/v1/charges/{id}`."""

    def holds(self, route: str, times: Iterable[int], created: int) -> bool:
        """Whether the changes of an object at some times are out; not where it is not known when it was created."""
        return (
            created > 0
            and any(window.start <= created < window.end for window in self.created.get(route, ()))
            and all(any(window.start <= at < window.end for window in self.windows) for at in times)
        )


@dataclass(frozen=True)
class Incremental:
    """Everything before `since` is out; `done` are later windows that finished early."""

    since: int
    done: tuple[Window, ...] = ()
    partly: tuple[PartlyOut, ...] = ()
    """Of windows that are not done."""

    def incremental_gaps(self, end: int) -> tuple[Window, ...]:
        """What is still to be read, up to but not including the second `end`."""
        return gaps(Window(self.since, end), self.done)

    def close(self, window: Window) -> Incremental:
        done = merge((*self.done, window))
        since = self.since
        if done and done[0].start <= since:
            since, done = max(since, done[0].end), done[1:]
        partly = tuple(one for one in self.partly if any(gaps(part, (Window(0, since), *done)) for part in one.windows))
        return Incremental(since, done, partly)

    def close_partly(self, out: PartlyOut) -> Incremental:
        """The changes of some objects are out, which are all that were out of these windows before, and more."""
        others = tuple(one for one in self.partly if one.windows != out.windows)
        return replace(self, partly=(*others, out)[-MOST_PARTLY_OUT:])


@dataclass(frozen=True)
class Backfill:
    """The backfill over `whole`, of which `done` is out, and the changes that came since it began."""

    whole: Window
    then: Incremental
    """Fixed before the pass begins, so that no change during it is missed."""
    done: tuple[Window, ...] = ()
    stamp: int | None = None
    """The cursor of the records of this pass, where it repeats what an earlier one delivered."""
    places: tuple[Wanted, ...] = ()
    """How far some windows are read; everything above a place is out."""

    @property
    def backfill_gaps(self) -> tuple[Window, ...]:
        return gaps(self.whole, self.done)

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """What is left, with the places to go on at; a place holds for the window that ends where it does."""
        edges = [edge for place in self.places for edge in place.window]
        places = {place.window.end: place for place in self.places}
        pieces = [piece for gap in self.backfill_gaps for piece in split_at(gap, edges)]
        known = [(piece, places.get(piece.end)) for piece in pieces]
        return tuple(place._replace(window=piece) if place else Wanted(piece) for piece, place in known)

    @property
    def settled(self) -> State:
        """The state itself, or what follows when nothing is left to list."""
        return self if self.backfill_gaps else self.then

    def close(self, window: Window) -> State:
        places = tuple(place for place in self.places if place.window.end != window.end)
        return replace(self, done=merge((*self.done, window)), places=places).settled

    def advance(self, places: Iterable[Wanted]) -> Backfill:
        """Some windows are read up to a place."""
        known = {place.window.end: place for place in (*self.places, *places)}
        return replace(self, places=tuple(known[end] for end in sorted(known)))

    def close_changes(self, window: Window) -> Backfill:
        """Close a window of the changes while the pass still runs."""
        return replace(self, then=self.then.close(window))


State = Backfill | Incremental


def begin(start: int, end: int, *, again: bool = False, since: int | None = None) -> State:
    """A pass over what was created from `start` to before `end`; `again` makes its records win over older ones.

    The changes `since` then are followed beside it, as they tell of what is no longer listed.
    """
    then = Incremental(end if since is None else since)
    return Backfill(Window(start, end), then, stamp=end - 1 if again else None).settled
