"""A folder with a file of JSON lines for each stream, made from a store of SQLite's beside them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from source_stripe import json_text
from source_stripe.commands.store import STATE_FOLDER, Rows, StoreError
from source_stripe.declaration.resource import Resource

_TABLES = """
CREATE TABLE IF NOT EXISTS states (stream TEXT PRIMARY KEY, state TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS stale (stream TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS held (
    stream TEXT, key TEXT, at INTEGER NOT NULL, gone INTEGER NOT NULL, line TEXT NOT NULL, PRIMARY KEY (stream, key)
) WITHOUT ROWID;
"""
_MERGE = """
INSERT INTO held VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET at = excluded.at, gone = excluded.gone, line = excluded.line
WHERE excluded.at >= held.at
"""


class FolderStore:
    """Files that any tool reads: `customers.jsonl`, a row a line. They are written anew when a sync is over."""

    def __init__(self, folder: Path) -> None:
        """Raises StoreError where the folder cannot be written to."""
        try:
            (folder / STATE_FOLDER).mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(folder / STATE_FOLDER / "store.sqlite", isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.executescript(_TABLES)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{folder} cannot be written to: {error}") from None
        self._folder = folder

    def states(self) -> Mapping[str, Mapping[str, Any]]:
        return {stream: orjson.loads(state) for stream, state in self._db.execute("SELECT stream, state FROM states")}

    def begin(self, resources: Sequence[Resource]) -> None:
        missing = [one.name for one in resources if not (self._folder / f"{one.name}.jsonl").exists()]
        self._db.executemany("INSERT OR IGNORE INTO stale VALUES (?)", [(name,) for name in missing])

    def merge(self, rows: Rows, state: Mapping[str, Any] | None) -> None:
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._put(rows)
            if state is not None:
                blob = orjson.dumps(state).decode()
                self._db.execute("INSERT OR REPLACE INTO states VALUES (?, ?)", (rows.resource.name, blob))

    def replace(self, rows: Rows) -> None:
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("DELETE FROM held WHERE stream = ?", (rows.resource.name,))
            self._put(rows)

    def count(self, stream: str) -> int:
        found = self._db.execute("SELECT count(*) FROM held WHERE stream = ? AND NOT gone", (stream,)).fetchone()
        return int(found[0])

    def finish(self) -> None:
        """The files of the streams that have changed, each whole or as it was."""
        for (stream,) in self._db.execute("SELECT stream FROM stale ORDER BY stream").fetchall():
            path = self._folder / f"{stream}.jsonl"
            beside = path.with_name(f".{path.name}.part")
            rows = self._db.execute("SELECT line FROM held WHERE stream = ? AND NOT gone ORDER BY key", (stream,))
            with beside.open("w", encoding="utf-8") as lines:
                lines.writelines(f"{line}\n" for (line,) in rows)
            beside.replace(path)
            self._db.execute("DELETE FROM stale WHERE stream = ?", (stream,))

    def close(self) -> None:
        self._db.close()

    def _put(self, rows: Rows) -> None:
        resource = rows.resource
        self._db.execute("INSERT OR IGNORE INTO stale VALUES (?)", (resource.name,))
        self._db.executemany(
            _MERGE,
            (
                (resource.name, resource.identity(row), rows.at(row), rows.gone(row), json_text.dumps(row).decode())
                for row in rows.rows
            ),
        )
