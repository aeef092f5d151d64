"""The account as those see it who let something happen in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from random import Random
from typing import Any, Protocol

from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.payouts import PaidOut
from integration_tests.sandbox.world.store import Store
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.usage import Usage


class World(Protocol):
    """What effects, rows and acts may do. `now` is in whole Unix seconds."""

    now: int
    rng: Random
    store: Store
    usage: Usage
    paid_out: PaidOut
    id: str
    partner: str
    """The id of a connected account that gets transfers."""
    bank: str
    """The id of the bank account that payouts go to."""

    def bear(self, object: str, given: Json, /) -> Stored:
        """A new object with the owner it needs, its parts, its events and what else happens."""

    def change(self, stored: Stored, fields: Mapping[str, Any], types: Sequence[str] | None = None, /) -> None:
        """Changes an object and emits events of these `types`, or what its row says if none are given."""

    def drop(self, stored: Stored, /) -> None:
        """Deletes an object, with the events of its end."""

    def announce(self, stored: Stored, types: Sequence[str], before: Json | None, /) -> None:
        """Emits events of these types about an object as it is now."""

    def emit(self, type: str, object: Json, before: Json | None, account: str | None = None, /) -> None:
        """Writes an event."""

    def emit_upcoming(self, customer: str, /) -> None:
        """Writes an `invoice.upcoming`."""

    def use(self, meter: str, customer: str, value: float, at: int | None = None, /) -> None:
        """A customer uses what is metered."""

    def stored(self, object: str, id: str, /) -> Stored:
        """The living object; LookupError if there is none."""

    def body(self, object: str, id: str, /) -> Json:
        """Its fields; LookupError if there is none."""

    def any(self, object: str, /) -> str:
        """The id of a living object of a type, made if there is none."""

    def letters(self, length: int, /) -> str:
        """Random letters and digits."""

    def at(self, stamp: int, /) -> AbstractContextManager[None]:
        """Sets the clock to `stamp` for a while."""
