"""`make demo-dagster`: a sandbox platform, read twice by shards under Dagster as `examples/dagster` has it; one of them
fails at first."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import duckdb

from integration_tests.dividing import founded
from integration_tests.executable import write_executable
from integration_tests.many import every, expected_of
from integration_tests.sandbox import FULL_KEY, Account, Sandbox
from integration_tests.served import served
from source_stripe.catalog import CATALOG, SUGGESTED
from source_stripe.declaration.resource import Resource, Scope
from source_stripe.declaration.takes import WHOLE
from tools.environment import ROOT

JOB = ROOT / "examples" / "dagster" / "stripe_shards.py"
ENVIRONMENT = ROOT / ".venv-dagster"
ACCOUNTS, CHANGES, HOUR = 12, 40, 3_600
STREAMS = [one for one in CATALOG if one.name in SUGGESTED and one.scope is Scope.ACCOUNT and one.first.take == WHOLE]


class Desk:
    """A folder with a configuration, the connector as a command, and Dagster's own folder."""

    def __init__(self, folder: Path, now: int, address: str, shards: int = 8) -> None:
        self.folder = folder
        commands = folder / "bin"
        commands.mkdir()
        self.executable, self.clock = write_executable(commands, now)
        (folder / "home").mkdir()
        (folder / "home" / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
        (folder / "config.json").write_text(json.dumps({"client_secret": FULL_KEY, "connected_accounts": ["all"]}))
        self._mark = folder / "failed"
        self._environment = os.environ | {
            "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
            "STRIPE_API_BASE": address,
            "DAGSTER_HOME": str(folder / "home"),
            "PYTHONWARNINGS": "ignore",
            "STRIPE_SHARDS": str(shards),
        }

    def fails_once(self, shard: str) -> None:
        """The first time that this shard is read the command ends with an error."""
        real = self.executable.rename(self.executable.with_name("real"))
        mark = self._mark
        self.executable.write_text(
            f'#!/usr/bin/env bash\nif [ "$1" = run-shard ] && [[ "$2" = */{shard} ]] && [ ! -e {mark} ]; then\n'
            f'  touch {mark}; exit 1\nfi\nexec {real} "$@"\n'
        )
        self.executable.chmod(0o755)

    @property
    def has_failed(self) -> bool:
        """Whether that has happened."""
        return self._mark.exists()

    def run(self, now: int) -> subprocess.CompletedProcess[str]:
        """The job, from its beginning to its end."""
        self.clock.write_text(str(now))
        command: list[str | Path] = [ENVIRONMENT / "bin" / "dagster", "job", "execute", "-f", JOB]
        return subprocess.run(
            command, cwd=self.folder, env=self._environment, capture_output=True, text=True, check=False
        )


def unlike(platform: Account, database: Path, streams: Iterable[Resource] = STREAMS) -> list[str]:
    """What is in the tables and not in the accounts, or the other way round."""
    found: list[str] = []
    with duckdb.connect(str(database), read_only=True) as tables:
        for stream in streams:
            # A subscription that is canceled stays, and is marked.
            living = " WHERE is_deleted IS NOT true" if "is_deleted" in stream.added else ""
            key = ", ".join(("account_id", *stream.own_key))
            rows = tables.execute(f"SELECT {key} FROM {stream.name}{living}").fetchall()  # noqa: S608
            held = {
                (account, *(row[name] for name in stream.own_key))
                for (account, _), row in expected_of(platform, stream).items()
                if all(name in row for name in stream.own_key)
            }
            found += [f"{stream.name}: {row}" for row in sorted(held ^ {*rows}, key=str)]
    return found


def main() -> int:
    """0 if both runs ended well, and every table holds what the accounts hold."""
    say(f"A platform with {ACCOUNTS} connected accounts, in a sandbox on this machine. No Stripe key is needed.")
    platform = founded(ACCOUNTS, changes=CHANGES)
    with tempfile.TemporaryDirectory() as made, served(Sandbox(platform, clock=time.monotonic)) as address:
        desk, database = Desk(Path(made), platform.now, address), Path(made) / "data" / "stripe.duckdb"
        desk.fails_once("001")
        say("First run: eight shards, two at a time; shard 001 fails at first, and is tried again.")
        codes = [_shown(desk, platform)]
        say("  Shard 001 failed, and was tried again.\n" if desk.has_failed else "  No shard has failed.\n")
        for other in [*platform.connected.values()][:3]:
            other.live(0, 10, silent=False)
        platform.advance(HOUR)
        say("An hour passes, and in three accounts something happens. Second run, from the states of the first:")
        codes.append(_shown(desk, platform))
        wrong = unlike(platform, database) if database.exists() else ["there is no database"]
    for line in wrong[:20]:
        say(f"NOT as the accounts are: {line}")
    if not wrong:
        say(f"Every table holds what the {len(every(platform))} accounts hold, told apart by account_id.")
    return 0 if not wrong and codes == [0, 0] else 1


def _shown(desk: Desk, platform: Account) -> int:
    began = time.monotonic()
    done = desk.run(platform.now)
    if done.returncode:
        say(done.stderr[-3_000:])
    say(f"  exit code {done.returncode}, {time.monotonic() - began:.0f} s\n")
    return done.returncode


def say(what: str) -> None:
    print(what, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
