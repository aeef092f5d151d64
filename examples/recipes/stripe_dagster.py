"""Stripe as an asset of Dagster, kept in a DuckDB file: `dagster dev -f stripe_dagster.py`."""

import subprocess

import dagster as dg
import duckdb

DATABASE = "stripe.duckdb"
SYNC = ["source-stripe", "sync", "--config", "config.json", "--to", DATABASE, "--suggested"]


@dg.asset(kinds={"duckdb"}, retry_policy=dg.RetryPolicy(max_retries=2, delay=60))
def stripe(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """The account's tables. A sync that was cut goes on where it was, so that a retry costs little."""
    done = subprocess.run(SYNC, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    context.log.info(done.stdout)
    if done.returncode:
        raise dg.Failure(f"source-stripe ended with exit code {done.returncode}")
    with duckdb.connect(DATABASE, read_only=True) as database:
        (charges,) = database.execute("select count(*) from charges").fetchone()
    return dg.MaterializeResult(metadata={"charges": charges})


hourly = dg.ScheduleDefinition(name="hourly", target=[stripe], cron_schedule="0 * * * *")
defs = dg.Definitions(assets=[stripe], schedules=[hourly], executor=dg.in_process_executor)
