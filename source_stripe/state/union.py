"""The state of a union: it holds what each of its members has said last."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from source_stripe.state.wire import MEMBERS, NOTHING_KEPT


class Union:
    """Puts the states of the members together. May be used from many threads."""

    def __init__(self, field: str, members: int, emit: Callable[[MutableMapping[str, Any]], None]) -> None:
        """`field` is the cursor field; `emit` takes each state of the whole."""
        self._field, self._members, self._emit = field, members, emit
        self._said: dict[str, Mapping[str, Any]] = {}
        self._lock = threading.Lock()

    def begin(self, states: Mapping[int, Mapping[str, Any]]) -> None:
        """Where the members stand when the sync begins, by their number: until a member says more, that is what the
        state holds of it."""
        with self._lock:
            self._said |= {str(number): state for number, state in states.items() if state != NOTHING_KEPT}

    def keep(self, number: int, state: MutableMapping[str, Any]) -> None:
        """A member has a new state, which is emitted with the next one."""
        self.begin({number: state})

    def member(self, number: int, state: MutableMapping[str, Any]) -> None:
        """A member has a new state."""
        with self._lock:
            if state == NOTHING_KEPT:
                self._emit(state)
                return
            self._said[str(number)] = state
            blob: MutableMapping[str, Any] = {MEMBERS: dict(sorted(self._said.items()))}
            positions = [said[self._field] for said in self._said.values() if self._field in said]
            # Only where all of them follow is there one position for people to read.
            self._emit({self._field: min(positions), **blob} if len(positions) == self._members else blob)
