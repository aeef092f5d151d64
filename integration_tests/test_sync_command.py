"""What `source-stripe sync` leaves on disk is the account, whatever happens on the way."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
from airbyte_cdk.utils import AirbyteTracedException

from integration_tests.in_process import file
from integration_tests.oracle import differences
from integration_tests.served import served
from integration_tests.views import FORGOTTEN
from integration_tests.vocabulary import CATALOG, DAY, HOUR, KEY, NOW, Account, Sandbox, Time, settled
from integration_tests.warehouse import Warehouse
from source_stripe.columns import Kind, columns
from source_stripe.commands.selecting import BY_NAME
from source_stripe.commands.store import Rows, Store, StoreError
from source_stripe.commands.sync import open_store, sync
from source_stripe.declaration.resource import Resource, every_version
from source_stripe.runtime import Runtime
from source_stripe.source import SourceStripe

ROOT = Path(__file__).parents[1]
STORES = {"folder": "stripe", "duckdb": "stripe.duckdb", "parquet": "stripe.parquet"}
CONFIG = {"client_secret": KEY, "start_date": "2000-01-01T00:00:00Z", "num_workers": 6}


class Watched:
    """Who looks on, and ends the process after some rows, as a kill does: nothing more is done."""

    def __init__(self, most: int | None = None) -> None:
        self.left, self.sentences = most, list[str]()

    def rows(self, stream: str, rows: int, gone: int) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left <= 0:
                raise Killed

    def said(self, sentence: str) -> None:
        self.sentences.append(sentence)

    def failed(self, stream: str, sentence: str) -> None:
        self.sentences.append(f"{stream}: {sentence}")


class Killed(BaseException):
    pass


def synced(
    stripe: Sandbox,
    to: Path,
    watched: Watched | None = None,
    resources: tuple[Resource, ...] = CATALOG,
    **options: object,
) -> bool:
    clock = Time()
    runtime = Runtime(stripe.session, lambda: float(stripe.account.now), clock.now, clock.sleep, lambda: 0.0)
    store = open_store(str(to))
    try:
        return sync(SourceStripe(runtime), CONFIG | options, resources, store, watched or Watched())
    finally:
        store.close()


def kept(to: Path) -> Warehouse:
    """What stands in the files, as it was before it was written."""
    warehouse = Warehouse()
    for resource in CATALOG:
        for row in rows_of(to, resource):
            warehouse._rows[resource.name][resource.identity(row)] = row
    return warehouse


def rows_of(to: Path, resource: Resource) -> list[dict[str, Any]]:
    match to.suffix:
        case ".duckdb":
            with duckdb.connect(str(to), read_only=True) as database:
                there = database.execute("SELECT table_name FROM information_schema.tables").fetchall()
                selected = (resource.name,) in there
                return table(database.execute(f'SELECT * FROM "{resource.name}"'), resource) if selected else []
        case ".parquet":
            path = to / f"{resource.name}.parquet"
            with duckdb.connect() as database:
                return table(database.execute(f"SELECT * FROM '{path}'"), resource) if path.exists() else []
        case _:
            path = to / f"{resource.name}.jsonl"
            return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def table(found: duckdb.DuckDBPyConnection, resource: Resource) -> list[dict[str, Any]]:
    names = [one[0] for one in found.description or ()]
    kinds = {**dict.fromkeys(resource.added, Kind.TEXT), **columns(resource.name)}
    rows = [
        {name: value(kinds.get(name, Kind.JSON), one) for name, one in zip(names, row, strict=True) if one is not None}
        for row in found.fetchall()
    ]
    return [row | row.pop("_other_fields", {}) for row in rows]


def value(kind: Kind, stored: Any) -> Any:
    if kind is Kind.TIME:
        return int((stored - stored.__class__(1970, 1, 1)).total_seconds())
    return json.loads(stored) if kind is Kind.JSON else stored


def wrong(stripe: Sandbox, to: Path) -> dict[str, list[str]]:
    warehouse = kept(to)
    found = {resource.name: differences(stripe.account, warehouse, resource) for resource in CATALOG}
    # Stripe shows an event for 30 days; the files keep it.
    for name in FORGOTTEN:
        found[name] = [one for one in found[name] if not one.startswith("too much")]
    # A table cannot tell a field that is null from one that is not there; a line can.
    only_nulls = ": {}" if to.suffix else "-"
    found = {name: [one for one in some if not one.endswith(only_nulls)] for name, some in found.items()}
    return {name: some for name, some in found.items() if some}


@pytest.mark.parametrize("name", STORES.values(), ids=STORES)
def test_the_files_hold_the_account_after_each_sync(tmp_path: Path, name: str) -> None:
    stripe, to = settled(customers=6, seed=4), tmp_path / name
    for _ in range(2):
        assert synced(stripe, to)
        assert wrong(stripe, to) == {}
        stripe.account.live(2 * DAY, 60, silent=False)
        stripe.account.advance(HOUR)


@pytest.mark.parametrize("name", STORES.values(), ids=STORES)
def test_a_sync_that_is_killed_anywhere_is_gone_on_from(tmp_path: Path, name: str) -> None:
    stripe, to = settled(customers=8, seed=6), tmp_path / name
    for most in (2, 40):
        with pytest.raises(Killed):
            synced(stripe, to, Watched(most))
        stripe.account.live(HOUR, 10, silent=False)
        stripe.account.advance(HOUR)
    assert synced(stripe, to)
    assert wrong(stripe, to) == {}


def test_a_later_sync_asks_only_for_what_changed(tmp_path: Path) -> None:
    stripe, to = settled(customers=15, seed=4), tmp_path / "stripe"
    synced(stripe, to)
    first = stripe.count()
    stripe.account.advance(HOUR)
    synced(stripe, to)
    assert stripe.count() - first < first / 3


@pytest.mark.parametrize("live", [False, True], ids=["another account", "the other mode"])
def test_rows_of_another_account_are_not_mixed_in(tmp_path: Path, live: bool) -> None:
    mine, to = settled(customers=3, seed=4), tmp_path / "stripe"
    chosen = tuple(BY_NAME[name] for name in ("account", "balance", "customers"))
    assert synced(mine, to, resources=chosen)
    before = {one.name: rows_of(to, one) for one in CATALOG}
    other = Sandbox(Account(NOW)) if not live else mine
    key = KEY.replace("_test_", "_live_") if live else KEY
    # One stream has a state of the first account, one none yet.
    for streams in (chosen, (*chosen[:2], BY_NAME["charges"])):
        with contextlib.suppress(StoreError, AirbyteTracedException):
            assert not synced(other, to, resources=streams, client_secret=key)
        assert {one.name: rows_of(to, one) for one in CATALOG} == before


def row(identity: str, at: int, **fields: object) -> dict[str, Any]:
    return {"id": identity, "object": "subscription", "created": 1_000, "updated": at, **fields}


def merged(store: Store, *rows: dict[str, Any], state: Mapping[str, Any] | None = None) -> None:
    store.merge(Rows(BY_NAME["subscriptions"], rows), state)


@pytest.mark.parametrize("name", STORES.values(), ids=STORES)
def test_rows_are_merged_by_key_and_by_time(tmp_path: Path, name: str) -> None:
    to, subscriptions = tmp_path / name, BY_NAME["subscriptions"]
    store = open_store(str(to))
    merged(
        store, row("sub_1", 5, status="active"), row("sub_2", 5), row("sub_1", 7, status="past_due"), row("sub_3", 5)
    )
    merged(store, row("sub_1", 6, status="active"), row("sub_2", 9, status="canceled", is_deleted=True))
    # Gone, and not brought back by an older row that comes again.
    merged(store, row("sub_3", 8, is_deleted=True))
    merged(store, row("sub_3", 6), state={"updated": 9})
    store.finish()
    assert store.count("subscriptions") == 2
    assert store.states() == {"subscriptions": {"updated": 9}}
    store.close()
    held = {one["id"]: one.get("status") for one in rows_of(to, subscriptions)}
    assert held == {"sub_1": "past_due", "sub_2": "canceled"}


@pytest.mark.parametrize("name", STORES.values(), ids=STORES)
def test_what_the_schema_does_not_know_is_kept(tmp_path: Path, name: str) -> None:
    to = tmp_path / name
    odd = row("sub_1", 5, status=7, days_until_due="x", unheard_of=[1, {"a": None}], trial_end=1 << 70)
    store = open_store(str(to))
    merged(store, odd)
    store.finish()
    store.close()
    assert rows_of(to, BY_NAME["subscriptions"]) == [odd]


@pytest.mark.parametrize("name", STORES.values(), ids=STORES)
def test_kill_9_leaves_what_can_be_gone_on_from(tmp_path: Path, name: str) -> None:
    stripe, to = settled(customers=12, seed=8), tmp_path / name
    stripe.latency_seconds = 0.05
    now = stripe.account.now
    clock = f"import sys; from source_stripe.run import main; sys.exit(main(sys.argv[1:], clock=lambda: {now}))"
    config = file(tmp_path, "config.json", CONFIG)
    with served(stripe) as address:
        command = [sys.executable, "-c", clock, "sync", "--config", config, "--to", str(to), "--suggested"]
        env = os.environ | {"STRIPE_API_BASE": address, "PYTHONPATH": str(ROOT)}
        with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True) as process:
            while stripe.count() < 20 and process.poll() is None:
                time.sleep(0.02)
            process.send_signal(signal.SIGKILL)
        done = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, "")
    assert "rows new or changed" in done.stderr
    found = wrong(stripe, to)
    assert not {
        one for one in found if one in {"customers", "charges", "invoices", "subscriptions", "invoice_line_items"}
    }


@pytest.mark.parametrize("name", STORES.values(), ids=STORES)
def test_every_version_of_an_object_is_a_row_of_its_own(tmp_path: Path, name: str) -> None:
    stripe, to = settled(customers=3, seed=9), tmp_path / name
    synced(stripe, to, emit_every_version=True)
    key = stripe.account.rows("/v1/customers")[0]["id"]
    for number in range(3):
        stripe.account.update(key, description=f"version {number}")
        stripe.account.advance(HOUR)
    synced(stripe, to, emit_every_version=True)
    versions = [one.get("description") for one in rows_of(to, every_version(BY_NAME["customers"])) if one["id"] == key]
    assert {"version 0", "version 1", "version 2"} <= {*versions}
