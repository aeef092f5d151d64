"""What a stream remembers beside its position: what must not be repeated, read again, or forgotten. Pure.

`recent`: what was delivered of the last minutes, as they are read again in case an event became visible late.
`pending`: which stretches hold rows that will change at a known time without an event.
`known`: children that may go without a word on them, as with their parent (`state/known.py`).
`fingerprints`: what the rows of a list looked like that is read whole every time, so that only what changed is
delivered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from source_stripe.account import NOBODY, Account
from source_stripe.windows import DAY, Window

EVENT_LAG_SECONDS = 60
"""How long after its time an event can be trusted to have appeared; no window ends later than that before now."""
LOOKBACK_SECONDS = 600
"""How far back a sync reads again what the one before it read."""
MOST_RECENT = 2_000
"""Ids remembered of the overlap; beyond that a row may repeat."""
MOST_FINGERPRINTS = 5_000
"""Rows of a list remembered by what they looked like; beyond that a row repeats in every sync."""


class Maturity(NamedTuple):
    """Rows that change from the second `first` to the second `last`, and the stretch of `created` that holds them."""

    first: int
    last: int
    span: Window


class Family(NamedTuple):
    """The children of a parent, as a state says it."""

    children: tuple[str, ...]
    born: int = 0
    """About when the parent was created, in Unix seconds; 0 where that is not known."""


Known = Mapping[str, Family]
"""By parent."""


@dataclass
class MemoryDelta:
    """What reading one window teaches; taken into the memory when the window closes."""

    window: Window
    delivered: dict[str, int] = field(default_factory=dict)
    """Ids of the last events and objects of the window, with their time."""
    pending: list[Maturity] = field(default_factory=list)
    children: dict[str, dict[str, bool]] = field(default_factory=dict)
    """By parent: its children, and whether they live."""
    born: dict[str, int] = field(default_factory=dict)
    """By parent: when it was created, in Unix seconds."""
    forgotten: set[str] = field(default_factory=set)
    """Parents that can no longer be deleted, or are."""
    fingerprints: dict[str, str] = field(default_factory=dict)

    def deliver(self, key: str, at: int) -> None:
        """An event or an object is out; only what the next sync will see again is noted."""
        if at >= self.window.end - LOOKBACK_SECONDS:
            self.delivered[key] = at

    def await_change(self, due: int, created: int) -> None:
        """A row created at `created` changes at `due`, without an event."""
        self.pending = [*by_day([*self.pending, Maturity(due, due, Window(created, created + 1))])]

    def __bool__(self) -> bool:
        return bool(self.delivered or self.pending or self.children or self.forgotten or self.fingerprints)

    def taken(self) -> MemoryDelta:
        """What is noted so far; from here on something else is."""
        taken = replace(self)
        self.delivered, self.pending, self.fingerprints = {}, [], {}
        self.take_children()
        return taken

    def learned(self) -> MemoryDelta:
        """What is noted so far, but for what is delivered, which only counts once the window is closed; from here on
        something else is."""
        learned = replace(self, delivered={})
        self.pending, self.fingerprints = [], {}
        return learned

    def take_children(self) -> tuple[dict[str, dict[str, bool]], dict[str, int], set[str]]:
        """`children`, `born` and `forgotten`; from here on something else is noted."""
        taken = self.children, self.born, self.forgotten
        self.children, self.born, self.forgotten = {}, {}, set()
        return taken

    def knows(self, parent: str, child: str, born: int, *, alive: bool) -> None:
        """A child is under a parent that was created at `born`, or no more."""
        self.children.setdefault(parent, {})[child] = alive
        self.born[parent] = born


@dataclass(frozen=True)
class Memory:
    """As above; `start` is the start date that the stream was read with, `account` whose data it is."""

    since: int | None = None
    """From here to the position all that was delivered is in `recent`; None: nothing needs to be read again."""
    recent: Mapping[str, int] = field(default_factory=dict)
    pending: tuple[Maturity, ...] = ()
    known: Known = field(default_factory=dict)
    """As the sync began; what it learns beside that is with the cursor."""
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    start: int | None = None
    account: Account = NOBODY

    def listed(self, delta: MemoryDelta) -> Memory:
        """The memory once a window of the backfill is out."""
        fingerprints = {**self.fingerprints, **delta.fingerprints} if delta.fingerprints else self.fingerprints
        pending = (*self.pending, *delta.pending)
        recent = _since(self.since, {**self.recent, **delta.delivered}) if delta.delivered else self.recent
        return replace(self, recent=recent, pending=pending, fingerprints=_bounded(fingerprints))

    def followed(self, delta: MemoryDelta, before: int, position: int) -> Memory:
        """The memory once a window of the changes is out, by which the position went from `before` to `position`."""
        recent = {**self.recent, **delta.delivered}
        since = self.since
        if position > before:
            since = max(before if since is None else since, position - LOOKBACK_SECONDS)
            recent = _since(since, recent)
        return replace(self.listed(delta), since=since, recent=recent)

    def partly_followed(self, delta: MemoryDelta, events: Mapping[str, int], position: int) -> Memory:
        """The memory once some events are out of windows that are not: the position stays where it is."""
        since = position if self.since is None else self.since
        known = self.listed(delta.learned())
        return replace(known, since=since, recent=_since(since, {**self.recent, **events}))

    def relisted(self, delta: MemoryDelta) -> Memory:
        """The memory once a list was read whole again."""
        return replace(self, fingerprints=_bounded(delta.fingerprints))

    def due(self, now: int) -> tuple[Maturity, ...]:
        """What has changed without an event by now."""
        return tuple(Maturity(one.first, min(one.last, now), one.span) for one in self.pending if one.first <= now)

    def settled(self, due: Iterable[Maturity], delta: MemoryDelta) -> Memory:
        """The memory once what was due is read again; `delta` tell what is still not settled."""
        # Only what stood there when it was found to be due; what this sync has added since was not read again.
        read = {(one.first, one.span): one.last + 1 for one in due}
        left = [one._replace(first=read.get((one.first, one.span), one.first)) for one in self.pending]
        return replace(self, pending=(*(one for one in left if one.first <= one.last), *delta.pending))


def by_day(maturities: Iterable[Maturity]) -> tuple[Maturity, ...]:
    """One for each day on which rows change, as funds become available by the day."""
    days: dict[int, Maturity] = {}
    for one in maturities:
        day = one.last // DAY
        known = days.get(day, one)
        span = Window(min(known.span.start, one.span.start), max(known.span.end, one.span.end))
        days[day] = Maturity(min(known.first, one.first), max(known.last, one.last), span)
    return tuple(days[day] for day in sorted(days))


def _since(since: int | None, recent: Mapping[str, int]) -> dict[str, int]:
    """What was delivered from a second on, the newest if that is too much."""
    last = sorted((at, key) for key, at in recent.items() if since is not None and at >= since)
    return {key: at for at, key in last[-MOST_RECENT:]}


def _bounded(fingerprints: Mapping[str, str]) -> Mapping[str, str]:
    return (
        fingerprints if len(fingerprints) <= MOST_FINGERPRINTS else dict(list(fingerprints.items())[:MOST_FINGERPRINTS])
    )
