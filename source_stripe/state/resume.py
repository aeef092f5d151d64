"""From the state a sync is given to where it goes on: what is understood, what is too old, what starts anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlencode

from source_stripe import dates
from source_stripe.account import NOBODY, Account
from source_stripe.declaration.resource import Resource
from source_stripe.state import legacy
from source_stripe.state.memory import EVENT_LAG_SECONDS, LOOKBACK_SECONDS, Memory
from source_stripe.state.position import Backfill, Incremental, State, begin
from source_stripe.state.wire import load_memory, load_position
from source_stripe.windows import DAY, Wanted, Window

RETENTION_DAYS = 30
"""How far back /v1/events goes: https://docs.stripe.com/api/events."""
SAFE_DAYS = RETENTION_DAYS - 1
"""The age up to which the events since a state are certainly still there."""


class Resumed(NamedTuple):
    """Where a stream goes on."""

    state: State
    memory: Memory
    note: str = ""
    """What the user should know about it, in a sentence."""


class OtherAccountError(ValueError):
    """A state is of another account, or of another mode of it, than the one that is read."""


def resume(
    resource: Resource,
    blob: Mapping[str, object],
    start: int,
    now: int,
    account: Account = NOBODY,
    *,
    latest: int | None = None,
) -> Resumed:
    """Where a stream of `account` goes on at `now`, given its state; `start` is the start date. In Unix seconds.

    `latest` is Stripe's own time, where the sync goes by an earlier one. Raises OtherAccountError, or ValueError with
    the reason for a state that cannot be understood.
    """
    end, latest = now - EVENT_LAG_SECONDS, now if latest is None else latest
    memory = load_memory(blob)
    if memory.account.differs_from(account):
        raise OtherAccountError(f"is of {memory.account}, and the key reads {account}")
    known = Account(account.id or memory.account.id, memory.account.live if account.live is None else account.live)
    state = _read(resource, blob)
    new = Memory(max(start, end - LOOKBACK_SECONDS), start=start, account=known)
    # What is gone meanwhile is told by what is remembered of it.
    anew = replace(new, known=memory.known, fingerprints=memory.fingerprints)
    if state is None:
        return Resumed(begin(start, end), new)
    ours = memory.start is not None
    if not ours and latest < _position(state) <= latest + DAY:
        # Airbyte's connector kept when a checkout session expires, a day after it was created, as its position.
        state = Incremental(_position(state) - DAY)
    position = _position(state)
    if position > latest and ours:
        return _again(
            resource,
            end,
            dates.days_before(now, SAFE_DAYS),
            anew,
            f"The state says that everything before {dates.written(position)} is read, which is still to come: the "
            "clock of the sync that wrote it was ahead. Everything is listed again, with rows that win over what was "
            "read then.",
        )
    if resource.routes and position < dates.days_before(now, SAFE_DAYS):
        return _again(
            resource,
            end,
            max(position, dates.days_before(now, SAFE_DAYS)),
            anew,
            f"The last sync read the changes up to {dates.day(position)}, and Stripe keeps events for "
            f"{RETENTION_DAYS} days: everything is listed again. Objects deleted more than that ago cannot be told.",
        )
    note = f"The state says that everything before {dates.written(position)} is read: until then nothing is new."
    begun = start if memory.start is None else min(start, memory.start)
    if isinstance(state, Backfill) and start < state.whole.start:
        state = replace(state, whole=Window(start, state.whole.end))
    elif isinstance(state, Incremental) and memory.start is not None and start < memory.start:
        state = Backfill(Window(start, memory.start), state)
    since = max(begun, position - LOOKBACK_SECONDS) if memory.since is None else memory.since
    memory = replace(memory, since=since, start=begun, account=known)
    return Resumed(state, memory, note if position > latest else "")


def _again(resource: Resource, end: int, since: int, memory: Memory, note: str) -> Resumed:
    """All of it once more, beside the events that are left; the rows win over those that an earlier pass delivered."""
    start = memory.start or 0
    if not resource.routes:
        return Resumed(begin(start, end, again=True), memory, note)
    return Resumed(begin(start, end, again=True, since=since), replace(memory, since=None), note)


def _position(state: State) -> int:
    """An unfinished backfill covers everything before it began; only later events are owed."""
    return state.since if isinstance(state, Incremental) else max(state.then.since, state.whole.end)


def _read(resource: Resource, blob: Mapping[str, object]) -> State | None:
    if not blob:
        return None
    state = load_position(blob, resource.cursor)
    if isinstance(state, Backfill):
        return replace(state, places=tuple(place for place in state.places if _is_there(resource, place)))
    if state is None:
        position = legacy.position(blob, resource.cursor)
        state = None if position is None else Incremental(position)
    return state


def _is_there(resource: Resource, place: Wanted) -> bool:
    """Whether the filter that a place is of still has its number; without it the window is read anew."""
    filters = resource.first.origin.filters
    return place.filter_index < len(filters) and place.filter in ("", urlencode(filters[place.filter_index]))
