"""The session of each account that is read, which shares with all others what belongs to the key."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from source_stripe.accounts.members import PATH, Member
from source_stripe.state.pace import StatePace
from source_stripe.stripe.client import Client
from source_stripe.sync.given import Joined, Output
from source_stripe.sync.session import SyncSession

WITHIN = StatePace(share=math.inf)
"""How often it is noted how far a single account has come; what is printed is for the book to say."""


class _Within:
    """Progress of one of many accounts, which is a part of that of the whole sync."""

    def __init__(self, tick: Callable[[], None]) -> None:
        self.tick = tick

    def watch(self, streams: object) -> None:
        """All accounts together are watched."""


class Sessions:
    """Opens them."""

    def __init__(self, own: SyncSession, note: Callable[[str], None]) -> None:
        """`own` is the session of the key's own account; `note` takes what a user should know of a state."""
        self._own, self._note = own, note

    def of(self, member: Member, output: Output, client: Client) -> SyncSession:
        """That of one account, whose records and states go to `output`; `client` reads it."""
        own = self._own
        platform = own.client.of(member.platform or own.client.account)
        if listed := member.listed():
            platform.has_read(f"{PATH}/{member.id}", listed)
        nobody = replace(own.arrival, account=replace(own.arrival.account, id=""))
        within: Any = _Within(own.tick)
        joined = Joined(client, platform, nobody, own.budget, within, self._note)
        return SyncSession(own.config, own.runtime, output, own.open_source, WITHIN, joined=joined)
