"""A DuckDB file: a table for each stream, its types out of the schema. https://duckdb.org/docs/stable/"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import orjson

from source_stripe import json_text
from source_stripe.catalog import CATALOG
from source_stripe.columns import Kind, columns, kind
from source_stripe.commands.store import Rows, StoreError
from source_stripe.declaration.resource import Resource

TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.INTEGER: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.TIME: "TIMESTAMP",
    Kind.JSON: "JSON",
}
OWN = "_source_stripe"
"""The schema of what the sync keeps for itself."""
OTHERS = "_other_fields"
"""The column with what Stripe shows and the schema does not know, or knows to be of another type."""
_BESIDE = {"_n": "BIGINT", "_gone": "BOOLEAN", "_key": "VARCHAR", "_at": "BIGINT"}
RESOURCES = {resource.name: resource for resource in CATALOG}


class DuckDBStore:
    """A file of DuckDB's. A sync that is killed leaves it as it was before the last rows."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError where the file is none, or somebody else has it open."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = duckdb.connect(str(path))
        except (duckdb.Error, OSError) as error:
            raise StoreError(f"{path} cannot be opened: {str(error).splitlines()[0]}") from None
        self._db.execute("SET preserve_insertion_order = false")
        self._db.execute(f"CREATE SCHEMA IF NOT EXISTS {OWN}")
        self._db.execute(f"CREATE TABLE IF NOT EXISTS {OWN}.states (stream VARCHAR, state JSON)")
        self._db.execute(f'CREATE TABLE IF NOT EXISTS {OWN}.gone (stream VARCHAR, "key" VARCHAR, cursor_value BIGINT)')
        self._made: set[str] = set()

    def states(self) -> Mapping[str, Mapping[str, Any]]:
        found = self._db.execute(f"SELECT stream, state FROM {OWN}.states").fetchall()
        return {stream: orjson.loads(state) for stream, state in found}

    def begin(self, resources: Sequence[Resource]) -> None:
        for resource in resources:
            self._make(resource)

    def merge(self, rows: Rows, state: Mapping[str, Any] | None) -> None:
        self._db.begin()
        try:
            self._make(rows.resource)
            if rows.rows:
                self._read(rows)
                self._merge(rows.resource)
            if state is not None:
                self._db.execute(f"DELETE FROM {OWN}.states WHERE stream = ?", [rows.resource.name])
                blob = orjson.dumps(state).decode()
                self._db.execute(f"INSERT INTO {OWN}.states VALUES (?, ?)", [rows.resource.name, blob])
            self._db.commit()
        except BaseException:
            self._db.rollback()
            raise

    def replace(self, rows: Rows) -> None:
        self._db.begin()
        try:
            self._make(rows.resource)
            self._db.execute(f"DELETE FROM {_quoted(rows.resource.name)}")
            if rows.rows:
                self._read(rows)
                self._merge(rows.resource)
            self._db.commit()
        except BaseException:
            self._db.rollback()
            raise

    def count(self, stream: str) -> int:
        found = self._db.execute(f"SELECT count(*) FROM {_quoted(stream)}").fetchone()
        return int(found[0]) if found else 0

    def copy(self, stream: str, path: Path) -> None:
        """Writes a table as a Parquet file, whole or not at all."""
        self._make(RESOURCES[stream])
        beside = path.with_name(f".{path.name}.part")
        self._db.execute(f"COPY {_quoted(stream)} TO '{_escaped(beside)}' (FORMAT parquet)")
        beside.replace(path)

    def finish(self) -> None:
        self._db.execute("CHECKPOINT")

    def close(self) -> None:
        self._db.close()

    def _make(self, resource: Resource) -> None:
        """The table, with all columns that its schema has by now."""
        if resource.name in self._made:
            return
        wanted = {name: TYPES[one] for name, one in _columns(resource).items()} | {OTHERS: "JSON"}
        fields = ", ".join(f"{_quoted(name)} {declared}" for name, declared in wanted.items())
        self._db.execute(f"CREATE TABLE IF NOT EXISTS {_quoted(resource.name)} ({fields})")
        there = self._db.execute("SELECT column_name FROM information_schema.columns WHERE table_schema = 'main' AND "
                                 "table_name = ?", [resource.name]).fetchall()  # fmt: skip
        for name in wanted.keys() - {one for (one,) in there}:
            self._db.execute(f"ALTER TABLE {_quoted(resource.name)} ADD COLUMN {_quoted(name)} {wanted[name]}")
        self._made.add(resource.name)

    def _read(self, rows: Rows) -> None:
        """The temporary table `incoming`: the last of the rows with each key, their columns typed."""
        known = _columns(rows.resource)
        with tempfile.TemporaryDirectory(prefix="source-stripe-") as folder:
            file = Path(folder) / "rows.jsonl"
            with file.open("wb") as lines:
                for number, row in enumerate(rows.rows):
                    lines.write(json_text.dumps(self._line(rows, number, row, known)) + b"\n")
            self._load(file, known)

    def _line(self, rows: Rows, number: int, row: dict[str, Any], known: Mapping[str, Kind]) -> dict[str, Any]:
        line = {**row, "_n": number, "_gone": rows.gone(row), "_at": rows.at(row)}
        line["_key"] = rows.resource.identity(row)
        if others := {name: value for name, value in row.items() if not _fits(value, known.get(name))}:
            line[OTHERS] = others
        return {name: value for name, value in line.items() if value is not None}

    def _load(self, file: Path, known: Mapping[str, Kind]) -> None:
        # Read as JSON and then cast: a value that is not of its column's type becomes null instead of an error.
        names = [*known, OTHERS, *_BESIDE]
        declared = ", ".join(f"'{_literal(name)}': 'JSON'" for name in names)
        cast = [_cast(name, one) for name, one in known.items()]
        cast += [
            f"{_quoted(OTHERS)}",
            *(f"CAST({name} ->> '$' AS {declared}) AS {name}" for name, declared in _BESIDE.items()),
        ]
        self._db.execute(
            "CREATE OR REPLACE TEMP TABLE incoming AS "
            f"SELECT {', '.join(cast)} FROM read_json('{_escaped(file)}', format = 'newline_delimited', "
            f"columns = {{{declared}}}, maximum_object_size = 268435456) "
            "QUALIFY row_number() OVER (PARTITION BY _key ORDER BY _at DESC, _n DESC) = 1"
        )

    def _merge(self, resource: Resource) -> None:
        table, same = (
            _quoted(resource.name),
            " AND ".join(
                f"incoming.{_quoted(name)} IS NOT DISTINCT FROM held.{_quoted(name)}" for name in resource.key
            ),
        )
        statements = []
        if resource.cursor:
            later = f"make_timestamp(incoming._at * 1000000) < held.{_quoted(resource.cursor)}"
            statements.append(f"DELETE FROM incoming USING {table} AS held WHERE {same} AND {later}")
        statements += [
            f'DELETE FROM incoming USING {OWN}.gone AS held WHERE held.stream = $stream AND held."key" = incoming._key '
            "AND incoming._at < held.cursor_value",
            f"DELETE FROM {table} AS held USING incoming WHERE {same}",
            f"INSERT INTO {table} BY NAME SELECT * EXCLUDE ({', '.join(_BESIDE)}) FROM incoming WHERE NOT _gone",
            f'DELETE FROM {OWN}.gone AS held USING incoming WHERE held.stream = $stream AND held."key" = incoming._key',
            f"INSERT INTO {OWN}.gone SELECT $stream, _key, _at FROM incoming WHERE _gone",
        ]
        for statement in statements:
            self._db.execute(statement, {"stream": resource.name} if "$stream" in statement else None)


