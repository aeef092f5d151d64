"""A platform's accounts, read by several tasks at once under Airflow: planned, read shard by shard, merged.

The pool `stripe` says how many shards are read at once: `airflow pools set stripe 2 "Shards that are read at once"`.
What is kept between runs is in STRIPE_DATA, which all workers reach: the tables in `stripe.duckdb`, how far they are in
`state.jsonl`, and of a run that has not ended yet its shards.
"""

import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

from airflow.sdk import dag, get_current_context, task

DATA = Path(os.environ.get("STRIPE_DATA", "data")).resolve()
CONFIG = Path(os.environ.get("STRIPE_CONFIG", "config.json")).resolve()
SHARDS, WORKERS = 8, 2
"""How many parts a sync has at most, and how many of them the pool lets be read at once."""


def source_stripe(*words: object) -> str:
    """What a command prints; what it says goes to the log of the task."""
    return subprocess.run(["source-stripe", *map(str, words)], stdout=subprocess.PIPE, text=True, check=True).stdout


@dag(schedule="@hourly", catchup=False, max_active_runs=1, tags=["stripe"])
def stripe_shards() -> None:
    @task(retries=2)
    def plan() -> list[str]:
        """A folder for each shard, which holds the key and is for its owner alone."""
        catalog, state = DATA / "catalog.json", DATA / "state.jsonl"
        run = "".join(one if one.isalnum() else "-" for one in get_current_context()["run_id"])
        shards = DATA / "shards" / run
        # What an earlier try of this task has made; none of it is begun.
        shutil.rmtree(shards, ignore_errors=True)
        DATA.mkdir(parents=True, exist_ok=True)
        if not catalog.exists():
            catalog.write_text(source_stripe("catalog", "--config", CONFIG, "--suggested"))
        before = ["--state", state] if state.exists() else []
        cut = ["--shards", SHARDS, "--workers", WORKERS, "--out", shards]
        return source_stripe("plan", "--config", CONFIG, "--catalog", catalog, *before, *cut).splitlines()

    @task(pool="stripe", retries=3, retry_delay=timedelta(seconds=30), retry_exponential_backoff=True)
    def run_shard(shard: str) -> str:
        """A shard that failed goes on where it was, so that a retry costs little."""
        source_stripe("run-shard", shard)
        return shard

    @task
    def merge(shards: list[str]) -> None:
        """Their records into one DuckDB file; their states for the next run."""
        folder, state = Path(next(iter(shards))).parent, DATA / "state.jsonl"
        merged = source_stripe("merge", folder, "--to", DATA / "stripe.duckdb")
        state.with_suffix(".part").write_text(merged)
        state.with_suffix(".part").replace(state)
        shutil.rmtree(folder)

    merge(run_shard.expand(shard=plan()))


pipeline = stripe_shards()
