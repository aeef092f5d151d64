"""PyAirbyte as a process: an independent client that keeps the state and merges on the primary key."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

from integration_tests.executable import ROOT
from source_stripe.declaration.resource import Resource

CONFIG = ROOT / "integration_tests" / "sandbox_config.json"
ENVIRONMENT = ROOT / ".venv-pyairbyte"
PYTHON = ENVIRONMENT / "bin" / "python"

Keys = dict[str, list[dict[str, str | bool | None]]]
"""By stream, of each row in the database its `id`, whether it `is_deleted`, and the ids of other objects."""


def cannot_run(version: tuple[int, ...] = sys.version_info[:2], environment: Path = ENVIRONMENT) -> bool:
    """Whether it is not installed and this Python, the one that was found, is too new for it."""
    return version >= (3, 13) and not (environment / ".installed").exists()


def start(executable: Path, address: str, database: Path, log: IO[str], *streams: str) -> subprocess.Popen[str]:
    """A sync of the account at an address; what PyAirbyte says goes to the log."""
    offline = {"AIRBYTE_OFFLINE_MODE": "1", "DO_NOT_TRACK": "1", "AIRBYTE_LOGGING_ROOT": str(database.parent / "logs")}
    return subprocess.Popen(
        [PYTHON, Path(__file__).with_name("pyairbyte_sync.py"), executable, CONFIG, database, *streams],
        env=os.environ | offline | {"STRIPE_API_BASE": address, "NO_COLOR": "1"},
        cwd=database.parent,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process: subprocess.Popen[str], log: Path) -> Keys:
    """What the database holds, once the sync is over. Raises RuntimeError with what was said if it failed."""
    if process.wait():
        raise RuntimeError(f"PyAirbyte ended with exit code {process.returncode}.\n{log.read_text()[-4000:]}")
    keys: Keys = json.loads(log.read_text().splitlines()[-1])
    return keys


def sync(executable: Path, address: str, database: Path, *streams: str) -> Keys:
    """A whole sync."""
    log = database.with_suffix(".log")
    with log.open("w") as file:
        process = start(executable, address, database, file, *streams)
        process.wait()
    return finish(process, log)


def living(keys: Keys, resource: Resource) -> set[str]:
    """The rows that are not marked as deleted."""
    return {resource.identity(row) for row in keys[resource.name] if not row.get("is_deleted")}
