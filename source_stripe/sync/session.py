"""One sync put together: configuration, catalogue and states in, a reader for each stream out."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Semaphore
from typing import Any, NamedTuple

from source_stripe.account import NOBODY
from source_stripe.changes import thin_feed
from source_stripe.changes.feed import EventFeed
from source_stripe.changes.feeds import Feeds
from source_stripe.changes.refetch import Refetcher
from source_stripe.changes.source import ChangeSource, FeedConsumer
from source_stripe.config import Config
from source_stripe.declaration.resource import Resource, Scope, every_version
from source_stripe.limits import READ, Limits
from source_stripe.records.tally import Tally
from source_stripe.runtime import Runtime
from source_stripe.state.cursor import EmitState, WindowCursor
from source_stripe.state.known import too_many
from source_stripe.state.memory import EVENT_LAG_SECONDS, Memory
from source_stripe.state.pace import PACE, StateBudget, StatePace, size_of
from source_stripe.state.position import begin
from source_stripe.state.resume import OtherAccountError, resume
from source_stripe.state.union import Union
from source_stripe.state.wire import of_member
from source_stripe.stripe.arrival import Arrival, arrive, may_follow
from source_stripe.stripe.base_url import api_base
from source_stripe.stripe.client import Client
from source_stripe.stripe.errors import Failure, StripeError
from source_stripe.stripe.key import Key
from source_stripe.stripe.rate_limiter import RateLimiter
from source_stripe.stripe.request_queue import RequestQueue
from source_stripe.sync.changed_objects import SyncContext
from source_stripe.sync.clocks import clocks, on_clocks
from source_stripe.sync.given import Joined, OpenSource, Output, Selected
from source_stripe.sync.passes import Repeats
from source_stripe.sync.plan import Plan, consumers
from source_stripe.sync.progress import Progress, Reader
from source_stripe.sync.stream_reader import StreamReader
from source_stripe.windows import DAY

Blob = MutableMapping[str, Any]
"""A state on the wire."""

logger = logging.getLogger("airbyte")


def connect(config: Config, runtime: Runtime, limits: Limits = READ, key: Key | None = None) -> Client:
    """A client for the account that a configuration names. Raises ValueError for a bad STRIPE_API_BASE.

    `key` is what signs the requests, where it is not the key of the configuration.
    """
    base, key, workers = api_base(), key or Key(config.key), config.num_workers
    limiter = RateLimiter.of(key, config.call_rate_limit, workers, config.rate_share)
    request_queue = RequestQueue(limiter, runtime, workers)
    return Client(base, key, config.account_id, request_queue, runtime, workers, limits)


class Planned(NamedTuple):
    """A stream that can be read, with a reader for each member of a union."""

    resource: Resource
    readers: list[StreamReader]


@dataclass
class SyncSession:
    """Holds what a sync opens, and closes it."""

    config: Config
    runtime: Runtime
    output: Output
    open_source: OpenSource = EventFeed
    pace: StatePace = PACE
    """How often states are printed."""
    key: Key | None = None
    """What signs the requests, where it is not the key of the configuration."""
    joined: Joined | None = None
    """Given where it is one of several sessions; the client is then not its own to close."""
    source: ChangeSource | None = field(default=None, init=False)
    """Where changes come from, once it is known who wants which."""

    def __post_init__(self) -> None:
        self._notes: set[str] = set()
        """What was said of the states."""
        joined = self.joined or self._alone()
        self.client, self._platform, self.arrival = joined.client, joined.platform, joined.arrival
        self.budget, self._progress, self._note = joined.budget, joined.progress, joined.note
        self._payloads = self.config.incremental_records == "event"
        self._longest = self.config.slice_range * DAY
        self._plan: Plan | None = None
        self._feed_client = self.client
        self.unreadable: dict[str, StripeError] = {}
        """Streams that cannot be begun, and why."""

    def _alone(self) -> Joined:
        client, host = connect(self.config, self.runtime, key=self.key), int(self.runtime.clock())
        return Joined(
            client,
            client,
            Arrival(NOBODY, host, host, host),
            Semaphore(2 * self.config.num_workers),
            Progress(self.runtime.monotonic, self.output.estimate, client.requests.total),
            self._warn_once,
        )

    def ask_as(self, account: str) -> None:
        """From here on nothing is asked without an account, or a context."""
        self.client = self._platform = self.client.of(account)

    def close(self) -> None:
        """Cancels all pending reads, and closes the client where it is its own."""
        for shared in self._plan.lists if self._plan else ():
            shared.cancel()
        if self.source:
            self.source.cancel()
        if not self.joined:
            self.client.close()

    @property
    def end(self) -> int:
        """The second up to which changes are read."""
        return self.arrival.now - EVENT_LAG_SECONDS

    @property
    def feed_requests(self) -> int:
        """How many requests were sent for the event feed."""
        return self._feed_client.requests.total()

    def arrive(self, selection: Iterable[Selected]) -> None:
        """Asks Stripe whose data it is and what time it is there, where any stream goes by it.

        Without an answer no state can be trusted to be of this account, so that nothing is read.
        """
        selection = list(selection)
        try:
            self.client.request_queue.begin()
            if any(one.resource.cursor for one in selection):
                self.arrival = arrive(self.client, self.runtime.clock)
        except StripeError as error:
            self.unreadable |= {one.resource.name: error for one in selection}
            return
        # A later sync will read the events, and say for itself if it may not.
        begun = [one for one in selection if one.incremental and one.resource.cursor and one.resource.routes]
        if self.client.key.limited and begun and not any(one.state for one in begun):
            thin = [one for one in begun if any(route.origin.thin for route in one.resource.routes)]
            if len(thin) < len(begun):
                may_follow(self.client, len(begun) - len(thin))
            if thin:
                may_follow(self.client, len(thin), thin_feed.PATH)

    def streams(self, selection: list[Selected]) -> list[Planned]:
        """The streams that can be read; the others are put into `unreadable`."""
        selection = [one for one in selection if one.resource.name not in self.unreadable]
        if self.config.emit_every_version:
            selection = [one._replace(resource=every_version(one.resource)) for one in selection]
        if ids := self._clocks(one.resource for one in selection):
            selection = [one._replace(resource=on_clocks(one.resource, ids)) for one in selection]
        cursors = {one.resource.name: self.cursors(one) for one in selection}
        chosen = [pair for pairs in cursors.values() for pair in pairs]
        self._feed_client = self.client.counting()
        self.source = source = self._open(consumers(chosen, payloads=self._payloads))
        refetcher = Refetcher(route.origin for resource, _ in chosen for route in resource.routes)
        context = SyncContext(source, refetcher, 2 * self.config.num_workers, self._payloads)
        clients = {resource.name: self._client_of(resource).counting() for resource, _ in chosen}
        repeats = Repeats(self.config.start, self.config.recheck_days, self.config.reconcile)
        self._plan = plan = Plan(chosen, clients, repeats, self._longest, self.budget)

        def reader(stream: str, resource: Resource, cursor: WindowCursor) -> StreamReader:
            tally = Tally()
            return StreamReader(
                stream,
                resource.name,
                cursor,
                plan.passes(resource, cursor, context, tally),
                client=clients[resource.name],
                tally=tally,
                emit=self.output.records,
                clock=self.runtime.monotonic,
                progress=self._progress,
            )

        streams = [
            Planned(one.resource, [reader(one.resource.name, *pair) for pair in cursors[one.resource.name]])
            for one in selection
            if cursors[one.resource.name]
        ]
        self._progress.watch({stream.resource.name: stream.readers for stream in streams})
        return streams

    def also_watch(self, readers: Mapping[str, Sequence[Reader]]) -> None:
        """Progress tells of these too: what is read of each stream in other sessions."""
        self._progress.watch(readers)

    def tick(self) -> None:
        """Something has come in another session."""
        self._progress.tick()

    def _open(self, wanted: Sequence[FeedConsumer]) -> ChangeSource:
        """What tells of changes; streams of API v2 have a feed of their own, whatever tells the others."""
        thin = [one for one in wanted if one.origin.thin]
        events = self.open_source(
            self._feed_client, [one for one in wanted if not one.origin.thin], self._longest, self.budget
        )
        if not thin:
            return events
        feed = thin_feed.ThinEventFeed(self._feed_client, thin, self._longest, self.budget)
        return Feeds(events, feed, wanted)

    def _clocks(self, resources: Iterable[Resource]) -> list[str]:
        """The test clocks of the account, if they are wanted; none, and a word on it, where they cannot be read."""
        lists = (part.first.origin for resource in resources for part in resource.parts)
        if not self.config.test_clocks or self.client.key.live or not any(one.clock for one in lists):
            return []
        try:
            return list(clocks(self.client))
        except StripeError as error:
            logger.warning(f"What is on test clocks is left out. {error.sentence}")
            return []

    def _client_of(self, resource: Resource) -> Client:
        return self._platform if resource.scope is Scope.PLATFORM else self.client

    def cursors(self, one: Selected) -> list[tuple[Resource, WindowCursor]]:
        """The stream with its cursor, a union member by member; nothing, if its state cannot be understood."""
        stream, blob, members = one.resource, one.state or {}, one.resource.members
        budget = StateBudget(self.pace)

        def emit(state: Blob) -> None:
            budget.add_state(size_of(state))
            self.output.state(stream.name, state)

        try:
            if not members:
                return [(stream, self._cursor(stream, one, blob, budget, emit, emit))]
            union, cursors = Union(stream.cursor, len(members), emit), []
            for number, member in enumerate(members):
                say, keep = partial(union.member, number), partial(union.keep, number)
                cursors.append((member, self._cursor(member, one, of_member(blob, number), budget, say, keep)))
            union.begin({number: cursor.state for number, (_, cursor) in enumerate(cursors)})
            return cursors
        except OtherAccountError as error:
            sentence = (
                f"The state of the stream {stream.name} {error}. Rows of two accounts do not belong in one table: use "
                "the key that the state was written with, or reset the stream to sync it anew."
            )
        except ValueError as error:
            sentence = (
                f"The state of the stream {stream.name} cannot be understood: {error}. "
                "Reset the stream to sync it anew."
            )
        self.unreadable[stream.name] = StripeError(sentence, Failure.CONFIG)
        return []

    def _cursor(
        self,
        resource: Resource,
        of: Selected,
        blob: Mapping[str, object],
        budget: StateBudget,
        emit_state: EmitState,
        keep_state: EmitState,
    ) -> WindowCursor:
        """Raises ValueError with the reason for a state that cannot be understood."""
        config, monotonic, arrival = self.config, self.runtime.monotonic, self.arrival
        if not of.incremental or not resource.cursor:
            # A full refresh leaves nothing to a later sync, so it reads up to this very second.
            end = arrival.latest + 1
            whole = begin(config.start if resource.cursor else 0, end)
            return WindowCursor("", whole, Memory(), end, emit_state, monotonic, checkpoints=False)
        state, memory, note = resume(resource, blob, config.start, arrival.now, arrival.account, latest=arrival.stripe)
        if note:
            self._note(f"{of.resource.name}: {note}")
        return WindowCursor(
            resource.cursor,
            state,
            memory,
            self.end,
            emit_state,
            monotonic,
            keep_state=keep_state,
            budget=budget,
            on_full=lambda: self._note(
                too_many(of.resource.name, resource.parent.noun if resource.parent else "parent")
            ),
            lookback_days=0 if resource.routes else config.lookback_window_days,
        )

    def _warn_once(self, sentence: str) -> None:
        if sentence not in self._notes:
            self._notes.add(sentence)
            logger.warning(sentence)
