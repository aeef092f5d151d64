"""The words that the laws are written in: a Stripe account, a sync of it, a warehouse that takes what syncs bring."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

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

from integration_tests.sandbox import Account, Sandbox
from source_stripe.catalog import CATALOG
from source_stripe.changes.feed import EventFeed
from source_stripe.declaration.resource import Parent, Resource
from source_stripe.declaration.takes import Children, Embedded
from source_stripe.runtime import Runtime
from source_stripe.source import SourceStripe
from source_stripe.stripe.arrival import PATH as ARRIVAL
from source_stripe.sync.session import OpenSource

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
    """A clock that is seconds later at every look, so that a state is printed at every mark."""

    def now(self) -> float:
        self.sleep(2.0)
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
    messages = SourceStripe(runtime, open_source).read(
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


class Warehouse:
    """Keeps per key the row with the highest cursor, the later arrival among equals; deleted rows are dropped."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Record]] = {resource.name: {} for resource in CATALOG}

    def take(self, synced: Synced) -> Synced:
        for message in synced.messages:
            if message.record:
                rows, record = self._rows[message.record.stream], message.record.data
                key, cursor = BY_NAME[message.record.stream].identity(record), BY_NAME[message.record.stream].cursor
                known = rows.get(key)
                if known is None or not cursor or (record[cursor] or 0) >= (known[cursor] or 0):
                    rows[key] = record
        return synced

    def copy(self) -> Warehouse:
        """Another with the same rows."""
        made = Warehouse()
        made._rows = {name: dict(rows) for name, rows in self._rows.items()}
        return made

    def forget(self, resource: Resource) -> None:
        """Drops what it holds of a stream, as a platform does when a stream is reset."""
        self._rows[resource.name].clear()

    def latest(self, resource: Resource) -> dict[str, Record]:
        """The living rows as they came."""
        return {key: row for key, row in self._rows[resource.name].items() if not row.get("is_deleted")}

    def rows(self, resource: Resource) -> dict[str, Record]:
        """The living rows, without what the connector adds."""
        return {
            key: {name: value for name, value in row.items() if name not in additions(resource)}
            for key, row in self._rows[resource.name].items()
            if not row.get("is_deleted")
        }


def additions(resource: Resource) -> set[str]:
    """Fields to leave out when rows are compared with Stripe's; a product's own `updated` lies under the cursor."""
    return set(resource.added) | {"is_deleted"}


def held(account: Account, resource: Resource) -> dict[str, Record]:
    """The rows that the account holds now, as its own lists show them."""
    return {
        part.identity(row): {name: value for name, value in row.items() if name not in additions(resource)}
        for part in resource.parts
        for row in _rows(account, part)
        if row.get("object", "") == part.object and not part.deleted_if(row) and not row.get("deleted")
    }


def _rows(account: Account, resource: Resource) -> Iterator[Record]:
    """What stands in the lists of a stream, or in and under their objects; with what is part of its key."""
    take, link = resource.first.take, resource.parent
    for thing in _listed(account, resource).values():
        match take:
            case Embedded(whole=Children() as whole, inside=""):
                children = _under(account, whole, thing)
            case Embedded(whole=Children() as whole):
                children = _inside(_under(account, replace(whole, expand=(take.inside,)), thing), take, link)
            case Embedded():
                children = _inside(_at(thing, take.field), take, link)
            case Children():
                children = _under(account, take, thing)
            case _:
                yield thing
                continue
        for child in children:
            yield {link.id_field: thing[link.owner[0] or "id"], **child} if link else child


def _inside(things: list[Record], take: Embedded, link: Parent | None) -> list[Record]:
    if take.numbered:
        return [{**thing, "position": position} for position, thing in enumerate(things)]
    if take.inside and link:
        return [{**inner, link.id_field: thing["id"]} for thing in things for inner in thing[take.inside]]
    return things


def _at(thing: Record, path: str) -> list[Record]:
    """What is at a path: in a list, in an array, or one thing."""
    value: Any = thing
    for name in path.split("."):
        value = (value or {}).get(name)
    return value if isinstance(value, list) else [value] if value else []


def _listed(account: Account, resource: Resource) -> dict[str, Record]:
    origin = resource.first.origin
    if origin.single:
        return {"": account.rows(origin.path)[0]}
    return {
        thing["id"]: thing
        for params in origin.filters
        for thing in account.rows(origin.path, expand=list(origin.expand), **dict(params))
    }


def _under(account: Account, children: Children, parent: Record) -> list[Record]:
    """The lists under an object: those that it has."""
    if not children.where(parent) or (children.unless_null and parent.get(children.unless_null) is None):
        return []
    if children.each:
        metered = {
            item["price"]["recurring"] and item["price"]["recurring"]["meter"] for item in parent["items"]["data"]
        }
        born = parent["created"] // DAY * DAY - children.back_days * DAY
        stretch = dict(zip(children.between, (born, -(-account.now // DAY) * DAY), strict=True))
        return [
            row for each in metered - {None} for row in _filled(account, children, {**parent, "each": each}, stretch)
        ]
    return _filled(account, children, parent, {})


def _filled(account: Account, children: Children, fields: Record, further: Record) -> list[Record]:
    filled = {name: value.format_map(fields) for name, value in children.params}
    params = {name: value for name, value in filled.items() if value != "None"}
    expand = {"expand": list(children.expand)} if children.expand else {}
    quoted = {name: quote(value, safe="") for name, value in fields.items() if isinstance(value, str)}
    return account.rows(children.path.format_map(quoted), **params, **expand, **further)


def differences(account: Account, warehouse: Warehouse, resource: Resource) -> list[str]:
    """What is missing, too much or other than the account has it; empty when the replica is right."""
    expected, actual = held(account, resource), warehouse.rows(resource)
    return [
        *(f"missing {key}" for key in expected.keys() - actual.keys()),
        *(f"too much {key}" for key in actual.keys() - expected.keys()),
        *(
            f"wrong {key}: {_unlike(expected[key], actual[key])}"
            for key in expected.keys() & actual.keys()
            if expected[key] != actual[key]
        ),
    ]


def _unlike(expected: Mapping[str, object], actual: Mapping[str, object]) -> dict[str, tuple[object, object]]:
    names = expected.keys() | actual.keys()
    return {n: (expected.get(n), actual.get(n)) for n in names if expected.get(n) != actual.get(n)}


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


def wrong(account: Account, warehouse: Warehouse) -> dict[str, list[str]]:
    """The streams whose replica is not right, and why. Events are left out: the account forgets them after 30 days."""
    found = {resource.name: differences(account, warehouse, resource) for resource in CATALOG}
    return {name: rows for name, rows in found.items() if rows and name != "events"}


__all__ = [
    "CATALOG",
    "DAY",
    "HOUR",
    "KEY",
    "NOW",
    "Account",
    "Hurried",
    "Record",
    "Sandbox",
    "Synced",
    "Time",
    "Warehouse",
    "asked",
    "blob",
    "differences",
    "joined",
    "name_of",
    "settled",
    "sync",
    "wrong",
]
