"""What each stream has to read in a sync, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from source_stripe.changes.feed import EventFeed
from source_stripe.changes.refetch import Refetcher
from source_stripe.listing.shared_list import ListPage, SharedList
from source_stripe.state.memory import Maturity
from source_stripe.windows import Window


class SyncContext(NamedTuple):
    """What the streams of a sync have in common."""

    feed: EventFeed
    refetcher: Refetcher
    ahead: int
    """How many requests a stream may have under way or waiting."""
    payloads: bool
    """Whether every event is taken for the row, to save the requests."""


class Why(Enum):
    """Why a window is read."""

    LISTING = "listing"
    """It is part of the first pass."""
    FOLLOWING = "following"
    """It has passed since."""
    RELISTING = "relisting"
    """All of it may have changed, and no event tells."""
    MATURED = "matured"
    """It holds rows whose time has come."""
    AGAIN = "again"
    """The user wants it repeated."""


class Plan(NamedTuple):
    """What a stream has to read in this sync, and where it comes from."""

    lists: Mapping[Why, SharedList[ListPage]]
    """Lists to read, shared with other streams."""
    due: Sequence[Maturity] = ()
    """What has matured in that of Why.MATURED."""
    follows: bool = False
    """Whether events tell what has passed since."""
    since: Window | None = None
    """What has passed since, where no events tell of it and it is asked for under every parent."""
