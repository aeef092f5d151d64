"""Runs where dbt is: `load` makes a DuckDB of rows, as a destination would; `query` prints what it finds as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

TYPED = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMP",
    "json": "JSON",
}
RAW = TYPED | {"timestamp": "BIGINT", "json": "VARCHAR"}
"""The form that destinations give which know neither times nor JSON."""


def load(database: str, source: str, form: str) -> None:
    """`source` holds the kinds of the columns and the rows of each table."""
    given = json.loads(Path(source).read_text())
    types = TYPED if form == "typed" else RAW
    with duckdb.connect(database) as connection:
        connection.begin()
        for table, kinds in given["kinds"].items():
            columns = ", ".join(f'"{name}" {types[kind]}' for name, kind in kinds.items())
            connection.execute(f'CREATE TABLE "{table}" ({columns})')
            places = ", ".join(place(kind, types) for kind in kinds.values())
            rows = [values(row, kinds) for row in given["rows"][table]]
            if rows:
                connection.executemany(f'INSERT INTO "{table}" VALUES ({places})', rows)
        connection.commit()


def place(kind: str, types: Mapping[str, str]) -> str:
    return "make_timestamp(CAST(? AS BIGINT) * 1000000)" if types[kind] == "TIMESTAMP" else "?"


def values(row: Mapping[str, Any], kinds: Mapping[str, str]) -> list[Any]:
    return [
        json.dumps(row[name]) if kind == "json" and row.get(name) is not None else row.get(name)
        for name, kind in kinds.items()
    ]


def query(database: str, statement: str) -> None:
    with duckdb.connect(database) as connection:
        found = connection.execute(statement)
        names = [column[0] for column in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()] if names else []
    print(json.dumps(rows, default=str))


def main(arguments: Sequence[str]) -> None:
    match arguments:
        case ["load", database, source, form]:
            load(database, source, form)
        case ["query", database, statement]:
            query(database, statement)


if __name__ == "__main__":
    main(sys.argv[1:])
