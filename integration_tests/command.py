"""The connector as a process of its own, and what a platform may do to it while it runs.

`python -m integration_tests.command OFFSET PATIENCE COMMAND ...` is the connector on a host whose clock is so many
seconds ahead. It waits for Stripe for seconds where it would wait for minutes, and prints a state at every mark.
"""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from source_stripe import limits
from source_stripe.run import main
from source_stripe.state import pace

ROOT = Path(__file__).parents[1]
LONGEST_SECONDS = 90.0
"""After so long a process hangs."""


class End(Enum):
    """How a process ends."""

    BY_ITSELF = "left alone"
    SLOW_READER = "slow reader"
    KILLED = "kill -9"
    ASKED = "SIGTERM"
    READER_GONE = "reader gone"
    DISK_FULL = "full disk"


@dataclass(frozen=True)
class Fate:
    """What happens to a process: after so many lines, or after so many seconds if these are over first; on a full
    disk, after so many bytes."""

    end: End = End.BY_ITSELF
    lines: int = 1 << 30
    seconds: float = 1e9
    most_bytes: int = -1


@dataclass(frozen=True)
class Printed:
    """What became of a process."""

    code: int
    """The exit code; negative for the signal that ended it."""
    stdout: bytes
    stderr: str
    seconds: float
    hangs: bool


def run(argv: Sequence[str], environment: Mapping[str, str], fate: Fate) -> Printed:
    """Runs the connector until it ends, or until its fate overtakes it."""
    with tempfile.TemporaryFile() as out:
        full = fate.end is End.DISK_FULL
        limited = ["prlimit", f"--fsize={fate.most_bytes}"] if full else []
        process = subprocess.Popen(
            [*limited, sys.executable, "-m", "integration_tests.command", *argv],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=out if full else subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stderr
        words: list[bytes] = []
        listener = threading.Thread(target=words.extend, args=[process.stderr])
        listener.start()
        started = time.monotonic()
        overdue, struck = threading.Timer(LONGEST_SECONDS, process.kill), threading.Timer(fate.seconds, lambda: None)
        number = {End.KILLED: signal.SIGKILL, End.ASKED: signal.SIGTERM}.get(fate.end)
        if number and fate.seconds < LONGEST_SECONDS:
            struck = threading.Timer(fate.seconds, process.send_signal, [number])
            struck.start()
        overdue.start()
        try:
            stdout = b"" if full else _read(process, fate, number)
            code = process.wait()
        finally:
            overdue.cancel()
            struck.cancel()
        seconds = time.monotonic() - started
        listener.join()
        process.stderr.close()
        out.seek(0)
        said = b"".join(words).decode("utf-8", "replace")
        return Printed(code, stdout or out.read(), said, seconds, seconds >= LONGEST_SECONDS)


def _read(process: subprocess.Popen[bytes], fate: Fate, number: signal.Signals | None) -> bytes:
    assert process.stdout
    read: list[bytes] = []
    with process.stdout as lines:
        for count, line in enumerate(lines):
            read.append(line)
            if fate.end is End.SLOW_READER and count % 300 == fate.lines % 300:
                time.sleep(0.2)
            if count == fate.lines:
                if fate.end is End.READER_GONE:
                    break
                if number:
                    process.send_signal(number)
    return b"".join(read)


if __name__ == "__main__":
    ahead, patience = float(sys.argv[1]), float(sys.argv[2])
    assert "source_stripe.stripe" not in sys.modules, "whoever asks Stripe already has the limits"
    limits.READ = dataclasses.replace(
        limits.READ,
        silence_seconds=patience / 4,
        answer_seconds=patience / 2,
        patience_seconds=patience,
        pause_seconds=patience / 4,
    )
    pace.PACE = pace.EVERY_MARK
    sys.exit(main(sys.argv[3:], clock=lambda: time.time() + ahead))