class ParquetStore(DuckDBStore):
    """A folder with a Parquet file for each stream, made from a DuckDB file beside them."""

    def __init__(self, folder: Path, own: str) -> None:
        (folder / own).mkdir(parents=True, exist_ok=True)
        super().__init__(folder / own / "store.duckdb")
        self._folder, self._dirty = folder, set[str]()

    def begin(self, resources: Sequence[Resource]) -> None:
        super().begin(resources)
        # A sync that was killed may have left files behind that are older than what is stored.
        self._dirty |= {resource.name for resource in resources}

    def merge(self, rows: Rows, state: Mapping[str, Any] | None) -> None:
        super().merge(rows, state)
        self._dirty.add(rows.resource.name)

    def replace(self, rows: Rows) -> None:
        super().replace(rows)
        self._dirty.add(rows.resource.name)

    def finish(self) -> None:
        for stream in sorted(self._dirty):
            self.copy(stream, self._folder / f"{stream}.parquet")
        self._dirty.clear()
        super().finish()


def _columns(resource: Resource) -> Mapping[str, Kind]:
    """Those of the schema, and those that only an option adds."""
    added = {name: kind(name, {"type": [declared]}) for name, declared in resource.added.items()}
    return {**added, **columns(resource.name)}


def _fits(value: object, of: Kind | None) -> bool:
    """Whether a column of a kind holds the value as it is."""
    match of:
        case None:
            return False
        case Kind.INTEGER | Kind.TIME:
            return value is None or (type(value) is int and abs(value) < 1 << 63)
        case Kind.NUMBER:
            return value is None or type(value) in (int, float)
        case Kind.BOOLEAN:
            return value is None or type(value) is bool
        case Kind.TEXT:
            return value is None or type(value) is str
        case Kind.JSON:
            return True


def _cast(name: str, of: Kind) -> str:
    quoted, text = _quoted(name), f"{_quoted(name)} ->> '$'"
    match of:
        case Kind.JSON:
            return quoted
        case Kind.TIME:
            return f"make_timestamp(TRY_CAST({text} AS BIGINT) * 1000000) AS {quoted}"
        case _:
            return f"TRY_CAST({text} AS {TYPES[of]}) AS {quoted}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return text.replace("'", "''")


def _escaped(path: Path) -> str:
    return _literal(str(path))
