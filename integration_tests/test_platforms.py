"""What platforms do to the process: they end it, give it few threads, and no folder to write to."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from integration_tests.in_process import file, said, selecting
from integration_tests.served import served
from integration_tests.vocabulary import CATALOG, DAY, HOUR, KEY, NOW, Account, Sandbox, settled, sync
from source_stripe.reasons import NO_MEMORY, NO_THREADS

CUSTOMERS = 1_500
ROOT = Path(__file__).parents[1]
ALONE = ["unshare", "--pid", "--fork", "--kill-child"]
"""As process 1, as in a container."""


@pytest.fixture(scope="module")
def stripe() -> Sandbox:
    account = Account(int(time.time()) - 3 * DAY)
    account.has("customer", CUSTOMERS)
    account.advance(HOUR)
    sandbox = Sandbox(account)
    sandbox.latency_seconds = 0.1
    return sandbox


@pytest.fixture
def address(stripe: Sandbox) -> Iterator[str]:
    with served(stripe) as url:
        yield url


def started(directory: Path, address: str, *argv: str, before: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    config = file(directory, "config.json", {"client_secret": KEY, "slice_range": 1, "num_workers": 2})
    catalog = ["--catalog", file(directory, "catalog.json", selecting("customers"))] if "read" in argv else []
    env = {**os.environ, "STRIPE_API_BASE": address, "PYTHONPATH": str(ROOT)}
    command = [*before, sys.executable, "main.py", *argv, "--config", config, *catalog]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def is_alone_possible() -> bool:
    return bool(shutil.which("unshare")) and subprocess.run([*ALONE, "true"], check=False).returncode == 0


def child_of(process: subprocess.Popen[str]) -> int:
    return int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])


@pytest.mark.parametrize(
    ("number", "alone", "slow"),
    [
        (signal.SIGTERM, False, False),
        (signal.SIGTERM, True, False),
        (signal.SIGTERM, True, True),
        (signal.SIGINT, False, False),
        (signal.SIGHUP, False, True),
    ],
)
def test_a_sync_that_is_to_end_says_how_far_it_came_and_ends_in_time(
    tmp_path: Path, address: str, number: signal.Signals, alone: bool, slow: bool
) -> None:
    if alone and not is_alone_possible():
        pytest.skip("processes cannot be put into a namespace of their own here")
    with started(tmp_path, address, "read", before=tuple(ALONE) if alone else ()) as process:
        assert process.stdout
        lines = []
        for line in process.stdout:
            lines.append(line)
            if '"RECORD"' in line:
                break
        if slow:
            time.sleep(1)
        os.kill(child_of(process) if alone else process.pid, number)
        if slow:
            process.wait(20)
        lines += process.stdout.readlines()
        assert process.wait(20) == 128 + number
    if slow:
        lines = lines[:-1]  # which may be cut
    messages = [json.loads(line) for line in lines]
    kinds = Counter(message["type"] for message in messages)
    assert 0 < kinds["RECORD"] < CUSTOMERS
    if not slow:
        assert messages[-1]["log"]["message"].startswith(f"Stopped by {number.name}.")
        assert messages[-2]["type"] == "STATE"
        # All that is out counts: nothing is read again but what the state says.
        assert (
            sum(m["state"]["sourceStats"]["recordCount"] for m in messages if m["type"] == "STATE") == kinds["RECORD"]
        )
        rest = started_again(tmp_path, address, messages)
        ids = {m["record"]["data"]["id"] for m in (*messages, *rest) if m["type"] == "RECORD"}
        assert len(ids) == CUSTOMERS
        assert sum(m["type"] == "RECORD" for m in rest) <= CUSTOMERS - kinds["RECORD"] + 100


def started_again(tmp_path: Path, address: str, messages: list[dict[str, object]]) -> list[dict[str, object]]:
    state = file(tmp_path, "state.json", [m for m in messages if m["type"] == "STATE"][-1:])
    with started(tmp_path, address, "read", "--state", state) as process:
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_command_that_waits_for_an_answer_ends_at_once(tmp_path: Path, number: signal.Signals) -> None:
    stripe = settled(customers=1)
    stripe.latency_seconds = 25
    with served(stripe) as url, started(tmp_path, url, "check") as process:
        while not stripe_is_asked(process):
            time.sleep(0.1)
        process.send_signal(number)
        assert process.wait(15) == 128 + number


def stripe_is_asked(process: subprocess.Popen[str]) -> bool:
    """Whether the process has a connection."""
    return any("socket:" in target for target in open_files(process))


def open_files(process: subprocess.Popen[str]) -> list[str]:
    targets = []
    for descriptor in Path(f"/proc/{process.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            targets.append(str(descriptor.readlink()))
    return targets


# Catches: errors of writing left to Python, which shows its stack and tries to write again.
@pytest.mark.parametrize("command", ["spec", "check", "discover", "read"])
def test_a_full_disk_ends_a_command_in_a_sentence(tmp_path: Path, address: str, command: str) -> None:
    words = [command]
    if command != "spec":
        words += ["--config", file(tmp_path, "config.json", {"client_secret": KEY})]
    if command == "read":
        words += ["--catalog", file(tmp_path, "catalog.json", selecting("country_specs", "customers"))]
    for path, most_bytes in (("/dev/full", -1), (str(tmp_path / "out"), 50)):
        with Path(path).open("wb") as out:
            done = subprocess.run(
                [sys.executable, "main.py", *words],
                cwd=ROOT,
                env={**os.environ, "STRIPE_API_BASE": address, "PYTHONUNBUFFERED": "1"},
                stdout=out,
                stderr=subprocess.PIPE,
                text=True,
                timeout=60,
                check=False,
                preexec_fn=partial(resource.setrlimit, resource.RLIMIT_FSIZE, (most_bytes, most_bytes)),
            )
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert done.stderr.startswith("Standard output cannot be written to: ")


@pytest.mark.parametrize("command", ["check", "discover"])
def test_nothing_is_written_to_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    def nowhere(*_: object, **__: object) -> None:
        raise FileNotFoundError("No usable temporary directory found")

    config = file(tmp_path, "config.json", {"client_secret": KEY})
    monkeypatch.setattr(os, "mkdir", nowhere)
    monkeypatch.setattr(tempfile, "gettempdir", nowhere)
    printed = said([command, "--config", config], settled(customers=1).session)
    assert printed.code == 0
    assert {"CONNECTION_STATUS", "CATALOG"} & {line["type"] for line in printed.lines}


@pytest.mark.parametrize(("most", "streams"), [(0, 1), (1, 1), (2, 1), (3, 1), (1, 20), (12, 20), (24, 20), (40, 20)])
def test_where_no_thread_can_be_started_it_is_said_and_nobody_waits_for_ever(
    monkeypatch: pytest.MonkeyPatch, most: int, streams: int
) -> None:
    stripe, start, lock, left = settled(customers=5, seed=2), threading.Thread.start, threading.Lock(), most
    ends = threading.Event()

    def limited(thread: threading.Thread) -> None:
        nonlocal left
        if thread.name != "the sync":
            with lock:
                if left <= 0:
                    raise RuntimeError("can't start new thread")
                left -= 1
        start(thread)

    told: list[str] = []

    def one_sync() -> None:
        synced = sync(stripe, CATALOG[5 : 5 + streams])
        told.extend([synced.error, *(one for errors in synced.errors.values() for one in errors)])
        ends.set()

    monkeypatch.setattr(threading.Thread, "start", limited)
    threading.Thread(target=one_sync, name="the sync", daemon=True).start()
    assert ends.wait(60)
    # One for requests and one that reads are enough.
    assert told == [""] if most > 1 else any(NO_THREADS in one for one in told)


def test_a_sync_out_of_memory_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stripe = settled(customers=5, seed=2)
    handle = type(stripe).handle

    def limited(sandbox: Sandbox, request: object) -> object:
        if "/customers" in request.path:  # type: ignore[attr-defined]
            raise MemoryError
        return handle(sandbox, request)  # type: ignore[arg-type]

    monkeypatch.setattr(type(stripe), "handle", limited)
    config = file(tmp_path, "config.json", {"client_secret": KEY})
    catalog = file(tmp_path, "catalog.json", selecting("customers", "country_specs"))
    printed = said(["read", "--config", config, "--catalog", catalog], stripe.session)
    errors = [line["trace"]["error"] for line in printed.lines if line.get("trace", {}).get("error")]
    assert printed.code == 1
    assert errors[0]["message"] == NO_MEMORY
    assert errors[0]["stream_descriptor"]["name"] == "customers"
    assert any(line["type"] == "RECORD" and line["record"]["stream"] == "country_specs" for line in printed.lines)


def test_a_start_in_the_future_and_an_option_misspelt_are_said(tmp_path: Path) -> None:
    stripe = settled(customers=1)
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOW + DAY))
    catalog = file(tmp_path, "catalog.json", selecting("country_specs"))
    config = file(tmp_path, "config.json", {"client_secret": KEY, "start_date": later})
    printed = said(["read", "--config", config, "--catalog", catalog], stripe.session)
    (error,) = [line["trace"]["error"] for line in printed.lines if line["type"] == "TRACE"]
    assert error["message"] == f"start_date {later!r} is in the future: there is nothing to read yet."
    assert (printed.code, error["failure_type"], stripe.count()) == (1, "config_error", 0)
    config = file(tmp_path, "config.json", {"client_secret": KEY, "start_dat": later})
    for argv in (["check", "--config", config], ["read", "--config", config, "--catalog", catalog]):
        printed = said(argv, stripe.session)
        logs = [line["log"] for line in printed.lines if line["type"] == "LOG"]
        assert printed.code == 0
        assert ["start_dat (is start_date meant?)" in one["message"] for one in logs if one["level"] == "WARN"] == [
            True
        ]
