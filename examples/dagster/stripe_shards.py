"""A platform's accounts, read by several processes at once under Dagster: planned, read shard by shard, merged.

`config.json` is beside it. What is kept between runs is in `data`: the tables in `stripe.duckdb`, how far they are in
`state.jsonl`, and of a run that has not ended yet its shards.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

DATA = Path(os.environ.get("STRIPE_DATA", "data")).resolve()
CONFIG = Path(os.environ.get("STRIPE_CONFIG", "config.json")).resolve()
SHARDS, WORKERS = int(os.environ.get("STRIPE_SHARDS", "8")), 2
"""How many parts a sync has at most, and how many of them are read at once."""


def source_stripe(context: dg.OpExecutionContext, *words: object) -> str:
    """What a command prints. A shard that failed goes on where it was, so that a retry costs little."""
    done = subprocess.run(["source-stripe", *map(str, words)], capture_output=True, text=True, check=False)
    context.log.info(done.stderr)
    if done.returncode:
        raise dg.Failure(f"source-stripe {words[0]} ended with exit code {done.returncode}")
    return done.stdout


@dg.op(out=dg.DynamicOut(str))
def plan(context: dg.OpExecutionContext) -> Iterator[dg.DynamicOutput[str]]:
    """A folder for each shard, which holds the key and is for its owner alone."""
    shards, catalog, state = DATA / "shards" / context.run_id, DATA / "catalog.json", DATA / "state.jsonl"
    DATA.mkdir(parents=True, exist_ok=True)
    if not catalog.exists():
        catalog.write_text(source_stripe(context, "catalog", "--config", CONFIG, "--suggested"))
    before = ["--state", state] if state.exists() else []
    cut = ["--shards", SHARDS, "--workers", WORKERS, "--out", shards]
    for shard in source_stripe(context, "plan", "--config", CONFIG, "--catalog", catalog, *before, *cut).splitlines():
        yield dg.DynamicOutput(shard, mapping_key=Path(shard).name)


@dg.op(retry_policy=dg.RetryPolicy(max_retries=3, delay=5, backoff=dg.Backoff.EXPONENTIAL))
def run_shard(context: dg.OpExecutionContext, shard: str) -> str:
    source_stripe(context, "run-shard", shard)
    return shard


@dg.op
def merge(context: dg.OpExecutionContext, shards: list[str]) -> None:
    """Their records into one DuckDB file; their states for the next run."""
    folder, state = Path(shards[0]).parent, DATA / "state.jsonl"
    merged = source_stripe(context, "merge", folder, "--to", DATA / "stripe.duckdb")
    state.with_suffix(".part").write_text(merged)
    state.with_suffix(".part").replace(state)
    shutil.rmtree(folder)


@dg.job(
    executor_def=dg.multiprocess_executor.configured(
        {"max_concurrent": WORKERS, "start_method": {"forkserver": {"preload_modules": ["dagster"]}}}
    )
)
def stripe() -> None:
    merge(plan().map(run_shard).collect())


hourly = dg.ScheduleDefinition(name="hourly", job=stripe, cron_schedule="0 * * * *")
defs = dg.Definitions(jobs=[stripe], schedules=[hourly])
