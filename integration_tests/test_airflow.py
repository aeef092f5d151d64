"""The example under Airflow: a mapped task in a pool, and what it leaves is what the platform holds."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from integration_tests.dividing import founded
from integration_tests.executable import write_executable
from integration_tests.sandbox import FULL_KEY, Sandbox
from integration_tests.served import served
from integration_tests.vocabulary import BY_NAME, HOUR
from source_stripe.commands.selecting import configured
from tools.demo_dagster import unlike
from tools.environment import ROOT, Environment, ready

ENVIRONMENT = ROOT / ".venv-airflow"
DAG = ROOT / "examples" / "airflow" / "stripe_shards.py"
STREAMS = [BY_NAME[name] for name in ("customers", "charges", "products")]
TASKS = """
import json, runpy, sys
tasks = runpy.run_path(sys.argv[1])["pipeline"].task_dict
print(json.dumps({name: [one.is_mapped, one.pool, one.retries] for name, one in tasks.items()}))
"""

pytestmark = [
    pytest.mark.skipif(
        not ready(Environment(ENVIRONMENT, ROOT / "requirements-airflow.lock")),
        reason="Airflow is not here: `make test-airflow`",
    ),
    pytest.mark.timeout(600),
]


def ran(folder: Path, *words: object, **environment: str) -> str:
    """What a command of Airflow's environment prints; its database is in the folder."""
    known = os.environ | {
        "AIRFLOW_HOME": str(folder / "home"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAG.parent),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "false",
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        **environment,
    }
    command, *rest = words
    done = subprocess.run(
        [str(ENVIRONMENT / "bin" / str(command)), *map(str, rest)],
        env=known,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3_000:]
    return done.stdout


def test_the_shards_are_a_mapped_task_in_a_pool_with_retries(tmp_path: Path) -> None:
    tasks = json.loads(ran(tmp_path, "python", "-c", TASKS, DAG).splitlines()[-1])
    assert tasks == {
        "plan": [False, "default_pool", 2],
        "run_shard": [True, "stripe", 3],
        "merge": [False, "default_pool", 0],
    }


def test_the_dag_reads_a_platform_and_goes_on_in_the_next_run(tmp_path: Path) -> None:
    made, data = founded(3, changes=10), tmp_path / "data"
    (tmp_path / "bin").mkdir()
    data.mkdir()
    (data / "catalog.json").write_text(json.dumps(configured(STREAMS)))
    (tmp_path / "config.json").write_text(json.dumps({"client_secret": FULL_KEY, "connected_accounts": ["all"]}))
    _, clock = write_executable(tmp_path / "bin", made.now)
    ran(tmp_path, "airflow", "db", "migrate")
    ran(tmp_path, "airflow", "pools", "set", "stripe", 2, "Shards that are read at once")
    for _ in range(2):
        clock.write_text(str(made.now))
        with served(Sandbox(made)) as address:
            where = {
                "STRIPE_API_BASE": address,
                "STRIPE_DATA": str(data),
                "STRIPE_CONFIG": str(tmp_path / "config.json"),
            }
            ran(tmp_path, "airflow", "dags", "test", "stripe_shards", **where)
        assert unlike(made, data / "stripe.duckdb", STREAMS) == []
        assert list((data / "shards").iterdir()) == []
        next(iter(made.connected.values())).live(0, 20, silent=False)
        made.advance(HOUR)
