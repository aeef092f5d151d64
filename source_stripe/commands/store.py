"""Where the rows of a sync are kept: merged by key, beside the states that vouch for them.

A row replaces the one with its key unless that has a later cursor. What Stripe no longer has goes, and is remembered,
so that an older row which comes again, as after a sync that was killed, does not bring it back. A subscription that is
canceled stays and is marked: Stripe still has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from source_stripe.declaration.resource import Resource

Row = dict[str, Any]
STATE_FOLDER = ".source-stripe"
"""What a folder keeps beside the files that are for people."""


class Rows(NamedTuple):
    """Some rows of a stream, ready to be merged."""

    resource: Resource
    rows: Sequence[Row]

    def gone(self, row: Row) -> bool:
        """Whether Stripe no longer has it."""
        return row.get("is_deleted") is True and not self.resource.deleted_if(row)

    def at(self, row: Row) -> int:
        """Its cursor, in Unix seconds; 0 where it has none."""
        value = row.get(self.resource.cursor) if self.resource.cursor else None
        return value if type(value) is int else 0


class Store(Protocol):
    """Files of the user's. Used from one thread."""

    def states(self) -> Mapping[str, Mapping[str, Any]]:
        """The last state of each stream."""

    def begin(self, resources: Sequence[Resource]) -> None:
        """These streams are read: each has its table or file from now on, also while nothing is in it."""

    def merge(self, rows: Rows, state: Mapping[str, Any] | None) -> None:
        """Some rows, and the state that vouches for them, both or neither."""

    def replace(self, rows: Rows) -> None:
        """All rows of a stream that is read whole every time."""

    def count(self, stream: str) -> int:
        """How many rows a stream has."""

    def finish(self) -> None:
        """The sync is over; whatever is written only now is written."""

    def close(self) -> None: ...


class StoreError(Exception):
    """The files cannot be used; `str()` of it says why, in a sentence."""
