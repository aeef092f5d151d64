"""`make demo-accounts`: three syncs of a sandbox platform with all its accounts into DuckDB, compared with what it
holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import duckdb

from integration_tests.executable import write_executable
from integration_tests.many import OF_ACCOUNTS, every, expected_of
from integration_tests.sandbox import FULL_KEY, Account, Sandbox
from integration_tests.served import served
from source_stripe.catalog.connect import accounts
from source_stripe.declaration.resource import Resource

ROOT = Path(__file__).resolve().parent.parent
DATABASE = ROOT / "demo" / "platform.duckdb"
ACCOUNTS, CHANGES, HOUR = 40, 60, 3_600
STREAMS: tuple[Resource, ...] = (
    *(one for one in OF_ACCOUNTS if one.name in ("charges", "customers", "invoices", "payouts", "products", "refunds")),
    accounts,
)


def main() -> int:
    """0 if every table holds what the accounts hold, and the account that refuses is named."""
    DATABASE.parent.mkdir(exist_ok=True)
    DATABASE.unlink(missing_ok=True)
    say(f"A platform with {ACCOUNTS} connected accounts, in a sandbox on this machine. No Stripe key is needed.")
    platform = Account(int(time.time()), seed=5)
    for _ in range(ACCOUNTS):
        platform.connect().live(0, CHANGES, silent=False)
    platform.advance(HOUR)
    sandbox = Sandbox(platform, clock=time.monotonic)
    with tempfile.TemporaryDirectory() as folder, served(sandbox) as address:
        executable, clock = write_executable(Path(folder), platform.now)

        def synced() -> int:
            clock.write_text(str(platform.now))
            sandbox.log.clear()
            code = run(executable, Path(folder), address)
            asked = Counter(one.account for one in sandbox.log)
            most = max(count for account, count in asked.items() if account) if len(asked) > 1 else 0
            say(f"  {len(sandbox.log)} requests for {len(every(platform))} accounts, at most {most} for one.\n")
            return code

        say("\nFirst sync: all accounts, side by side, within the limits of the platform's one key.")
        codes = [synced()]
        say("An hour passes. In three accounts something happens, and one more is connected.")
        for other in [*platform.connected.values()][:3]:
            other.live(0, 10, silent=False)
        platform.connect().live(0, CHANGES, silent=False)
        platform.advance(HOUR)
        codes.append(synced())
        wrong = list(unlike(platform))
        say("Another hour passes. One account has taken the platform's access away.")
        refusing = next(iter(platform.connected))
        platform.refusing.add(refusing)
        platform.advance(HOUR)
        codes.append(synced())
    for line in wrong:
        say(f"NOT as the accounts are: {line}")
    if not wrong:
        say(f"Every table in {DATABASE.relative_to(ROOT)} holds what the accounts hold, told apart by account_id.")
    return 0 if not wrong and codes == [0, 0, 1] else 1


def run(executable: Path, folder: Path, address: str) -> int:
    """One sync; what it says is shown."""
    config = folder / "config.json"
    config.write_text(json.dumps({"client_secret": FULL_KEY, "connected_accounts": ["all"]}))
    names = ",".join(one.name for one in STREAMS)
    command: list[str | Path] = [executable, "sync", "--config", config, "--to", DATABASE, "--streams", names]
    return subprocess.run(command, env=os.environ | {"STRIPE_API_BASE": address}, check=False).returncode


def unlike(platform: Account) -> list[str]:
    """What is in the tables and not in the accounts, or the other way round."""
    found = []
    with duckdb.connect(str(DATABASE), read_only=True) as tables:
        for stream in STREAMS:
            account = "account_id" if stream in OF_ACCOUNTS else "''"
            # The name is of the catalogue.
            rows = tables.execute(f'SELECT {account}, id FROM "{stream.name}"').fetchall()  # noqa: S608
            if {*rows} != {*expected_of(platform, stream)}:
                found.append(stream.name)
    return found


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
