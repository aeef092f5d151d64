"""The words that the laws are written in: a Stripe account, a sync of it, a warehouse that takes what syncs bring."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStateMessage,
    AirbyteStream,
    AirbyteStreamStatus,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteStream,
    DestinationSyncMode,
    SyncMode,
)
from airbyte_cdk.utils import AirbyteTracedException

from integration_tests.sandbox import Account, Granted, Sandbox
from source_stripe.catalog import CATALOG
from source_stripe.changes.feed import EventFeed
from source_stripe.declaration.resource import Resource
from source_stripe.runtime import Runtime
from source_stripe.source import SourceStripe
from source_stripe.state.pace import EVERY_MARK, PACE
from source_stripe.stripe.arrival import PATH as ARRIVAL
from source_stripe.sync.given import OpenSource

NOW = 1_790_000_000
HOUR, DAY = 3_600, 86_400
KEY = "sk_test_sandbox"

Record = dict[str, Any]

BY_NAME = {resource.name: resource for resource in CATALOG}


class Time:
    """A clock for waiting that nobody waits for."""

    def __init__(self) -> None:
        self._seconds, self._lock = 0.0, threading.Lock()

    def now(self) -> float:
        return self._seconds

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._seconds += seconds


class Hurried(Time):
    """A clock that is seconds later at every look, so that there is a mark after every page; with it a state is printed
    at each."""

    def __init__(self, step_seconds: float = 2.0) -> None:
        super().__init__()
        self._step_seconds = step_seconds

    def now(self) -> float:
        self.sleep(self._step_seconds)
        return super().now()


@dataclass
class Synced:
    """What one sync printed, in order."""

    messages: list[AirbyteMessage] = field(default_factory=list)
    error: str = ""
    """The sentence it ended with, if it did not end well."""

    def records(self, stream: str | Resource) -> list[Record]:
        """The records of a stream, in the order they came."""
        name = stream if isinstance(stream, str) else stream.name
        return [m.record.data for m in self.messages if m.record and m.record.stream == name]

    def ids(self, stream: str | Resource) -> set[str]:
        name = stream if isinstance(stream, str) else stream.name
        return {BY_NAME[name].identity(record) for record in self.records(name)}

    @property
    def state(self) -> list[AirbyteStateMessage]:
        """The last state of each stream, as a platform keeps it."""
        last: dict[str, AirbyteStateMessage] = {}
        for message in self.messages:
            if message.state:
                last[name_of(message.state)] = message.state
        return list(last.values())

    def position(self, stream: str | Resource) -> dict[str, Any]:
        """The last state of a stream as it stands on the wire."""
        name = stream if isinstance(stream, str) else stream.name
        return next(blob(state) for state in self.state if name_of(state) == name)

    @property
    def statuses(self) -> dict[str, AirbyteStreamStatus]:
        """How each stream ended."""
        traces = [message.trace.stream_status for message in self.messages if message.trace]
        return {status.stream_descriptor.name: status.status for status in traces if status}

    @property
    def errors(self) -> dict[str, list[str]]:
        """The sentences about each stream that went wrong."""
        sentences: dict[str, list[str]] = {}
        for message in self.messages:
            if message.trace and message.trace.error and message.trace.error.stream_descriptor:
                name = message.trace.error.stream_descriptor.name
                sentences.setdefault(name, []).append(message.trace.error.message)
        return sentences


def name_of(state: AirbyteStateMessage) -> str:
    assert state.stream
    name: str = state.stream.stream_descriptor.name
    return name


def blob(state: AirbyteStateMessage) -> dict[str, Any]:
    assert state.stream
    return dict(state.stream.stream_state.__dict__) if state.stream.stream_state else {}


def sync(
    stripe: Sandbox,
    streams: Iterable[Resource | str] = CATALOG,
    state: list[AirbyteStateMessage] | None = None,
    *,
    incremental: bool = True,
    at_most: int | None = None,
    states_at_most: int | None = None,
    time: Time | None = None,
    ahead_seconds: int = 0,
    open_source: OpenSource = EventFeed,
    **config: object,
) -> Synced:
    """One sync of some streams; `at_most` so many messages, or states, are read before the process is killed.

    The host's clock is `ahead_seconds` ahead of Stripe's; `open_source` makes what tells of changes.
    """
    time = time or Time()
    runtime = Runtime(
        session=stripe.session,
        clock=lambda: float(stripe.account.now + ahead_seconds),
        monotonic=time.now,
        sleep=time.sleep,
        jitter=lambda: 0.0,
    )
    given = {"client_secret": KEY, "start_date": "2000-01-01T00:00:00Z", "num_workers": 6} | config
    synced, states = Synced(), 0
    pace = EVERY_MARK if isinstance(time, Hurried) else PACE
    messages = SourceStripe(runtime, open_source, pace).read(
        logging.getLogger("airbyte"), given, catalog(streams, incremental), state
    )
    try:
        for message in messages:
            if at_most is not None and len(synced.messages) >= at_most:
                break
            synced.messages.append(message)
            states += message.state is not None
            if states == states_at_most:
                break
    except AirbyteTracedException as error:
        synced.error = str(error)
    return synced


def catalog(streams: Iterable[Resource | str], incremental: bool) -> ConfiguredAirbyteCatalog:
    cursors = {resource.name: resource.cursor for resource in CATALOG}
    names = [stream if isinstance(stream, str) else stream.name for stream in streams]
    return ConfiguredAirbyteCatalog(
        [
            ConfiguredAirbyteStream(
                AirbyteStream(name, {}, [SyncMode.full_refresh, SyncMode.incremental]),
                SyncMode.incremental if incremental and cursors.get(name, "?") else SyncMode.full_refresh,
                DestinationSyncMode.append_dedup,
            )
            for name in names
        ]
    )


def settled(**population: int) -> Sandbox:
    """A populated account at rest: all that has happened may be read."""
    account = Account.populated(now=NOW, **population)
    account.advance(2 * HOUR)
    return Sandbox(account)


def asked(stripe: Sandbox) -> dict[str, int]:
    """How many requests were made to each endpoint, beside the one that a sync learns the account from."""
    counts = Counter(stripe.counts())
    counts[ARRIVAL] -= 1
    return dict(+counts)


def joined(*states: list[AirbyteStateMessage]) -> list[AirbyteStateMessage]:
    """What a platform keeps of the states of several syncs: the last of each stream."""
    return list({name_of(state): state for sync in states for state in sync}.values())


__all__ = [
    "CATALOG",
    "DAY",
    "HOUR",
    "KEY",
    "NOW",
    "Account",
    "Granted",
    "Hurried",
    "Record",
    "Sandbox",
    "Synced",
    "Time",
    "asked",
    "blob",
    "joined",
    "name_of",
    "settled",
    "sync",
]
