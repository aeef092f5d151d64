"""`source-stripe merge`: the states of all shards of a plan as one, and their records in one store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from airbyte_cdk.models import SyncMode

from source_stripe.account import NOBODY
from source_stripe.airbyte.errors import config_error
from source_stripe.commands.run_shard import planned
from source_stripe.commands.selecting import BY_NAME, told_apart
from source_stripe.commands.store import Row, Rows, Store, StoreError
from source_stripe.commands.sync import MOST_WAITING, account_of
from source_stripe.declaration.resource import Resource, every_version
from source_stripe.shards.folder import CATALOG, CONFIG, PLAN, RECORDS, last_states, stream_of
from source_stripe.shards.states import Blob, ClaimedTwiceError, merged
from source_stripe.source import SourceStripe


class Read(NamedTuple):
    """What a shard has read."""

    folder: Path
    states: Mapping[str, Blob]
    finished: bool
    vouched: Mapping[str, int]
    """Up to which byte the records of each stream count."""


def shards_of(source: SourceStripe, folder: Path) -> list[Read]:
    """The shards of a plan, as far as each has come. Raises StoreError where there is no plan."""
    try:
        plan = orjson.loads((folder / PLAN).read_bytes())
        names = [str(one["shard"]) for one in plan["shards"]]
    except (OSError, ValueError, KeyError, TypeError):
        raise StoreError(f"{folder} holds no plan: `source-stripe plan` makes one.") from None
    found = []
    for name in names:
        try:
            last = last_states(folder / name)
            states, finished, vouched = last or (planned(source, folder / name), False, {})
        except (OSError, ValueError, KeyError) as error:
            raise StoreError(f"The states of the shard {folder / name} cannot be read: {error}.") from None
        found.append(Read(folder / name, states, finished, vouched))
    return found


def states_of(shards: Sequence[Read]) -> dict[str, Blob]:
    """How far all have come together. Raises StoreError where two claim the same, and AirbyteTracedException for a
    state that is damaged."""
    try:
        return merged({one.folder.name: one.states for one in shards}, BY_NAME)
    except ClaimedTwiceError as error:
        raise StoreError(str(error)) from None
    except ValueError as error:
        raise config_error(f"The states of the shards cannot be understood: {error}.") from None


def load(source: SourceStripe, shards: Sequence[Read], states: Mapping[str, Blob], store: Store) -> None:
    """Puts the records of all shards into a store, and the states that vouch for them: what `sync` would have there.

    Raises StoreError where the store holds another account.
    """
    resources, whole = _streams(source, shards)
    mine = next((one for state in states.values() if (one := account_of(state)) != NOBODY), NOBODY)
    held = next((one for state in store.states().values() if (one := account_of(state)) != NOBODY), NOBODY)
    if mine.differs_from(held):
        raise StoreError(f"The shards read {mine}, and these are the rows of {held}: give another path.")
    store.begin(list(resources.values()))
    waiting: defaultdict[str, list[Row]] = defaultdict(list)
    for stream, row in (one for shard in shards for one in _records(shard)):
        rows = waiting[stream]
        rows.append(row)
        if len(rows) >= MOST_WAITING and stream not in whole:
            store.merge(Rows(resources[stream], waiting.pop(stream)), None)
    for name, resource in resources.items():
        rows = waiting.pop(name, [])
        if name not in whole:
            store.merge(Rows(resource, rows), states.get(name))
        elif all(name in shard.vouched for shard in whole[name]):
            store.replace(Rows(resource, rows))
    store.finish()


def _streams(source: SourceStripe, shards: Sequence[Read]) -> tuple[dict[str, Resource], dict[str, list[Read]]]:
    """The streams of all shards in the order of the catalogue, and those that are read anew every time, with the shards
    that do."""
    config = source.read_config(str(shards[0].folder / CONFIG))
    whole: dict[str, list[Read]] = {}
    names: set[str] = set()
    for shard in shards:
        for one in source.read_catalog(str(shard.folder / CATALOG)).streams:
            names.add(one.stream.name)
            if one.sync_mode is not SyncMode.incremental or not BY_NAME[one.stream.name].cursor:
                whole.setdefault(one.stream.name, []).append(shard)
    resources = told_apart([one for name, one in BY_NAME.items() if name in names], _several(source, shards, config))
    if config.get("emit_every_version") is True:
        resources = [every_version(one) for one in resources]
    return {one.name: one for one in resources}, whole


def _several(source: SourceStripe, shards: Sequence[Read], config: Mapping[str, Any]) -> Mapping[str, Any]:
    """A configuration that says whether rows are told apart by account: that of a shard that reads such rows."""
    others = (source.read_config(str(shard.folder / CONFIG)) for shard in shards)
    return next((one for one in others if one.get("connected_accounts") or one.get("contexts")), config)


def _records(shard: Read) -> Iterator[tuple[str, Row]]:
    """The records that a state vouches for, with their streams."""
    path, at = shard.folder / RECORDS, 0
    if not path.exists():
        return
    with path.open("rb") as lines:
        for line in lines:
            at += len(line)
            stream = stream_of(line)
            if at <= shard.vouched.get(stream, 0):
                yield stream, orjson.loads(line)["record"]["data"]
