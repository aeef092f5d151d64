"""Syncs into DuckDB with PyAirbyte, in an environment of its own; ends with a line of JSON, the keys of every row."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import airbyte

KEYS = {"id", "is_deleted", "object", "position", "meter", "start_time", "end_time"}


def main(executable: str, config: str, database: str, *streams: str) -> None:
    """Every stream, or those named. Of each row its key, `is_deleted` and the ids of other objects are printed."""
    given = json.loads(Path(config).read_text())
    source = airbyte.get_source("source-stripe", local_executable=executable, config=given)
    source.check()
    source.select_streams(list(streams) or "*")
    cache = airbyte.caches.DuckDBCache(db_path=Path(database), schema_name="main")
    source.read(cache=cache)
    keys = {}
    for name in source.get_selected_streams():
        table = cache.get_pandas_dataframe(name)
        columns = [column for column in table.columns if column in KEYS or column.endswith("_id")]
        keys[name] = json.loads(table[columns].to_json(orient="records"))
    sys.stdout.write("\n" + json.dumps(keys) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
