"""Where an account stands, by the states of its streams: what is owed to it, and what its states are once nothing
has happened. Worked out once for all accounts that stand alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from source_stripe.declaration.scopes import is_told
from source_stripe.state.accounts import States, written
from source_stripe.state.checkpoint import Checkpoint
from source_stripe.state.cursor import WindowCursor, emit_last_of
from source_stripe.state.memory import MemoryDelta
from source_stripe.stripe.answers import Object
from source_stripe.sync.given import Selected
from source_stripe.sync.session import SyncSession
from source_stripe.windows import Window


class Kept:
    """An output that keeps the last state of each stream."""

    def __init__(self) -> None:
        self.states: dict[str, Mapping[str, Any]] = {}

    def records(self, stream: str, records: Sequence[Object], /) -> int:
        """Nothing is read."""
        return 0

    def state(self, stream: str, state: Mapping[str, Any], /) -> None:
        self.states[stream] = state

    def estimate(self, stream: str, rows: int, /) -> None:
        """Nothing is estimated."""


@dataclass
class Standing:
    """What is known of an account before it is asked."""

    is_new: bool = True
    """Whether nothing is known of it."""
    is_unfinished: bool = False
    """Whether some stream has to be read whatever has happened."""
    events: Window | None = None
    """The stretch in which no event may have happened for it to be idle."""
    rests: dict[str, str] = field(default_factory=dict)
    """The states of the streams that events tell of, once it is known that none happened."""
    untold_until: int | None = None
    """Up to when all streams are read that no event tells of; None where there are none."""
    absent: list[str] = field(default_factory=list)
    """The streams that it was known to lack."""
    every_time: bool = False
    """Whether there are streams that are read whole in every sync."""

    def advanced(self, streams: Sequence[str], states: States) -> States:
        """The states of an account that stands so, once it is known that nothing happened."""
        return tuple(self.rests.get(name, state) for name, state in zip(streams, states, strict=True))


def standing(selection: Iterable[Selected], session: SyncSession, kept: Kept, *, repeats: bool) -> Standing:
    """Where an account stands that is to be read so. `session` is one whose states go to `kept`; with `repeats` the
    user wants more read again than what events tell of."""
    found = Standing()
    since: list[int] = []
    untold: list[int] = []
    for one in selection:
        resource = one.resource
        if not one.incremental:
            found.every_time = True
            continue
        if one.absent_until is not None:
            found.is_new = False
            found.absent.append(resource.name)
            untold.append(one.absent_until)
            continue
        found.is_new = found.is_new and not one.state
        cursors = [cursor for _, cursor in session.cursors(one)]
        if not cursors or any(cursor.backfill_gaps for cursor in cursors) or repeats:
            found.is_unfinished = True
            continue
        if not is_told(resource):
            untold += [cursor.unread_from for cursor in cursors]
            continue
        since += [gap.start for cursor in cursors for gap in cursor.incremental_gaps]
        _rest(cursors)
        found.rests[resource.name] = written(kept.states[resource.name])
    end = session.end
    begin = min(since, default=min(untold, default=end))
    found.events = Window(begin, end) if begin < end else None
    found.untold_until = min(untold, default=None)
    return found


def _rest(cursors: Sequence[WindowCursor]) -> None:
    """Nothing happened in what has passed."""
    for cursor in cursors:
        for gap in cursor.incremental_gaps:
            cursor.advance_changes(Checkpoint(0, MemoryDelta(Window(0, cursor.end)), gap))
    emit_last_of(cursors)
