"""One sync put together: configuration, catalogue and states in, CDK streams out."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

from airbyte_cdk.sources.message import MessageRepository

from source_stripe.address import api_base
from source_stripe.client import Client
from source_stripe.config import Config
from source_stripe.cursor import WindowCursor
from source_stripe.events import EventFeed, Follower
from source_stripe.governor import Governor
from source_stripe.memory import SETTLING_SECONDS, Memory
from source_stripe.outside import Outside
from source_stripe.reader import Reader
from source_stripe.resource import Embedded, Resource, every_version
from source_stripe.resume import resume
from source_stripe.state import begin
from source_stripe.streams import StripeStream, Windows
from source_stripe.windows import DAY, Window

logger = logging.getLogger("airbyte")


def connect(config: Config, outside: Outside) -> Client:
    """A client for the account that a configuration names. Raises ValueError for a bad STRIPE_API_BASE."""
    governor = Governor.of(config.key, config.call_rate_limit)
    return Client(api_base(), config.key, config.account_id, governor, outside, config.num_workers)


class Selected(NamedTuple):
    """A stream to read."""

    resource: Resource
    incremental: bool = False
    state: Mapping[str, object] | None = None


@dataclass
class Sync:
    """Holds what a sync opens, and closes it."""

    config: Config
    outside: Outside
    repository: MessageRepository

    def __post_init__(self) -> None:
        self.now = int(self.outside.clock())
        self.client = connect(self.config, self.outside)
        self._requests = ThreadPoolExecutor(self.config.num_workers, thread_name_prefix="requests")
        self._payloads = self.config.incremental_records == "event"
        self.unreadable: dict[str, str] = {}
        """Streams whose state cannot be understood, and why."""

    def close(self) -> None:
        self._requests.shutdown(wait=False, cancel_futures=True)
        self.client.close()

    def streams(self, selection: list[Selected]) -> list[StripeStream]:
        """The streams that can be read; the others are put into `unreadable`."""
        if self.config.emit_every_version:
            selection = [one._replace(resource=every_version(one.resource)) for one in selection]
        cursors = {one.resource.name: self._cursor(one) for one in selection}
        chosen = [(one.resource, cursor) for one in selection if (cursor := cursors[one.resource.name])]
        longest = self.config.slice_range * DAY
        followers = [
            Follower(route.origin, window, _before(resource, route.take), self._payloads or resource.versioned)
            for resource, cursor in chosen
            for window in cursor.unfollowed
            for route in resource.then
        ]
        self.feed_client = self.client.counting()
        feed = EventFeed(self.feed_client, followers, longest)
        return [self._stream(resource, cursor, feed, longest) for resource, cursor in chosen]

    def _stream(self, resource: Resource, cursor: WindowCursor, feed: EventFeed, longest: int) -> StripeStream:
        client, memory = self.client.counting(), cursor.memory
        reader = Reader(resource, client, feed, self._requests, cursor.upto, memory, payloads=self._payloads)
        windows = Windows(resource, reader, feed, cursor, longest, self._again(resource, cursor))
        return StripeStream(resource, windows)

    def _again(self, resource: Resource, cursor: WindowCursor) -> Window | None:
        """The stretch that the user wants listed again beside all else; a first pass lists everything anyway."""
        config = self.config
        if not resource.cursor or not cursor.unfollowed or cursor.unlisted:
            return None
        days = (cursor.upto - config.recheck_days * DAY) if config.recheck_days and resource.then else cursor.upto
        window = Window(config.start if config.reconcile else max(config.start, days), cursor.upto)
        return window if window.start < window.end else None

    def _cursor(self, one: Selected) -> WindowCursor | None:
        resource, config = one.resource, self.config
        if not one.incremental or not resource.cursor:
            # A full refresh leaves nothing to a later sync, so it reads up to this very second.
            whole = begin(config.start if resource.cursor else 0, self.now + 1)
            upto = self.now + 1
            return WindowCursor(resource.name, "", whole, Memory(), upto, 0, self.repository, checkpoints=False)
        try:
            state, memory, note = resume(resource, one.state or {}, config.start, self.now, config.account_id)
        except ValueError as error:
            self.unreadable[resource.name] = (
                f"The state of the stream {resource.name} cannot be understood: {error}. "
                "Reset the stream to sync it anew."
            )
            return None
        if note:
            logger.warning(f"{resource.name}: {note}")
        lookback = 0 if resource.then else config.lookback_window_days
        upto = self.now - SETTLING_SECONDS
        field = resource.cursor
        return WindowCursor(resource.name, field, state, memory, upto, lookback, self.repository, checkpoints=True)


def _before(resource: Resource, take: object) -> str:
    """The field whose earlier content tells what left the stream: the list, or the link to the parent."""
    if isinstance(take, Embedded):
        return take.field
    return resource.parent.field if resource.parent else ""
