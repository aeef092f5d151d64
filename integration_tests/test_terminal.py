"""In a terminal the protocol's commands show people what came: no message, one live line, an error in a sentence."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from integration_tests.executable import ROOT
from integration_tests.in_process import file
from integration_tests.sandbox import Sandbox
from integration_tests.served import lately, served
from integration_tests.vocabulary import CATALOG, KEY

CODES = re.compile(r"(\r)|(\n)|\x1b\[(\d*)(A)|\x1b\[\d*(K)|\x1b\[[0-9;?]*[A-Za-z]|([^\r\n\x1b]+)")
"""To the line's begin, to the next, so many up, the line cleared; all else is colours; and what is written."""
STREAMS = ("customers", "charges", "invoices")


@dataclass(frozen=True)
class Seen:
    """What a terminal was sent."""

    code: int
    raw: str

    @property
    def lines(self) -> list[str]:
        """What stands there in the end: what was written over is gone."""
        screen, row, column = [""], 0, 0
        for begin, down, count, up, clear, text in CODES.findall(self.raw):
            if begin or down:
                row, column = row + bool(down), 0
            elif up:
                row -= int(count or 1)
            elif clear:
                screen[row] = ""
            else:
                screen[row] = screen[row][:column].ljust(column) + text + screen[row][column + len(text) :]
                column += len(text)
            screen += [""] * (row + 1 - len(screen))
        return [line.rstrip() for line in screen if line.strip()]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.lines).split())


def seen(
    *argv: str, after: Callable[[subprocess.Popen[bytes]], None] = lambda _: None, width: int = 100, **env: str
) -> Seen:
    """Runs a command in a terminal of its own."""
    reading, writing = pty.openpty()
    parts: list[bytes] = []

    def read() -> None:
        while True:
            try:
                part = os.read(reading, 65_536)
            except OSError:  # the other end is closed
                return
            if not part:
                return
            parts.append(part)

    options = {"COLUMNS": str(width), "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "source_stripe", *argv],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "CI")} | options | env,
        stdin=writing,
        stdout=writing,
        stderr=writing,
    )
    os.close(writing)
    reader = threading.Thread(target=read)
    reader.start()
    after(process)
    code = process.wait(timeout=120)
    reader.join(timeout=20)
    os.close(reading)
    return Seen(code, b"".join(parts).decode("utf-8", "replace"))


@pytest.fixture(scope="module")
def stripe() -> Sandbox:
    return lately(customers=6)


@pytest.fixture
def address(stripe: Sandbox) -> Iterator[str]:
    stripe.recovers()
    with served(stripe) as url:
        yield url


@pytest.fixture
def config(tmp_path: Path) -> str:
    return file(tmp_path, "config.json", {"client_secret": KEY})


def reading(tmp_path: Path, config: str) -> list[str]:
    return ["read", "--config", config, "--catalog", file(tmp_path, "catalog.json", list(STREAMS))]


def assert_no_message(shown: Seen) -> None:
    assert not [line for line in shown.lines if line.lstrip().startswith("{")]
    assert '"type"' not in shown.raw
    assert "Traceback" not in shown.raw


def test_a_read_is_one_live_line_and_a_table(tmp_path: Path, stripe: Sandbox, address: str, config: str) -> None:
    stripe.latency_seconds = 0.1
    try:
        shown = seen(*reading(tmp_path, config), STRIPE_API_BASE=address)
    finally:
        stripe.latency_seconds = 0
    assert shown.code == 0
    assert_no_message(shown)
    assert "Asking Stripe" in shown.raw
    assert "\x1b[2K" in shown.raw
    assert "Asking Stripe" not in shown.text
    for name in STREAMS:
        rows = len(stripe.account.rows(f"/v1/{name}"))
        assert re.search(rf"{name} +{rows:,}\b", shown.text)
    assert "| cat" in shown.text


