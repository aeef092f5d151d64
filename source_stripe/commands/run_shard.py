"""`source-stripe run-shard`: reads one shard of a plan, and goes on where it was when it was ended before."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
from airbyte_cdk.models import AirbyteMessage, AirbyteStreamStatus, Level, SyncMode, Type
from airbyte_cdk.utils import AirbyteTracedException

from source_stripe.airbyte.batch import Batch
from source_stripe.commands import sync
from source_stripe.commands.selecting import BY_NAME
from source_stripe.commands.store import Rows, Store, StoreError
from source_stripe.commands.terminal import LiveSync, Terminal
from source_stripe.declaration.resource import Resource
from source_stripe.runtime import Runtime
from source_stripe.shards.folder import CATALOG, CONFIG, PLAN, STATE, BusyError, Journal
from source_stripe.source import SourceStripe

Blobs = dict[str, Mapping[str, Any]]


def run_shard(source: SourceStripe, runtime: Runtime, folder: Path, to: str, terminal: Terminal) -> bool:
    """Reads what is new since the shard's last states. False if a stream was not read whole; the next run goes on.

    Raises AirbyteTracedException where nothing can be read, and StoreError where something cannot be written.
    """
    config = dict(source.read_config(str(folder / CONFIG)))
    catalog = source.read_catalog(str(folder / CATALOG))
    modes = {one.stream.name: one.sync_mode is SyncMode.incremental for one in catalog.streams}
    names = [one.stream.name for one in catalog.streams]
    whole = [name for name in names if name in BY_NAME and not (modes[name] and BY_NAME[name].cursor)]
    try:
        with Journal(folder, runtime.monotonic, whole) as journal:
            if not journal.is_begun:
                journal.states |= planned(source, folder)
            with LiveSync(terminal, len(names), first=True) as live:
                if to:
                    _sync_to(source, config, [BY_NAME[name] for name in names if name in BY_NAME], to, journal, live)
                else:
                    states = [sync.state_message(*one) for one in journal.states.items() if one[0] in modes]
                    with closing(source.batches(logging.getLogger("airbyte"), config, catalog, states)) as messages:
                        _keep(messages, journal, {*whole}, live)
            journal.finished = not live.failures
            live.summary({name: live.came(name) for name in names}, to or str(folder))
    except BusyError:
        raise StoreError(f"Another process reads {folder}.") from None
    except OSError as error:
        raise StoreError(f"{folder} cannot be written to: {error.strerror}. It goes on from its last states.") from None
    return not live.failures


def planned(source: SourceStripe, folder: Path) -> Blobs:
    """What a shard that was never begun goes on from."""
    path = folder / STATE
    states = source.read_state(str(path)) if path.exists() else []
    return {
        one.stream.stream_descriptor.name: dict(vars(one.stream.stream_state))
        for one in states
        if one.stream and one.stream.stream_state
    }


def found(given: Path) -> Path | None:
    """The folder that is meant, also by its bare number, as engines count; None where the plan has fewer shards.

    Raises StoreError where there is none.
    """
    padded = given.with_name(given.name.zfill(3))
    for folder in (given, padded):
        if (folder / CONFIG).exists():
            return folder
    plan = given.parent / PLAN
    if given.name.isdigit() and plan.exists() and int(given.name) >= len(orjson.loads(plan.read_bytes())["shards"]):
        return None
    raise StoreError(f"{given} is no shard: `source-stripe plan` makes folders such as DIR/000.")


def _keep(messages: Any, journal: Journal, whole: set[str], live: LiveSync) -> None:
    try:
        for message in messages:
            _take(message, journal, whole, live)
    except AirbyteTracedException:
        # What of a stream was not read was said where it happened.
        if not live.failures:
            raise


def _take(message: AirbyteMessage, journal: Journal, whole: set[str], live: LiveSync) -> None:
    if isinstance(message, Batch):
        journal.records(message.lines)
        live.rows(message.stream, message.count, 0)
        return
    match message.type:
        case Type.STATE if message.state and (state := message.state.stream):
            if state.stream_state is not None:
                journal.state(state.stream_descriptor.name, dict(vars(state.stream_state)))
        case Type.TRACE if message.trace and (error := message.trace.error):
            live.failed(error.stream_descriptor.name if error.stream_descriptor else "", error.message)
        case Type.TRACE if message.trace and (status := message.trace.stream_status):
            name = status.stream_descriptor.name
            if status.status is AirbyteStreamStatus.INCOMPLETE:
                live.failures.setdefault(name, "")
            elif status.status is AirbyteStreamStatus.COMPLETE and name in whole:
                journal.vouch(name)
        case Type.LOG if message.log and message.log.level in (Level.WARN, Level.ERROR, Level.FATAL):
            live.said(message.log.message)


def _sync_to(
    source: SourceStripe,
    config: Mapping[str, Any],
    resources: Sequence[Resource],
    to: str,
    journal: Journal,
    live: LiveSync,
) -> None:
    store = sync.open_store(to)
    try:
        sync.sync(source, config, resources, _Beside(store, journal), live)
    finally:
        store.close()


class _Beside(Store):
    """A store whose states are the shard's: what another plan left in it is of other shards."""

    def __init__(self, store: Store, journal: Journal) -> None:
        self._store, self._journal = store, journal

    def states(self) -> Mapping[str, Mapping[str, Any]]:
        return self._journal.states

    def begin(self, resources: Sequence[Resource]) -> None:
        self._store.begin(resources)

    def merge(self, rows: Rows, state: Mapping[str, Any] | None) -> None:
        self._store.merge(rows, state)
        if state is not None:
            self._journal.state(rows.resource.name, state)

    def replace(self, rows: Rows) -> None:
        self._store.replace(rows)

    def count(self, stream: str) -> int:
        return self._store.count(stream)

    def finish(self) -> None:
        self._store.finish()

    def close(self) -> None:
        self._store.close()
