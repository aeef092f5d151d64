"""Accounts that are no longer there keep their states for a while, in case they come back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from source_stripe import json_text
from source_stripe.accounts.book import Book
from source_stripe.state.accounts import States
from source_stripe.windows import DAY

KEPT_DAYS = 30
"""How long the state of an account is kept that is no longer there."""


def drop_departed(book: Book, gone: Iterable[str], cursors: Mapping[str, str], end: int) -> None:
    """Forgets those of `gone` that were not read for long. `cursors` are the cursor fields of the streams, `end` the
    second up to which this sync reads."""
    read_until: dict[States, int] = {}
    for account in gone:
        states = book.accounts.of(account)
        if states not in read_until:
            read_until[states] = _read_until(book.accounts.streams, states, cursors, end)
        if read_until[states] < end - KEPT_DAYS * DAY:
            book.drop(account)


def _read_until(streams: Iterable[str], states: States, cursors: Mapping[str, str], end: int) -> int:
    """The second up to which any stream of an account is known to be read."""
    blobs = (
        (cursors.get(name), json_text.loads(text.encode())) for name, text in zip(streams, states, strict=True) if text
    )
    positions = [
        at
        for cursor, blob in blobs
        for at in (blob.get(cursor), *blob.get("listing", {}).get("whole", ()))
        if isinstance(at, int)
    ]
    return max(positions, default=end)