def test_a_check_is_a_sentence(address: str, config: str, tmp_path: Path) -> None:
    shown = seen("check", "--config", config, STRIPE_API_BASE=address)
    assert_no_message(shown)
    assert (shown.code, shown.lines) == (0, ["The account can be read."])
    wrong = file(tmp_path, "wrong.json", {"client_secret": "sk_test_wrong"})
    shown = seen("check", "--config", wrong, STRIPE_API_BASE=address)
    assert_no_message(shown)
    assert "\x1b[31m" in shown.raw
    assert "Stripe does not accept" in shown.text or "Invalid API Key" in shown.text
    assert "sk_test_wrong" not in shown.raw


def test_discover_and_spec_are_tables(address: str, config: str) -> None:
    shown = seen("discover", "--config", config, STRIPE_API_BASE=address, width=80)
    assert_no_message(shown)
    assert shown.code == 0
    assert f"{len(CATALOG)} streams" in shown.text
    assert "invoice_line_items" in shown.text
    assert max(map(len, shown.lines[:-1])) <= 80
    shown = seen("spec", width=80)
    assert_no_message(shown)
    assert "client_secret" in shown.text
    assert "start_date" in shown.text


def test_what_is_not_read_is_a_red_sentence_and_the_code_of_a_pipe(
    tmp_path: Path, stripe: Sandbox, address: str, config: str
) -> None:
    stripe.refuses("/v1/charges", code="more_permissions_required", message="No.")
    shown = seen(*reading(tmp_path, config), STRIPE_API_BASE=address)
    assert_no_message(shown)
    assert shown.code == 1
    red = re.findall(r"\x1b\[31m(.*?)\x1b\[0m", shown.raw, re.DOTALL)
    assert any("charges" in sentence for sentence in red)
    assert re.search(r"customers +\d", shown.text)
    for argv in (["check", "--config", "none.json"], ["read", "--config", config, "--catalog", "none.json"]):
        shown = seen(*argv, STRIPE_API_BASE=address)
        assert_no_message(shown)
        assert shown.code == 1
        assert "none.json" in shown.text
        assert "\x1b[31m" in shown.raw


def test_an_interrupt_ends_a_read_with_a_sentence(tmp_path: Path, stripe: Sandbox, address: str, config: str) -> None:
    def interrupted(process: subprocess.Popen[bytes]) -> None:
        before = stripe.count()
        while stripe.count() == before and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)

    stripe.latency_seconds = 3
    try:
        shown = seen(*reading(tmp_path, config), after=interrupted, STRIPE_API_BASE=address)
    finally:
        stripe.latency_seconds = 0
    assert_no_message(shown)
    assert shown.code == 130
    assert "Stopped" in shown.text


def test_a_sync_is_shown_in_the_same_way(tmp_path: Path, stripe: Sandbox, address: str, config: str) -> None:
    to = str(tmp_path / "rows")
    for first in (True, False):
        shown = seen("sync", "--config", config, "--to", to, "--streams", ",".join(STREAMS), STRIPE_API_BASE=address)
        assert shown.code == 0
        assert ("new or changed" in shown.text) != first
        if first:
            assert "\x1b[2K" in shown.raw
            assert re.search(rf"charges +{len(stripe.account.rows('/v1/charges')):,}\b", shown.text)


@pytest.mark.parametrize("piped", ["stdout", "stderr"])
def test_a_pipe_gets_the_protocol_wherever_the_rest_goes(piped: str, tmp_path: Path, address: str, config: str) -> None:
    reading_, writing = pty.openpty()
    with (tmp_path / "out").open("wb") as out:
        done = subprocess.run(
            [sys.executable, "-m", "source_stripe", *reading(tmp_path, config)],
            cwd=ROOT,
            env=os.environ | {"STRIPE_API_BASE": address},
            stdin=writing,
            stdout=out if piped == "stdout" else subprocess.PIPE,
            stderr=writing if piped == "stdout" else subprocess.PIPE,
            check=False,
            timeout=120,
        )
    os.close(writing)
    os.close(reading_)
    printed = (tmp_path / "out").read_bytes() if piped == "stdout" else done.stdout
    assert done.returncode == 0
    assert {json.loads(line)["type"] for line in printed.splitlines()} >= {"RECORD", "STATE"}
