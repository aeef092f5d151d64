"""dbt as a process, over a DuckDB that holds what syncs brought."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from integration_tests.executable import ROOT
from integration_tests.vocabulary import Record
from source_stripe.dbt.tables import tables
from source_stripe.declaration.resource import ACCOUNT_ID, Resource
from tools.environment import Environment, ready

ENVIRONMENT = ROOT / ".venv-dbt"
SCRIPT = Path(__file__).with_name("dbt_warehouse.py")


def cannot_run() -> bool:
    """Whether dbt, of the versions that the lock pins, is not installed: `make setup-dbt`."""
    return not ready(Environment(ENVIRONMENT, ROOT / "requirements-dbt.lock"))


@dataclass(frozen=True)
class Project:
    """The project in a directory, and a database for it."""

    directory: Path
    database: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def loaded(self, rows: Mapping[str, Sequence[Record]], form: str = "typed") -> None:
        """Makes the database anew, with a table for each stream; one says of which account its rows are if they do."""
        kinds = {table.name: {column.name: column.kind for column in table.columns} for table in tables()}
        for name in rows:
            if not any(ACCOUNT_ID in row for row in rows[name]):
                kinds[name].pop(ACCOUNT_ID, None)
        source = self.database.with_suffix(".json")
        source.write_text(json.dumps({"kinds": kinds, "rows": rows}))
        self._python("load", str(self.database), str(source), form)

    def run(self, command: str, *options: str) -> dict[str, str]:
        """How each model or test ended, by its name."""
        results = self.directory / "target" / "run_results.json"
        results.unlink(missing_ok=True)
        said = subprocess.run(
            [
                *(ENVIRONMENT / "bin" / "dbt", "--quiet", command, "--profiles-dir", ".", "--threads", "2"),
                *("--vars", json.dumps(self.variables), *options),
            ],
            cwd=self.directory,
            env=os.environ | {"STRIPE_DUCKDB": str(self.database), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert results.exists(), said.stdout + said.stderr
        ended = json.loads(results.read_text())["results"]
        return {one["unique_id"].split(".")[2]: one["status"] for one in ended}

    def query(self, statement: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self._python("query", str(self.database), statement))
        return found

    def _python(self, *arguments: str) -> str:
        python = ENVIRONMENT / "bin" / "python"
        return subprocess.run([python, SCRIPT, *arguments], capture_output=True, text=True, check=True).stdout


def merged(records: Sequence[Record], resource: Resource) -> list[Record]:
    """A row for each key, as destinations keep it that merge: also what is marked as deleted."""
    rows: dict[str, Record] = {}
    for record in records:
        known = rows.get(resource.identity(record))
        if known is None or not resource.cursor or (record[resource.cursor] or 0) >= (known[resource.cursor] or 0):
            rows[resource.identity(record)] = record
    return list(rows.values())


def ill(results: Mapping[str, str]) -> set[str]:
    """What did not end well."""
    return {name for name, status in results.items() if status not in ("success", "pass")}
