"""From the state a sync is given to where it goes on: what is understood, what is too old, what starts anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from source_stripe import airbyte_state
from source_stripe.events import RETENTION_DAYS
from source_stripe.memory import SETTLING_SECONDS, Memory
from source_stripe.memory import load as load_memory
from source_stripe.resource import Resource
from source_stripe.state import Following, Listing, State, begin, load
from source_stripe.windows import DAY, Window

SAFE_DAYS = RETENTION_DAYS - 1
"""The age up to which the events since a state are certainly still there."""


class Resumed(NamedTuple):
    """Where a stream goes on."""

    state: State
    memory: Memory
    note: str = ""
    """What the user should know about it, in a sentence."""


def resume(resource: Resource, blob: Mapping[str, object], start: int, now: int, account: str = "") -> Resumed:
    """Where a stream goes on at `now`, given its state; `start` is the start date. Both in Unix seconds.

    Raises ValueError with the reason for a state that cannot be understood, or is of another account.
    """
    upto = now - SETTLING_SECONDS
    state, memory = _read(resource, blob, now), load_memory(blob)
    if memory.account != account and memory.start is not None:
        its, named = memory.account or "the key itself", account or "none"
        raise ValueError(f"it is of the account of {its}, and the configuration names {named}")
    begun = start if memory.start is None else min(start, memory.start)
    new = Memory(start=start, account=account)
    if state is None:
        return Resumed(begin(start, upto), new)
    # What came before a pass that still runs began is told by its rows; the events since are owed.
    position = state.since if isinstance(state, Following) else max(state.then.since, state.whole.end)
    if resource.then and position < now - SAFE_DAYS * DAY:
        day = datetime.fromtimestamp(position, UTC).date()
        retained = max(position, now - SAFE_DAYS * DAY)
        return Resumed(
            begin(start, upto, again=True, since=retained),
            replace(new, known=memory.known),
            f"The last sync read the changes up to {day}, and Stripe keeps events for {RETENTION_DAYS} days: "
            "everything is listed again. Objects deleted more than that ago cannot be told.",
        )
    if isinstance(state, Listing) and start < state.whole.start:
        state = replace(state, whole=Window(start, state.whole.end))
    elif isinstance(state, Following) and memory.start is not None and start < memory.start:
        state = Listing(Window(start, memory.start), state)
    return Resumed(state, replace(memory, start=begun, account=account))


def _read(resource: Resource, blob: Mapping[str, object], now: int) -> State | None:
    if not blob:
        return None
    state = load(blob, resource.cursor)
    if state is None:
        position = airbyte_state.position(blob, resource.cursor)
        state = None if position is None else Following(position)
    latest = 0 if state is None else state.since if isinstance(state, Following) else state.whole.end
    if latest > now + DAY:
        raise ValueError(f"it says that everything before {datetime.fromtimestamp(latest, UTC):%Y-%m-%d} is read")
    return state
