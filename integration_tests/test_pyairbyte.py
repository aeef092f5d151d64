"""PyAirbyte, code that knows nothing of this connector, keeps a copy of the account in DuckDB."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from integration_tests.executable import ROOT, write_executable
from integration_tests.oracle import held
from integration_tests.pyairbyte import PYTHON, cannot_run, living, sync
from integration_tests.sandbox import Account
from integration_tests.served import served
from integration_tests.vocabulary import DAY, HOUR, settled
from source_stripe.catalog import CATALOG

NAMES = ("customers", "charges", "prices", "invoices", "subscriptions", "subscription_items", "country_specs")
STREAMS = [resource for resource in CATALOG if resource.name in NAMES]


@pytest.mark.skipif(cannot_run(), reason="PyAirbyte runs on Python 3.11 or 3.12 only, and neither is here")
def test_pyairbyte_holds_what_the_account_holds_after_each_of_two_syncs(tmp_path: Path) -> None:
    stripe = settled(customers=15, seed=7)
    executable, clock = write_executable(tmp_path, stripe.account.now)
    database = tmp_path / "stripe.duckdb"
    with served(stripe) as address:
        first = sync(executable, address, database, *NAMES)
        before = _in(stripe.account)
        assert {resource.name: living(first, resource) for resource in STREAMS} == before

        stripe.account.live(2 * DAY, 200, silent=False)
        stripe.account.advance(HOUR)
        clock.write_text(str(stripe.account.now))
        second = sync(executable, address, database, *NAMES)
    after = _in(stripe.account)
    assert {resource.name: living(second, resource) for resource in STREAMS} == after
    assert before != after


@pytest.mark.skipif(cannot_run(), reason="PyAirbyte runs on Python 3.11 or 3.12 only, and neither is here")
def test_pyairbyte_takes_integers_for_times_until_it_is_told_otherwise() -> None:
    # Why docs/recipes/pyairbyte.md changes `pandas.read_json` for a cache in Postgres; without a reason it should not.
    page = (ROOT / "docs" / "recipes" / "pyairbyte.md").read_text()
    (mended,) = re.findall(r"^pandas\.read_json = .+$", page, re.MULTILINE)
    script = f"""
import functools, inspect, io, pandas
from airbyte.shared import sql_processor
def kind():
    return pandas.read_json(io.StringIO('{{"effective_at": 1790000000}}'), lines=True)["effective_at"].dtype.kind
assert "pd.read_json(file_path, lines=True)" in inspect.getsource(sql_processor)
print(kind())
{mended}
print(kind())
"""
    said = subprocess.run([PYTHON, "-c", script], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
    assert said.stdout.split() == ["M", "i"]


def test_the_console_script_answers_spec() -> None:
    script = Path(sys.executable).with_name("source-stripe")
    said = subprocess.run([script, "spec"], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
    types = [json.loads(line)["type"] for line in said.stdout.splitlines()]
    assert [kind for kind in types if kind != "LOG"] == ["SPEC"]


def test_pyairbyte_is_left_out_only_where_it_cannot_be_installed(tmp_path: Path) -> None:
    # Where it can be, a test that does not find it fails.
    assert [cannot_run(version, tmp_path) for version in ((3, 11), (3, 12), (3, 13))] == [False, False, True]
    (tmp_path / ".installed").touch()
    assert not cannot_run((3, 13), tmp_path)


def _in(account: Account) -> dict[str, set[str]]:
    return {resource.name: set(held(account, resource)) for resource in STREAMS}
