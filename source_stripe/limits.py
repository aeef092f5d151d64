"""How long a sync waits and how much it takes at once. docs/limits.md tells of each, with its value."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The limits of the requests of one command."""

    connect_seconds: float = 10.0
    """To connect to one address."""
    silence_seconds: float = 30.0
    """Between two bytes of an answer, and before its first."""
    answer_seconds: float = 60.0
    """An answer as a whole, its headers included."""
    answer_bytes: int = 64 << 20
    """The body of an answer, as it is sent and as it is once it is decompressed. A page of 100 objects has about
    500 kB; the largest invoices have 100 kB each."""
    patience_seconds: float = 300.0
    """A request with all that is sent again; and how long nothing may be answered at all until the rest of the sync
    is given up without being tried."""
    pause_seconds: float = 30.0
    """Between two tries of a request."""
    total_seconds: float = math.inf
    """All requests together."""


READ = Limits()
CHECK = Limits(
    connect_seconds=5.0,
    silence_seconds=15.0,
    answer_seconds=20.0,
    patience_seconds=25.0,
    pause_seconds=5.0,
    total_seconds=40.0,
)
"""Whoever waits for `check` looks at a button: it ends within a minute, whatever happens."""
CHECK_SECONDS = 55.0
"""When `check` ends even if a request hangs where no limit reaches, as in the search for Stripe's address."""

FIRST_SECONDS = 5.0
"""How long `check` waits for its first answer, which may spare it all others, before it asks for these too."""

FIRST_PAUSE_SECONDS = 0.5
"""Between the first two tries of a request; each pause is twice the one before, less up to a half at random."""
TRIES_OF_A_SIZE = 2
"""How often a page is asked for that fails for what may be its size, until half as many objects are asked for."""
WORRYING_SECONDS = 60.0
"""How long nothing may be answered before a person should know, and between two warnings on it."""

MOST_PAGES = 10_000
"""Pages of a list whose objects have no time to go by, until it counts as one without an end."""
FOREIGN_WORDS = 80
"""Letters that are shown of an answer that is not Stripe's."""

QUEUE_ITEMS = 32
"""How much may wait for the reader of stdout: that many batches, which are a page each."""
ITEM_BYTES = 1 << 20
"""Lines beyond that are put on the queue in several items."""
MOST_WEIGHT = 40_000
"""How much of what the events tell is kept until it is handed out, as the objects that changed are read in the fewer
requests the more are known; an event that only points weighs 1, one whose object is kept whole 20."""

READING_THREADS = 16
"""Threads that take records from what was read, for all streams together; the requests have `num_workers` of their
own."""
MOST_PASSES = 60
"""How much of other accounts than the key's own is read at once: so many streams together, but one account at least."""
MOST_PROBES = 40
"""Accounts that are asked at once whether anything has happened."""
TURN_SECONDS = 0.5
"""How long a stream has one of these while others could go on."""
