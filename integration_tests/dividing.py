"""A sync that is divided: planned, read shard by shard, and merged, by the command line and within this process."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from integration_tests.in_process import Said, file
from integration_tests.vocabulary import HOUR, KEY, NOW, Account, Hurried, Record, Sandbox, Time
from source_stripe.commands import main
from source_stripe.commands.selecting import configured
from source_stripe.declaration.resource import Resource
from source_stripe.entrypoint import run
from source_stripe.runtime import Runtime
from source_stripe.source import SourceStripe

Read = list[tuple[str, Record]]
"""Records with their streams, in the order they came."""


class Company:
    """A Stripe account, or a platform of them, and a folder for what is read of it."""

    def __init__(self, stripe: Sandbox, folder: Path, streams: Iterable[Resource], **config: Any) -> None:
        self.stripe, self.folder, self.streams = stripe, folder, list(streams)
        self.config = {"client_secret": KEY, "start_date": "2000-01-01T00:00:00Z", "num_workers": 6} | config
        self.catalog = file(folder, "catalog.json", configured(self.streams))
        self.given = file(folder, "config.json", self.config)
        self._plans = 0

    def command(
        self, *argv: str, session: Callable[[], requests.Session] | None = None, time: Time | None = None
    ) -> Said:
        """What a command for people prints; nobody waits."""
        time = time or Time()
        runtime = Runtime(session or self.stripe.session, self._clock, time.now, time.sleep, lambda: 0.0)
        return _said(lambda: main.run(argv, runtime))

    def whole(self, states: str | None = None) -> tuple[Read, str]:
        """One undivided run: its records, and the file of its states."""
        time = Time()
        runtime = Runtime(self.stripe.session, self._clock, time.now, time.sleep, lambda: 0.0)
        argv = ["read", "--config", self.given, "--catalog", self.catalog, *(["--state", states] if states else [])]
        said = _said(lambda: run(argv, SourceStripe(runtime)))
        assert said.code == 0, said.stdout[-2000:]
        self._plans += 1
        path = self.folder / f"read-{self._plans}.jsonl"
        last = {
            line["state"]["stream"]["stream_descriptor"]["name"]: line for line in said.lines if line["type"] == "STATE"
        }
        path.write_text("".join(json.dumps(line) + "\n" for line in last.values()))
        return [
            (line["record"]["stream"], line["record"]["data"]) for line in said.lines if line["type"] == "RECORD"
        ], str(path)

    def plan(self, shards: int, *options: str, workers: int = 1, states: str | None = None) -> Path:
        """The folder of a plan."""
        self._plans += 1
        out = self.folder / f"plan-{self._plans}"
        said = self.planned(shards, out, *options, workers=workers, states=states)
        assert said.code == 0, said.stderr
        return out

    def planned(self, shards: int, out: Path, *options: str, workers: int = 1, states: str | None = None) -> Said:
        given = ["--state", states] if states else []
        argv = ["plan", "--config", self.given, "--catalog", self.catalog, *given]
        return self.command(*argv, "--shards", str(shards), "--workers", str(workers), "--out", str(out), *options)

    def merge(self, plan: Path) -> str:
        """The file of the merged states."""
        said = self.command("merge", str(plan))
        assert said.code == 0, said.stderr
        path = plan / "merged.jsonl"
        path.write_text(said.stdout)
        return str(path)

    def timed(self, shard: Path) -> list[tuple[float, str]]:
        """Runs a shard on a clock of its own, in which an answer takes no time; what it asked for, and when, in seconds
        since it began."""
        time, sent = Time(), list[tuple[float, str]]()

        def send(request: requests.PreparedRequest) -> None:
            sent.append((time.now(), urlsplit(str(request.url)).path))

        said = self.command("run-shard", str(shard), session=lambda: self._watched(send), time=time)
        assert said.code == 0, said.stderr
        return sent

    def run(self, plan: Path, *, killed: str = "", after: int = 5) -> None:
        """Runs all shards, one of them killed after some requests and run again."""
        for shard in shards_of(plan):
            if shard.name == killed:
                self.kill(shard, after)
            said = self.command("run-shard", str(shard))
            assert said.code == 0, said.stderr

    def kill(self, shard: Path, after: int) -> None:
        """The folder as a process leaves it that is killed in the middle of a line, after so many requests."""
        kept = shard.with_name(f"{shard.name}.killed")
        left = count(after, -1)

        def send(_: requests.PreparedRequest) -> None:
            if next(left) == 1:
                copy_as_killed(shard, kept)

        self.command("run-shard", str(shard), session=lambda: self._watched(send), time=Hurried())
        assert kept.exists(), "the shard was over before it was killed"
        shutil.rmtree(shard)
        kept.rename(shard)

    def _watched(self, send: Callable[[requests.PreparedRequest], None]) -> requests.Session:
        """One that tells of each request before it is sent."""
        session = self.stripe.session()
        adapter = session.get_adapter("https://api.stripe.com")
        answer = adapter.send

        def sent(request: requests.PreparedRequest, *given: Any, **options: Any) -> requests.Response:
            send(request)
            return answer(request, *given, **options)

        adapter.send = sent  # type: ignore[method-assign]
        return session

    def _clock(self) -> float:
        return float(self.stripe.account.now)


def copy_as_killed(shard: Path, to: Path) -> None:
    """What a process that is killed now leaves: its states first, as records are written before the states that vouch
    for them."""
    to.mkdir()
    for path in sorted(shard.iterdir(), key=lambda path: path.name != "states.json"):
        if path.suffix != ".part":
            shutil.copy(path, to)
    with (to / "records.jsonl").open("ab") as records:
        records.write(b'{"type":"RECORD","record":{"stream":"customers","data":{"id":"cus_cut')


def _said(do: Callable[[], int]) -> Said:
    out, err = io.StringIO(), io.StringIO()
    logger = logging.getLogger("airbyte")
    before = logger.handlers, logger.propagate, logger.disabled, logger.level
    logger.disabled = False
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = do()
    finally:
        logger.handlers, logger.propagate, logger.disabled, level = before
        logger.setLevel(level)
    return Said(code, out.getvalue(), err.getvalue())


def shards_of(plan: Path) -> list[Path]:
    return sorted(path for path in plan.iterdir() if path.is_dir() and path.name.isdigit())


def records_of(plan: Path) -> Read:
    """What all shards have read."""
    found: Read = []
    for shard in shards_of(plan):
        path = shard / "records.jsonl"
        lines = path.read_text().split("\n")[:-1] if path.exists() else []
        found += [(one["stream"], one["data"]) for one in (json.loads(line)["record"] for line in lines)]
    return found


def counted(read: Read) -> Counter[str]:
    """Records in no order, each with how often it came."""
    return Counter(json.dumps(one, sort_keys=True) for one in read)


def founded(accounts: int, *, changes: int = 0, seed: int = 7) -> Account:
    """A platform whose accounts were connected one after the other."""
    made = Account(now=NOW, seed=seed)
    if changes:
        made.live(0, changes, silent=False)
    for _ in range(accounts):
        made.advance(7)
        other = made.connect()
        if changes:
            other.live(0, changes, silent=False)
    made.advance(HOUR)
    return made
