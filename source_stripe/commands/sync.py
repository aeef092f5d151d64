"""`source-stripe sync`: reads a Stripe account into files of one's own, and later what has changed since."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStateMessage,
    AirbyteStateMessageSerializer,
    AirbyteStreamStatus,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteCatalogSerializer,
    Level,
    Type,
)
from airbyte_cdk.utils import AirbyteTracedException

from source_stripe.account import NOBODY, Account
from source_stripe.airbyte.batch import Batch
from source_stripe.commands.selecting import configured, told_apart
from source_stripe.commands.store import STATE_FOLDER, Row, Rows, Store, StoreError
from source_stripe.declaration.resource import Resource, every_version
from source_stripe.source import SourceStripe
from source_stripe.state.wire import MEMBERS, load_memory

MOST_WAITING = 20_000
"""Rows of a stream that wait for the state that vouches for them; beyond that they are merged without it, and may come
once more after a sync that was killed."""
WARNINGS = (Level.WARN, Level.ERROR, Level.FATAL)
EXTRA = "DuckDB is not installed: install source-stripe with its extra duckdb, or give a folder for JSON lines."


class Watcher(Protocol):
    """Who is told of a sync while it runs."""

    def rows(self, stream: str, rows: int, gone: int) -> None:
        """Some rows of a stream are stored."""

    def said(self, sentence: str) -> None:
        """A warning."""

    def failed(self, stream: str, sentence: str) -> None:
        """A stream that is not read whole, and why."""


def open_store(to: str) -> Store:
    """The files that a path stands for. Raises StoreError.

    `stripe.duckdb` is a DuckDB file, `stripe.parquet` or `stripe.parquet-dir` a folder of Parquet files, any other path
    a folder of JSON lines.
    """
    path = Path(to).expanduser()
    if path.suffix in (".parquet", ".parquet-dir"):
        return _duckdb_store(path, parquet=True)
    if path.suffix in (".duckdb", ".ddb", ".db"):
        return _duckdb_store(path, parquet=False)
    if path.exists() and not path.is_dir():
        raise StoreError(f"{path} is a file; it takes a folder, or a name that ends in .duckdb.")
    from source_stripe.commands.folder_store import FolderStore  # noqa: PLC0415

    return FolderStore(path)


def sync(
    source: SourceStripe, config: Mapping[str, Any], resources: Sequence[Resource], store: Store, watcher: Watcher
) -> bool:
    """Reads into a store what is new since its states. False if a stream was not read whole; the next sync goes on.

    Raises AirbyteTracedException where nothing can be read, and Stopped once what came before the signal is stored.
    """
    resources = told_apart(resources, config)
    catalog: ConfiguredAirbyteCatalog = ConfiguredAirbyteCatalogSerializer.load(configured(resources))
    if config.get("emit_every_version") is True:
        resources = [every_version(resource) for resource in resources]
    by_name = {resource.name: resource for resource in resources}
    states = [state_message(name, state) for name, state in store.states().items() if name in by_name]
    store.begin(resources)
    loading = _Loading(by_name, store, watcher)
    logger = logging.getLogger("airbyte")
    try:
        with closing(source.batches(logger, config, catalog, states, Batch.unserialized)) as messages:
            for message in messages:
                loading.take(message)
    except AirbyteTracedException:
        # What of a stream was not read was said where it happened.
        if not loading.failed:
            raise
    finally:
        loading.end()
    loading.replace()
    store.finish()
    return not loading.failed


class _Loading:
    """Takes the messages of a sync: rows wait for the state behind them, so that both are stored at once.

    A store holds one account in one mode. Whose the rows are is known from the states, the first of which comes before
    its stream's first row; those of snapshots, which have no state, wait for the end.
    """

    def __init__(self, resources: Mapping[str, Resource], store: Store, watcher: Watcher) -> None:
        self._resources, self._store, self._watcher = resources, store, watcher
        self._account = next((found for one in store.states().values() if (found := account_of(one)) != NOBODY), NOBODY)
        self._confirmed = self._account == NOBODY
        """Whether this sync reads the account that the store holds."""
        self._waiting: defaultdict[str, list[Row]] = defaultdict(list)
        self._whole: set[str] = set()
        """Snapshots that were read to their end."""
        self.failed: set[str] = set()

    def take(self, message: AirbyteMessage) -> None:
        if isinstance(message, Batch):
            rows = self._waiting[message.stream]
            rows += message.records
            # Rows of a snapshot have no state: they wait for its end.
            if len(rows) >= MOST_WAITING and self._resources[message.stream].cursor:
                self._merge(message.stream, None)
            return
        match message.type:
            case Type.STATE if message.state and (state := message.state.stream):
                blob = state.stream_state
                kept = {} if blob is None else dict(vars(blob))
                self._check(account_of(kept))
                if self._resources[state.stream_descriptor.name].cursor:
                    self._merge(state.stream_descriptor.name, kept)
            case Type.TRACE if message.trace and (error := message.trace.error):
                name = error.stream_descriptor.name if error.stream_descriptor else ""
                self.failed.add(name)
                self._watcher.failed(name, error.message)
            case Type.TRACE if message.trace and (status := message.trace.stream_status):
                self._status(status.stream_descriptor.name, status.status)
            case Type.LOG if message.log and message.log.level in WARNINGS:
                self._watcher.said(message.log.message)

    def end(self) -> None:
        """What came without a state is stored all the same: it was true when it was read."""
        for name in list(self._waiting):
            if self._resources[name].cursor and self._waiting[name]:
                self._merge(name, None)

    def replace(self) -> None:
        """What snapshots held before gives way to what they hold now."""
        followed = any(resource.cursor for resource in self._resources.values())
        for name in sorted(self._whole) if self._confirmed or not followed else ():
            rows = Rows(self._resources[name], self._waiting.pop(name, []))
            self._store.replace(rows)
            self._watcher.rows(name, len(rows.rows), 0)

    def _check(self, account: Account) -> None:
        """Raises StoreError where the key reads another account than the store holds."""
        if account.differs_from(self._account):
            raise StoreError(
                f"The key reads {account}, and these are the rows of {self._account}. "
                "Rows of two accounts do not belong in one place: give another path."
            )
        self._confirmed = self._confirmed or account != NOBODY

    def _status(self, name: str, status: AirbyteStreamStatus) -> None:
        if status is AirbyteStreamStatus.COMPLETE and not self._resources[name].cursor:
            self._whole.add(name)
        elif status is AirbyteStreamStatus.INCOMPLETE:
            self.failed.add(name)

    def _merge(self, name: str, state: Mapping[str, Any] | None) -> None:
        rows = Rows(self._resources[name], self._waiting.pop(name, []))
        self._store.merge(rows, state)
        if rows.rows:
            self._watcher.rows(name, len(rows.rows), sum(map(rows.gone, rows.rows)))


def account_of(state: Mapping[str, Any]) -> Account:
    """Whose data a state says it is of."""
    said = next(iter(state[MEMBERS].values()), {}) if state.get(MEMBERS) else state
    return load_memory(said).account


def state_message(name: str, state: Mapping[str, Any]) -> AirbyteStateMessage:
    """What a sync goes on from, as a message of the protocol."""
    stream = {"stream_descriptor": {"name": name}, "stream_state": state}
    message: AirbyteStateMessage = AirbyteStateMessageSerializer.load(
        json.loads(json.dumps({"type": "STREAM", "stream": stream}))
    )
    return message


def _duckdb_store(path: Path, *, parquet: bool) -> Store:
    try:
        from source_stripe.commands.duckdb_store import DuckDBStore, ParquetStore  # noqa: PLC0415
    except ImportError:
        raise StoreError(EXTRA) from None
    return ParquetStore(path, STATE_FOLDER) if parquet else DuckDBStore(path)


def counts(store: Store, resources: Sequence[Resource]) -> Iterator[tuple[str, int]]:
    """How many rows each stream has."""
    for resource in resources:
        yield resource.name, store.count(resource.name)
