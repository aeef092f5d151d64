"""Syncs into DuckDB with PyAirbyte, in an environment of its own; ends with a line of JSON, the rows of each stream."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import airbyte


def main(executable: str, config: str, database: str, *streams: str) -> None:
    """Every stream, or those named. Of the rows, `living` are not marked as deleted."""
    given = json.loads(Path(config).read_text())
    source = airbyte.get_source("source-stripe", local_executable=executable, config=given)
    source.check()
    source.select_streams(list(streams) or "*")
    cache = airbyte.caches.DuckDBCache(db_path=Path(database), schema_name="main")
    source.read(cache=cache)
    counts = {}
    for name in source.get_selected_streams():
        table = cache.get_pandas_dataframe(name)
        gone = int(table["is_deleted"].eq(True).sum()) if "is_deleted" in table else 0
        counts[name] = {"rows": len(table), "living": len(table) - gone}
    sys.stdout.write("\n" + json.dumps(counts) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
