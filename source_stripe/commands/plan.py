"""`source-stripe plan`: cuts one sync into shards, each a folder that `run-shard` reads on any machine."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from threading import Semaphore
from typing import Any, NamedTuple

import orjson
from airbyte_cdk.models import ConfiguredAirbyteCatalog, ConfiguredAirbyteCatalogSerializer

from source_stripe.account_options import ALL
from source_stripe.accounts.access import base
from source_stripe.accounts.members import Member, Members, Unlisted
from source_stripe.airbyte.errors import config_error
from source_stripe.airbyte.many import NAMELESS
from source_stripe.commands.selecting import BY_NAME, SelectionError
from source_stripe.commands.store import StoreError
from source_stripe.config import Config, parse
from source_stripe.credentials import StripeApp
from source_stripe.declaration.resource import Resource, Scope
from source_stripe.runtime import Runtime
from source_stripe.shards.cut import Cut, Shard, Unit, cut
from source_stripe.shards.folder import CATALOG, CONFIG, PLAN, STATE, write_private
from source_stripe.shards.report import plan_of
from source_stripe.shards.states import OWN, Blob, divided
from source_stripe.state.accounts import groups, without_block
from source_stripe.stripe.arrival import arrive
from source_stripe.stripe.errors import StripeError
from source_stripe.sync.session import connect
from source_stripe.waiting import patient
from source_stripe.wording import nearest, shown

NO_SPEED = (
    "There is one account: Stripe allows it 100 requests a second of 100 objects each, 10,000 records a second, which "
    "is less than one core takes. More machines bring no speed; they only put the sync elsewhere."
)
NO_APP = (
    "An app's refresh token is good for one process at a time: a sync that is divided takes an API key (client_secret)."
)


class Asked(NamedTuple):
    """What a plan is made from."""

    config: Mapping[str, Any]
    catalog: ConfiguredAirbyteCatalog
    states: Mapping[str, Blob]
    shards: int
    workers: int
    by: str


def plan(asked: Asked, runtime: Runtime, out: Path) -> tuple[Cut, list[str]]:
    """Writes the shards into a folder that is not there yet, whole or not at all; returns what is in each, and
    sentences that a person should know.

    Raises AirbyteTracedException where Stripe is needed and refuses, and StoreError where the folder cannot be written.
    """
    try:
        config = parse(asked.config)
    except ValueError as error:
        raise config_error(str(error)) from None
    if isinstance(config.credentials, StripeApp):
        raise config_error(NO_APP)
    resources = [_known(one.stream.name) for one in asked.catalog.streams]
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise StoreError(f"{out} is there already, and may hold what shards have read: give another folder.")
    units = _units(config, resources, asked.states, runtime)
    by_creation = bool(config.connected_accounts) and any(one.scope is Scope.PLATFORM for one in resources)
    found = cut(units, resources, asked.shards, asked.by, by_creation=by_creation)
    try:
        states = divided(asked.states, found.home, len(found.shards))
    except ValueError as error:
        raise config_error(f"{error} Reset the stream to sync it anew.") from None
    said = [NO_SPEED] if asked.shards > 1 and sum(len(unit.accounts) or 1 for unit in units) == 1 else []
    if len(found.shards) < asked.shards:
        said.append(f"There is work for {len(found.shards)} shards, not for {asked.shards}.")
    try:
        _write(asked, config, found, states, out)
    except OSError as error:
        raise StoreError(f"{out} cannot be written: {error.strerror}.") from None
    return found, said


# Who is read.


def _units(config: Config, resources: Sequence[Resource], states: Mapping[str, Blob], runtime: Runtime) -> list[Unit]:
    """The accounts that there are, in their order; one without a name where only one is read."""
    if not config.several:
        return [Unit(known=frozenset({OWN} if any(map(without_block, states.values())) else ()))]
    known = {account for blob in states.values() for _, ids in _groups(blob) for account in ids}
    with closing(connect(config, runtime)) as whole:
        client = base(whole, config)
        client.request_queue.begin()
        try:
            arrival = arrive(client, runtime.clock)
        except StripeError as error:
            raise config_error(error.sentence) from None
        own = "" if config.contexts else arrival.account.id
        if not own and not config.contexts:
            raise config_error(NAMELESS)
        members = Members(config, client, own, arrival.now, Semaphore(2 * config.num_workers))
        found = list[Member]()
        has_platform = any(resource.scope is Scope.PLATFORM for resource in resources)
        listed: Iterable[Member | Unlisted] = patient(members.all(for_platform=has_platform))
        for one in listed:
            if isinstance(one, Unlisted):
                raise config_error(f"The connected accounts cannot be listed. {one.error.sentence}")
            found.append(one)
    if config.contexts:
        return _by_platform(config.contexts, found, known)
    others = [
        Unit(
            (one.id,),
            (one.id,) if one.is_whole else (),
            one.created,
            frozenset({one.id} & known),
        )
        for one in found
    ]
    reads_own = ALL in config.connected_accounts or own in config.connected_accounts
    is_known = own in known or any(map(without_block, states.values()))
    mine = Unit((own,), (own,) if reads_own else (), 0, frozenset({own} if is_known else ()), has_own=True)
    platforms = any(one.scope is not Scope.ACCOUNT for one in resources)
    return [mine, *others] if reads_own or platforms or not others else others


def _by_platform(contexts: Iterable[str], found: Iterable[Member], known: set[str]) -> list[Unit]:
    """The accounts of an organization; those together that are found through the same platform."""
    root: dict[str, str] = {}

    def find(one: str) -> str:
        while root.setdefault(one, one) != one:
            one = root[one]
        return one

    for member in found:
        root[find(member.id)] = find(member.path.partition("/")[0])
    accounts: dict[str, dict[str, None]] = {}
    named: dict[str, list[str]] = {}
    for context in contexts:
        named.setdefault(find(context.partition("/")[0]), []).append(context)
        accounts.setdefault(find(context.partition("/")[0]), {})[context.rpartition("/")[2]] = None
    for member in found:
        accounts.setdefault(find(member.id), {})[member.id] = None
    return [
        Unit(tuple(accounts[one]), tuple(paths), known=frozenset(accounts[one].keys() & known))
        for one, paths in named.items()
    ]


def _groups(blob: Blob) -> list[tuple[Blob, list[str]]]:
    try:
        return list(groups(blob))
    except ValueError:
        return []  # said with the name of the stream, when the states are divided


# What is written.


def _write(asked: Asked, config: Config, found: Cut, states: Sequence[Mapping[str, Blob]], out: Path) -> None:
    """Into a folder beside, which then takes the place of the one that is wanted. Raises OSError."""
    beside = out.with_name(f".{out.name}.part")
    if beside.exists():
        shutil.rmtree(beside)
    beside.parent.mkdir(parents=True, exist_ok=True)
    beside.mkdir(mode=0o700)
    for number, (shard, blobs) in enumerate(zip(found.shards, states, strict=True)):
        folder = beside / name_of(number)
        folder.mkdir(mode=0o700)
        chosen = [one for one in asked.catalog.streams if one.stream.name in shard.streams]
        catalog = ConfiguredAirbyteCatalogSerializer.dump(ConfiguredAirbyteCatalog(chosen))
        messages = [
            {"type": "STREAM", "stream": {"stream_descriptor": {"name": stream}, "stream_state": blob}}
            for stream, blob in blobs.items()
        ]
        write_private(folder / CONFIG, _json(_configured(asked, config, shard)))
        write_private(folder / CATALOG, _json(catalog))
        write_private(folder / STATE, orjson.dumps(messages) + b"\n")
    write_private(beside / PLAN, _json(plan_of(found, config, BY_NAME, asked.workers, name_of)))
    beside.replace(out)


def _configured(asked: Asked, config: Config, shard: Shard) -> dict[str, Any]:
    """The configuration of a shard: its accounts, and its share of what may be asked at once."""
    own: dict[str, Any] = {
        "rate_share": config.rate_share / asked.workers,
        "num_workers": math.ceil(config.num_workers / asked.workers),
    }
    if config.contexts:
        own["contexts"] = shard.named
    elif config.connected_accounts:
        own["connected_accounts"] = shard.named
        if shard.stretch:
            own["accounts_created"] = list(shard.stretch)
    return {**asked.config, **own}


def name_of(number: int) -> str:
    """The folder of a shard."""
    return f"{number:03d}"


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n"


def _known(name: str) -> Resource:
    if name not in BY_NAME:
        near = nearest(name, BY_NAME)
        raise SelectionError(f"There is no stream {shown(name)}.{f' Is {near} meant?' if near else ''}")
    return BY_NAME[name]
