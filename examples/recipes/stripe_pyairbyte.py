"""Stripe into a DuckDB cache with PyAirbyte: `python stripe_pyairbyte.py`."""

import json
from pathlib import Path

import airbyte

source = airbyte.get_source(
    "source-stripe",
    local_executable="source-stripe",
    config=json.loads(Path("config.json").read_text()),
    streams=["customers", "charges", "invoices"],
)
source.check()
cache = airbyte.caches.DuckDBCache(db_path="pyairbyte.duckdb")
result = source.read(cache=cache)
print(result.processed_records, "records")
print(result["customers"].to_pandas()[["id", "email"]].head())
