"""The folder of a shard: its records, and how far each stream has come, so that a process that is killed loses nothing.

`records.jsonl` grows by records, and `states.json`, which is replaced whole, says of each stream up to which byte of it
a state vouches for them. Whoever goes on first drops the records behind that byte: the states bring them again. So a
record stands there twice only where the states of its stream allow it, as those of many accounts do.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import orjson

CONFIG, CATALOG, STATE = "config.json", "catalog.json", "state.json"
"""What a plan writes into the folder of a shard, the last of these the states it goes on from."""
RECORDS, STATES, PLAN = "records.jsonl", "states.json", "plan.json"
PAUSE_SECONDS = 1.0
"""Between two times that the states are written; what is younger is read once more by who goes on."""
_NAME = b'{"type":"RECORD","record":{"stream":"'


class BusyError(Exception):
    """Another process is at work in the folder."""


def write_private(path: Path, content: bytes) -> None:
    """A file that only its owner reads, whole or as it was before."""
    beside = path.with_name(f".{path.name}.part")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    _sync_folder(path.parent)


def last_states(folder: Path) -> tuple[dict[str, Any], bool, dict[str, int]] | None:
    """The last state of each stream of a shard, whether it was read to its end, and up to which byte the records of
    each stream are vouched for; None where it was not begun."""
    try:
        found = orjson.loads((folder / STATES).read_bytes())
    except FileNotFoundError:
        return None
    return found["states"], found["finished"], found["records"]


class Journal:
    """Writes what a shard reads. One process at a time, from one thread; raises OSError where the disk is full."""

    def __init__(self, folder: Path, monotonic: Callable[[], float], whole: Collection[str] = ()) -> None:
        """`whole` are the streams that are read anew in every run, so that nothing of an earlier one is kept. Raises
        BusyError."""
        self._folder, self._monotonic = folder, monotonic
        self._lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise BusyError from None
        try:
            self._begin(whole)
        except BaseException:
            os.close(self._lock)
            raise

    def _begin(self, whole: Collection[str]) -> None:
        known = last_states(self._folder)
        self.states, _, self._vouched = known or ({}, False, {})
        self.is_begun = known is not None
        """Whether an earlier run has left states."""
        self.finished = False
        """Whether all was read; set before the end."""
        for stream in whole:
            self._vouched.pop(stream, None)
        self._size = _drop_unvouched(self._folder / RECORDS, self._vouched)
        self._vouched = dict.fromkeys(self._vouched, self._size)
        self._records: IO[bytes] | None = None
        self._written = self._monotonic()
        if self.is_begun:
            self._write()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._write()
        finally:
            if self._records:
                self._records.close()
            os.close(self._lock)

    def records(self, lines: bytes) -> None:
        """Some whole lines."""
        if self._records is None:
            descriptor = os.open(self._folder / RECORDS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            self._records = os.fdopen(descriptor, "ab", buffering=0)
        rest = memoryview(lines)
        while rest:
            rest = rest[self._records.write(rest) :]
        self._size += len(lines)

    def state(self, stream: str, state: Mapping[str, Any]) -> None:
        """A stream has come so far; all that this vouches for was written before."""
        self.states[stream] = dict(state)
        self.vouch(stream)

    def vouch(self, stream: str) -> None:
        """All that was written of a stream is kept."""
        self._vouched[stream] = self._size
        if self._monotonic() - self._written >= PAUSE_SECONDS:
            self._write()

    def _write(self) -> None:
        if self._records:
            os.fsync(self._records.fileno())
        content = {"finished": self.finished, "records": self._vouched, "states": self.states}
        write_private(self._folder / STATES, orjson.dumps(content) + b"\n")
        self._written = self._monotonic()


def stream_of(line: bytes) -> str:
    """The stream of a record's line; empty where it is none, or breaks off."""
    return line[len(_NAME) :].partition(b'"')[0].decode() if line.startswith(_NAME) and line.endswith(b"\n") else ""


def _drop_unvouched(path: Path, vouched: Mapping[str, int]) -> int:
    """Leave of the records those that a state vouches for, and give their bytes.

    Killed before the new bounds are written, it does the same again: all that is left lies below the old ones.
    """
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return 0
    beside = path.with_name(f".{path.name}.part")
    beside.unlink(missing_ok=True)
    at = 0
    with (
        path.open("rb") as lines,
        os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as kept,
    ):
        for line in lines:
            at += len(line)
            if at <= vouched.get(stream_of(line), 0):
                kept.write(line)
        kept.flush()
        os.fsync(kept.fileno())
        left = kept.tell()
    if left == size:
        beside.unlink()
    else:
        beside.replace(path)
        _sync_folder(path.parent)
    return left


def _sync_folder(folder: Path) -> None:
    """So that a name is there after the power fails, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
