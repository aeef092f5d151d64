"""Stripe into DuckDB with dlt: `python stripe_dlt.py`."""

import json
import subprocess
from pathlib import Path

import dlt

FILES = ["--config", "config.json", "--catalog", "catalog.json", "--state", "state.json"]


@dlt.resource(max_table_nesting=0)
def stripe(catalog):
    """A table for each stream, merged by its key. What dlt keeps as the state is what the next read goes on from."""
    keys = {one["stream"]["name"]: sum(one["primary_key"], []) for one in catalog["streams"]}
    states = dlt.current.resource_state().setdefault("states", {})
    Path("state.json").write_text(json.dumps(list(states.values())))
    with subprocess.Popen(["source-stripe", "read", *FILES], stdout=subprocess.PIPE) as read:
        for message in map(json.loads, read.stdout):
            if message["type"] == "STATE":
                states[message["state"]["stream"]["stream_descriptor"]["name"]] = message["state"]
            elif message["type"] == "RECORD":
                row, name = message["record"]["data"], message["record"]["stream"]
                hints = dlt.mark.make_hints(table_name=name, primary_key=keys[name], write_disposition="merge")
                yield dlt.mark.with_hints(row, hints, create_table_variant=True)
    if read.returncode:
        raise RuntimeError(f"source-stripe ended with exit code {read.returncode}")


if __name__ == "__main__":
    pipeline = dlt.pipeline("stripe", destination=dlt.destinations.duckdb("stripe.duckdb"), dataset_name="raw")
    print(pipeline.run(stripe(json.loads(Path("catalog.json").read_text()))))
