"""A sync that is divided is the sync undivided: its records, its states, its requests, and no faster."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from integration_tests.dividing import Company, counted, founded, records_of, shards_of
from integration_tests.executable import ROOT, write_executable
from integration_tests.in_process import file
from integration_tests.sandbox import ORGANIZATION_KEY
from integration_tests.served import served
from integration_tests.vocabulary import BY_NAME, CATALOG, DAY, HOUR, KEY, Sandbox, settled
from source_stripe.declaration.resource import Resource

ALL: dict[str, Any] = {"connected_accounts": ["all"]}


def _streams(names: str) -> list[Resource]:
    return [BY_NAME[name] for name in names.split()]


SOME = _streams(
    "customers charges balance balance_transactions products coupons country_specs accounts persons capabilities "
    "external_account_cards"
)
"""Of each scope."""
MORE = SOME + _streams(
    "payouts payout_balance_transactions refunds disputes events files invoices invoice_items invoice_line_items "
    "subscriptions subscription_items discounts prices payment_intents setup_intents setup_attempts tax_codes"
)


@pytest.mark.parametrize("shards", [1, 2, 8])
def test_a_platform_that_is_divided_delivers_what_one_run_does_though_a_shard_is_killed(
    shards: int, tmp_path: Path
) -> None:
    made = founded(9, changes=25)
    company = Company(Sandbox(made), tmp_path, SOME, **ALL)
    whole, states = company.whole()
    plan = company.plan(shards)
    assert len(shards_of(plan)) == shards
    company.run(plan, killed=f"{shards - 1:03d}", after=9)
    divided = counted(records_of(plan))
    assert divided.keys() == counted(whole).keys()
    merged = company.merge(plan)

    made.live(3 * DAY, 40, silent=False)
    for other in list(made.connected.values())[:5]:
        other.live(0, 20, silent=False)
    made.advance(7)
    made.connect().live(0, 20, silent=False)
    made.advance(HOUR)
    later, later_states = company.whole(states)
    assert counted(company.whole(merged)[0]) == counted(later)
    again = company.plan(shards, states=merged)
    company.run(again, killed=f"{shards - 1:03d}", after=4)
    assert counted(records_of(again)).keys() == counted(later).keys()
    merged = company.merge(again)
    made.live(DAY, 20, silent=False)
    made.advance(2 * HOUR)
    assert counted(company.whole(merged)[0]) == counted(company.whole(later_states)[0])


@pytest.mark.parametrize("shards", [1, 2, 8])
def test_an_account_that_is_divided_by_streams_delivers_what_one_run_does(shards: int, tmp_path: Path) -> None:
    stripe = settled(customers=15, seed=7)
    company = Company(stripe, tmp_path, CATALOG if shards == 8 else MORE)
    whole, states = company.whole()
    plan = company.plan(shards)
    assert len(shards_of(plan)) == shards
    company.run(plan, killed="000", after=12)
    assert counted(records_of(plan)).keys() == counted(whole).keys()
    merged = company.merge(plan)
    stripe.account.live(3 * DAY, 80, silent=False)
    stripe.account.advance(HOUR)
    later, later_states = company.whole(states)
    assert counted(company.whole(merged)[0]) == counted(later)
    again = company.plan(shards, states=merged)
    company.run(again, killed=f"{shards - 1:03d}", after=3)
    assert counted(records_of(again)).keys() == counted(later).keys()
    merged = company.merge(again)
    stripe.account.live(DAY, 20, silent=False)
    stripe.account.advance(2 * HOUR)
    assert counted(company.whole(merged)[0]) == counted(company.whole(later_states)[0])


def test_accounts_that_are_named_are_divided_and_a_platforms_rows_are_those_of_all(tmp_path: Path) -> None:
    made = founded(7, changes=15)
    named = [*list(made.connected)[1:4], made.id]
    for number, config in enumerate(({"connected_accounts": named}, {"connected_accounts": named[:2]})):
        folder = tmp_path / str(number)
        folder.mkdir()
        company = Company(Sandbox(made), folder, SOME, **config)
        for shards in (2, 5):
            plan = company.plan(shards)
            company.run(plan)
            assert counted(records_of(plan)) == counted(company.whole()[0])


def test_the_accounts_of_an_organization_are_divided_by_platform(tmp_path: Path) -> None:
    first, second, third = (founded(2, changes=10, seed=seed) for seed in (1, 2, 3))
    third.advance(max(first.now, second.now) - third.now)
    stripe = Sandbox(first, members=[second, third])
    (below, _) = second.connected
    contexts = [first.id, f"{second.id}/{below}", second.id, third.id]
    company = Company(stripe, tmp_path, SOME, client_secret=ORGANIZATION_KEY, contexts=contexts)
    whole, states = company.whole()
    plan = company.plan(3)
    assert [len(json.loads((shard / "config.json").read_text())["contexts"]) for shard in shards_of(plan)] == [1, 2, 1]
    company.run(plan)
    assert counted(records_of(plan)) == counted(whole)
    assert counted(company.whole(company.merge(plan))[0]) == counted(company.whole(states)[0])


def test_a_state_of_one_account_goes_on_as_one_of_many_that_are_divided(tmp_path: Path) -> None:
    made = founded(5, changes=15)
    one = list(made.connected)[3]
    (tmp_path / "one").mkdir()
    _, states = Company(Sandbox(made), tmp_path / "one", [BY_NAME["customers"]], account_id=one).whole()
    company = Company(Sandbox(made), tmp_path, SOME, **ALL)
    made.of(one).live(0, 20, silent=False)  # type: ignore[union-attr]
    made.advance(HOUR)
    plan = company.plan(3, states=states)
    company.run(plan)
    assert counted(records_of(plan)) == counted(company.whole(states)[0])


def test_an_account_that_is_connected_after_the_plan_is_read_by_the_next(tmp_path: Path) -> None:
    made = founded(4, changes=10)
    company = Company(Sandbox(made), tmp_path, SOME, **ALL)
    plan = company.plan(2)
    made.advance(7)
    late = made.connect()
    late.live(0, 20, silent=False)
    made.advance(HOUR)
    company.run(plan)
    again = company.plan(2, states=company.merge(plan))
    company.run(again)
    read = counted(records_of(plan)) + counted(records_of(again))
    assert read.keys() == counted(company.whole()[0]).keys()


def test_a_shard_that_fails_is_said_and_what_the_others_read_stands(tmp_path: Path) -> None:
    made = founded(5, changes=10)
    company = Company(Sandbox(made), tmp_path, SOME, **ALL)
    whole, _ = company.whole()
    plan = company.plan(3)
    refused = json.loads((plan / "plan.json").read_text())["shards"][1]["accounts"][0]
    made.refusing.add(refused)
    codes = [company.command("run-shard", str(shard)).code for shard in shards_of(plan)]
    assert codes == [0, 1, 0]
    said = company.command("merge", str(plan))
    assert (said.code, said.stderr.count("Not read to the end: 001.")) == (1, 1)
    made.refusing.clear()
    company.run(plan)
    assert counted(records_of(plan)).keys() == counted(whole).keys()


def _rows(folder: Path, stream: str) -> list[str]:
    """The rows of a stream, without what is null, which a line of the protocol leaves out."""
    lines = (folder / f"{stream}.jsonl").read_text().splitlines()
    rows = ({name: value for name, value in json.loads(line).items() if value is not None} for line in lines)
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


@pytest.mark.parametrize("way", ["merge", "run-shard"])
def test_what_shards_put_into_a_store_is_what_sync_puts_there(way: str, tmp_path: Path) -> None:
    made = founded(5, changes=20)
    company = Company(Sandbox(made), tmp_path, SOME, **ALL)
    states = None
    for later in (False, True):
        if later:
            made.live(DAY, 30, silent=False)
            list(made.connected.values())[2].live(0, 30, silent=False)
            made.advance(HOUR)
        wanted = ["sync", "--config", company.given, "--streams", ",".join(one.name for one in SOME)]
        assert company.command(*wanted, "--to", str(tmp_path / "whole")).code == 0
        plan = company.plan(3, states=states)
        to = ["--to", str(tmp_path / "divided")]
        for shard in shards_of(plan):
            # One after the other, as a store takes one process at a time.
            assert company.command("run-shard", str(shard), *(to if way == "run-shard" else [])).code == 0
        said = company.command("merge", str(plan), *(to if way == "merge" else []))
        assert said.code == 0, said.stderr
        states = file(tmp_path, "states.json", said.lines)
        wholes = [one.name for one in SOME if not one.cursor] if way == "run-shard" else []
        for stream in (one.name for one in SOME if one.name not in wholes):
            assert _rows(tmp_path / "divided", stream) == _rows(tmp_path / "whole", stream), stream
    if way == "merge":
        # The store goes on undivided.
        made.advance(HOUR)
        assert company.command(*wanted, *to).code == 0
    # Of another account it takes nothing.
    (tmp_path / "other").mkdir()
    other = Company(Sandbox(founded(2, seed=9)), tmp_path / "other", SOME, **ALL)
    plan = other.plan(1)
    other.run(plan)
    if way == "merge":
        assert "give another path" in other.command("merge", str(plan), *to).stderr


def _asked(company: Company) -> Counter[tuple[str | None, str]]:
    """How often each address was asked for, for which account, since the last time."""
    found = Counter((line.account or line.context, line.path) for line in company.stripe.log)
    company.stripe.log.clear()
    return found


@pytest.mark.parametrize("shards", [2, 3, 8])
def test_what_is_divided_by_accounts_sends_no_request_more_but_whose_key_it_is_and_a_page_of_accounts_for_each_shard(
    shards: int, tmp_path: Path
) -> None:
    made = founded(12, changes=15)
    company = Company(Sandbox(made), tmp_path, MORE, **ALL)
    states = merged = None
    for later in (False, True):
        if later:
            made.live(DAY, 20, silent=False)
            for other in list(made.connected.values())[:4]:
                other.live(0, 20, silent=False)
            made.advance(HOUR)
        company.stripe.log.clear()
        _, states = company.whole(states)
        whole = _asked(company)
        plan = company.plan(shards, states=merged)
        company.run(plan)
        more = {(None, "/v1/account"): shards, (None, "/v1/accounts"): shards}
        assert _asked(company) == whole + Counter(more)
        merged = company.merge(plan)


# The rate.


@pytest.mark.parametrize("workers", [2, 3, 8])
@pytest.mark.parametrize("key", ["sk_test_sandbox", "sk_live_sandbox"])
def test_shards_at_once_send_no_more_in_any_second_than_one_run_may(workers: int, key: str, tmp_path: Path) -> None:
    made = founded(24)
    company = Company(Sandbox(made, {key: ()}), tmp_path, SOME, client_secret=key, num_workers=1, **ALL)
    # All begin in the same second, each on a clock of its own.
    at_once = [company.timed(shard) for shard in shards_of(company.plan(workers, workers=workers))]
    sent = sorted(one for shard in at_once for one in shard)
    assert _busiest([at for at, _ in sent], 1.0) <= (100 if "live" in key else 25)
    for path in {_endpoint(path) for _, path in sent}:
        times = [at for at, asked in sent if _endpoint(asked) == path]
        assert _busiest(times, 1.0) <= 25, path
        assert _busiest(times, 5.0) <= 5 * 20 + 5, path


def _busiest(times: list[float], seconds: float) -> int:
    """The most that begins within so many seconds."""
    return max(sum(start <= at < start + seconds for at in times) for start in times)


def _endpoint(path: str) -> str:
    return "/".join("*" if part.startswith("acct_") else part for part in path.split("/"))


def test_processes_that_run_at_once_are_refused_nothing_by_a_limit_that_one_run_keeps(tmp_path: Path) -> None:
    made = founded(20)
    stripe = Sandbox(made, requests_per_second=25, endpoint_requests_per_second=25, clock=time.monotonic)
    company = Company(stripe, tmp_path, SOME, **ALL)
    plan = company.plan(4, workers=4)
    executable, _ = write_executable(tmp_path, made.now)
    stripe.log.clear()
    with served(stripe) as address:
        environment = os.environ | {"STRIPE_API_BASE": address}
        running = [subprocess.Popen([executable, "run-shard", shard], env=environment) for shard in shards_of(plan)]
        assert [one.wait() for one in running] == [0] * 4
    assert len(stripe.log) > 160
    assert {one.status for one in stripe.log} == {200}


# Killed.


def test_a_process_that_is_killed_goes_on_when_it_is_run_again(tmp_path: Path) -> None:
    made = founded(8, changes=20)
    company = Company(Sandbox(made), tmp_path, SOME, **ALL)
    whole, _ = company.whole()
    plan = company.plan(2, workers=1)
    _, clock = write_executable(tmp_path, made.now)
    command = [sys.executable, "-m", "integration_tests.executable", str(clock), "run-shard"]
    company.stripe.log.clear()
    for shard in shards_of(plan):
        with served(company.stripe) as address:
            environment = os.environ | {"STRIPE_API_BASE": address}
            process = subprocess.Popen([*command, shard], env=environment, cwd=ROOT)
            begun = len(company.stripe.log)
            while len(company.stripe.log) < begun + 12 and process.poll() is None:
                time.sleep(0.01)
            process.kill()
            process.wait()
        said = company.command("merge", str(plan))
        assert (said.code, "Not read to the end: " in said.stderr) == (1, True)
        assert company.command("run-shard", str(shard)).code == 0
    assert counted(records_of(plan)).keys() == counted(whole).keys()
    company.merge(plan)


def test_a_shard_that_is_run_again_brings_only_what_has_changed(tmp_path: Path) -> None:
    made = founded(4, changes=20)
    streams = [one for one in SOME if one.cursor]
    company = Company(Sandbox(made), tmp_path, streams, **ALL)
    plan = company.plan(2)
    company.run(plan)
    first = counted(records_of(plan))
    company.run(plan)
    assert counted(records_of(plan)) == first
    assert set(first.values()) == {1}


# What is said.


def _options(config: str, catalog: str, shards: int) -> list[str]:
    return ["--config", config, "--catalog", catalog, "--workers", "1", "--shards", str(shards), "--out"]


def test_shards_that_claim_the_same_are_refused_by_name(tmp_path: Path) -> None:
    company = Company(Sandbox(founded(4, changes=5)), tmp_path, SOME, **ALL)
    plan = company.plan(2)
    company.run(plan)
    shutil.copy(plan / "000" / "states.json", plan / "001" / "states.json")
    said = company.command("merge", str(plan))
    assert (said.code, said.stdout) == (1, "")
    assert "of the key's own account by the shards 000 and 001" in said.stderr


def test_one_account_is_told_that_a_second_machine_brings_nothing(tmp_path: Path) -> None:
    company = Company(settled(customers=3, seed=7), tmp_path, SOME)
    assert "less than one core takes" in company.planned(2, tmp_path / "two").stderr
    assert company.planned(1, tmp_path / "one").stderr == ""
    assert company.stripe.log == []


def test_the_key_is_in_files_that_only_their_owner_reads_and_not_in_the_plan(tmp_path: Path) -> None:
    company = Company(Sandbox(founded(3)), tmp_path, SOME, **ALL)
    plan = company.plan(2)
    company.run(plan)
    modes = {path: path.stat().st_mode & 0o777 for path in (plan, *plan.rglob("*"))}
    assert set(modes.values()) == {0o700, 0o600}
    assert {path for path, mode in modes.items() if mode == 0o700} == {plan, *shards_of(plan)}
    with_key = {path.name for path in modes if path.is_file() and KEY in path.read_text()}
    assert with_key == {"config.json"}


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["run-shard", "{plan}/9"], ""),
        (["run-shard", "{plan}/000.old"], "is no shard"),
        (["run-shard", "{plan}/1"], ""),
        (["merge", "{plan}/000"], "holds no plan"),
        (["plan", "--shards", "0"], "invalid count value"),
        (["plan", *_options("C", "K", 2), "{plan}"], "is there already"),
    ],
)
def test_a_command_that_cannot_be_carried_out_says_why_in_a_sentence(
    argv: list[str], sentence: str, tmp_path: Path
) -> None:
    company = Company(Sandbox(founded(2)), tmp_path, SOME, **ALL)
    plan = company.plan(2)
    files = {"C": company.given, "K": company.catalog}
    said = company.command(*(files.get(one, one).format(plan=plan) for one in argv))
    assert said.code == (0 if not sentence else 2 if "count" in sentence else 1)
    assert sentence in said.stderr.replace("\n", " ")
    assert "Traceback" not in said.stderr
