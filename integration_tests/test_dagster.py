"""The example under Dagster reads a platform by shards, tries again the one that fails, and goes on in the next run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from integration_tests.dividing import founded
from integration_tests.sandbox import Sandbox
from integration_tests.served import served
from integration_tests.vocabulary import BY_NAME, HOUR
from source_stripe.commands.selecting import configured
from tools.demo_dagster import ENVIRONMENT, Desk, unlike
from tools.environment import ROOT, Environment, ready

HERE = ready(Environment(ENVIRONMENT, ROOT / "requirements-dagster.lock"))
STREAMS = [BY_NAME[name] for name in ("customers", "charges", "products", "coupons")]


@pytest.mark.skipif(not HERE, reason="Dagster is not here: `make setup-dagster`")
@pytest.mark.timeout(400)
def test_the_example_reads_a_platform_though_a_shard_fails_and_goes_on_in_the_next_run(tmp_path: Path) -> None:
    made = founded(5, changes=15)
    with served(Sandbox(made)) as address:
        desk = Desk(tmp_path, made.now, address, shards=3)
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "catalog.json").write_text(json.dumps(configured(STREAMS)))
        desk.fails_once("001")
        first = desk.run(made.now)
        assert first.returncode == 0, first.stderr[-3_000:]
        assert desk.has_failed
        assert unlike(made, tmp_path / "data" / "stripe.duckdb", STREAMS) == []
        for other in [*made.connected.values()][:2]:
            other.live(0, 10, silent=False)
        made.advance(HOUR)
        second = desk.run(made.now)
        assert second.returncode == 0, second.stderr[-3_000:]
    assert unlike(made, tmp_path / "data" / "stripe.duckdb", STREAMS) == []
    # The key is in no folder that is left.
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == [
        "catalog.json",
        "shards",
        "state.jsonl",
        "stripe.duckdb",
    ]
    assert list((tmp_path / "data" / "shards").iterdir()) == []
