"""Runs a command as a whole process: what it printed, how long it took, what it used."""

from __future__ import annotations

import fcntl
import json
import math
import os
import re
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CHUNK, F_SETPIPE_SZ = 1 << 20, 1_031
LOOK_SECONDS = 0.2
LAST_WORDS = 600
_STATE = re.compile(rb'"type": ?"STATE"')
SERVE = ("-m", "benchmarks.server")
PROXIES = ("http_proxy", "https_proxy", "all_proxy")


def cores() -> tuple[int | None, int | None]:
    """The core of the measured process, and the one of all that serves it; None where there is one core only."""
    usable = sorted(os.sched_getaffinity(0))
    return (usable[-1], usable[0]) if len(usable) > 1 else (None, None)


CLIENT_CORE, SERVER_CORE = cores()


@dataclass
class Lines:
    """Counts protocol messages in a stream of bytes, Airbyte's and Singer's."""

    prefixes: Sequence[str] = ()
    """How the ids of the records begin whose digits tell them apart; without any no look is taken at the records."""
    records: int = 0
    states: int = 0
    size: int = 0
    state_size: int = 0
    """Bytes of the lines with states."""
    state: bytes = b""
    """The last of them."""
    last: bytes = b""
    """The end of what was printed."""
    _rest: bytes = b""

    def __post_init__(self) -> None:
        self._ids = [
            (re.compile(rb'"id": ?"%b([0-9]{16})[0-9A-Za-z]*"' % re.escape(prefix.encode())), bytearray())
            for prefix in self.prefixes
        ]

    @property
    def distinct(self) -> int:
        """How many different objects the records show."""
        return sum(seen.count(1) for _, seen in self._ids)

    def feed(self, chunk: bytes) -> None:
        self.size += len(chunk)
        whole, newline, rest = chunk.rpartition(b"\n")
        if not newline:
            self._rest += chunk
            return
        self._count(self._rest + whole)
        self._rest = rest

    def end(self) -> None:
        self._count(self._rest)
        self._rest = b""

    def _count(self, lines: bytes) -> None:
        self.records += lines.count(b'"type":"RECORD"') + lines.count(b'"type": "RECORD"')
        self.states += lines.count(b'"type":"STATE"') + lines.count(b'"type": "STATE"')
        self._measure_states(lines)
        self.last = lines[-LAST_WORDS:]
        for id, seen in self._ids:
            numbers = [*map(int, id.findall(lines))]
            if numbers and (missing := max(numbers) + 1 - len(seen)) > 0:
                seen.extend(bytes(missing))
            for number in numbers:
                seen[number] = 1

    def _measure_states(self, lines: bytes) -> None:
        for mark in _STATE.finditer(lines):
            begin, end = lines.rfind(b"\n", 0, mark.start()) + 1, lines.find(b"\n", mark.end())
            self.state = lines[begin : end if end >= 0 else len(lines)]
            self.state_size += len(self.state) + 1


@dataclass(frozen=True)
class Run:
    """What a process did and used."""

    exit_code: int
    wall: float
    """Seconds from its start to its end."""
    cpu: float
    """Seconds of processor time, its own and the system's for it."""
    peak_mb: float
    records: int
    distinct: int
    states: int
    output_mb: float
    state_mb: float = 0.0
    """Of the output, what is states."""
    state: bytes = b""
    """The last line with a state."""
    threads: int = 0
    """The most that were seen."""
    requests: Mapping[str, int] = field(default_factory=dict)
    """By endpoint."""
    refused: int = 0
    """Answers with 429."""
    said: str = ""
    """Its last words, where it failed."""


@dataclass(frozen=True)
class Served:
    """The stand-in for Stripe, in a process of its own."""

    url: str

    def counts(self) -> dict[str, Any]:
        """Raises OSError where it has ended."""
        with closing(HTTPConnection(self.url.removeprefix("http://"))) as connection:
            connection.request("GET", "/_bench/counts")
            counts: dict[str, Any] = json.load(connection.getresponse())
        return counts


@contextmanager
def served(*arguments: str) -> Iterator[Served]:
    """A fresh one."""
    core = [] if SERVER_CORE is None else ["--core", str(SERVER_CORE)]
    command = [sys.executable, *SERVE, *arguments, *core]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603
        if not process.stdin or not process.stdout:
            raise TypeError(process)
        try:
            yield Served(json.loads(process.stdout.readline())["url"])
        finally:
            process.stdin.close()


def run(
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    cwd: Path,
    prefixes: Sequence[str] = (),
    most_seconds: float = 1_800.0,
    most_records: float = math.inf,
) -> Run:
    """Runs a command to its end, to the end of its time, or until it is killed after so many records, and reads what it
    prints as fast as it comes."""
    lines = Lines(prefixes)
    plain = {name: value for name, value in os.environ.items() if name.lower() not in PROXIES}
    with tempfile.TemporaryFile() as errors:
        began = time.monotonic()
        with _on(CLIENT_CORE):
            # What runs is this repository and the packages that competitors.py names.
            process = subprocess.Popen(  # noqa: S603
                command,
                cwd=cwd,
                env=plain | dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        with _on(SERVER_CORE):
            if not process.stdout:
                raise TypeError(process)
            threads = _read(process.stdout.fileno(), lines, began + most_seconds, process, most_records)
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.monotonic() - began
            process.returncode = os.waitstatus_to_exitcode(status)
            process.stdout.close()
        errors.seek(max(0, errors.seek(0, os.SEEK_END) - LAST_WORDS))
        said = (lines.last + errors.read()).decode(errors="replace") if process.returncode else ""
    return Run(
        process.returncode,
        wall,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss / 1024,
        lines.records,
        lines.distinct,
        lines.states,
        lines.size / 1e6,
        lines.state_size / 1e6,
        lines.state,
        said=said,
        threads=threads,
    )


def _read(
    pipe: int, lines: Lines, deadline: float, process: subprocess.Popen[bytes], most_records: float = math.inf
) -> int:
    """Returns the most threads that were seen."""
    fcntl.fcntl(pipe, F_SETPIPE_SZ, CHUNK)
    threads = 0
    while True:
        ready, _, _ = select.select([pipe], [], [], min(LOOK_SECONDS, max(0.0, deadline - time.monotonic())))
        threads = max(threads, _threads(process.pid))
        if not ready:
            if time.monotonic() < deadline:
                continue
            process.kill()
            break
        if not (chunk := os.read(pipe, CHUNK)):
            break
        lines.feed(chunk)
        threads = max(threads, _threads(process.pid))
        if lines.records >= most_records:
            process.kill()
            break
    lines.end()
    return threads


def _threads(process: int) -> int:
    """How many a process has now."""
    try:
        return sum(1 for _ in Path(f"/proc/{process}/task").iterdir())
    except OSError:
        return 0


@contextmanager
def _on(core: int | None) -> Iterator[None]:
    """On one core only; what is started meanwhile stays there."""
    before = os.sched_getaffinity(0)
    if core is not None:
        os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
