"""Sync after sync of a living account by the command line alone, while everything goes wrong that can.

`python -m integration_tests.soak --seed 1 --syncs 100`. After every sync what the destination holds is compared with
the account: what had rested before the last sync that read its stream whole must be right.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteMessageSerializer,
    AirbyteStreamStatus,
    ConfiguredAirbyteCatalogSerializer,
)

from integration_tests import command
from integration_tests.command import End, Printed
from integration_tests.draws import PATIENCE_SECONDS, Draw, drawn
from integration_tests.replica import REST_SECONDS, Replica
from integration_tests.rest import Rest
from integration_tests.sandbox import Account, Request, Response, Sandbox
from integration_tests.sandbox.api.server import Server
from integration_tests.vocabulary import BY_NAME, CATALOG, HOUR, NOW, Synced, catalog
from source_stripe.declaration.resource import Resource

KEY = "sk_live_soak51KeyThatNobodyMaySee"
STREAMS = [one for one in CATALOG if not one.first.origin.path.startswith("/v1/test_helpers/")]
"""A live key has no test clocks."""
CALM = Draw(pause=REST_SECONDS, changes=0)
EVERY = 10
"""Syncs after which a calm one must leave the replica right in every row, and a line says how far the soak is."""
OUTPUT_MAY_BREAK_OFF = (End.KILLED, End.READER_GONE, End.DISK_FULL, End.ASKED)
CODES: Mapping[End, frozenset[int]] = {
    End.BY_ITSELF: frozenset(),
    End.SLOW_READER: frozenset(),
    End.KILLED: frozenset((-9,)),
    # Before the interpreter has come to the connector the signal ends it as any process.
    End.ASKED: frozenset((143, -15)),
    End.READER_GONE: frozenset(),
    End.DISK_FULL: frozenset(),
}
"""Exit codes beside 0 and 1."""


class WrongError(AssertionError):
    """A sync did what it must not; `str()` of it says what."""


class Soak:
    """An account, its replica, and the files that a user keeps in `folder`."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.tally: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.seconds: list[float] = []
        self._folder, self._luck = folder, Random(seed)
        self._account = Account.populated(NOW, seed, customers=5, years=1)
        self._account.advance(2 * HOUR)
        self._replica, self._rest = Replica(self._account), Rest(self._account, STREAMS)
        self._replica.streams = STREAMS
        self._read_whole: dict[str, int] = {}
        """When the last sync began that read a stream whole, by the host's clock where that is behind."""
        self._ahead = self._account.now - time.time()
        self._server = Server(Sandbox(self._account), follow_clock=lambda: time.time() + self._ahead)
        self._thread = self._server.serve_in_background()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def sync(self, draw: Draw) -> None:
        """Lets time pass, runs one sync as drawn and looks at what it left. Raises WrongError."""
        account, replica = self._account, self._replica
        account.late(draw.late[0], rows=draw.late[1])
        account.live(draw.pause, draw.changes, silent=False)
        self._rest.look()
        stripe = Sandbox(account, {KEY: ()})
        draw.makes(stripe)
        self._count(stripe)
        self._ahead, self._server.sandbox = account.now - time.time(), stripe
        streams = [resource for resource in STREAMS if not draw.streams or resource.name in draw.streams]
        replica.begin(streams)
        began = account.now
        with self._living(draw.lively):
            printed = command.run(self._argv(draw, streams), {"STRIPE_API_BASE": self._server.url}, draw.fate)
        synced = self._understood(printed, draw)
        self._note_state(printed.stdout)
        replica.take(synced, unvouched_are_lost=draw.is_lost, ahead_seconds=draw.ahead)
        self._rest.look()
        for message in synced.messages:
            if message.record:
                key = BY_NAME[message.record.stream].identity(message.record.data)
                self._rest.came(message.record.stream, key, lively=draw.lively)
        whole = [name for name, status in synced.statuses.items() if status is AirbyteStreamStatus.COMPLETE]
        self._judge(printed, draw, synced, whole, streams)
        self._read_whole |= dict.fromkeys(whole, began + min(0, draw.ahead))
        self._compare(replica.differences(self._has_rested))
        self.seconds.append(printed.seconds)
        self.tally.update(syncs=1, whole=printed.code == 0, records=sum(m.record is not None for m in synced.messages))
        self.tally.update({draw.fate.end.value: 1, f"trouble: {draw.trouble}": 1, "skewed clock": draw.ahead != 0})

    def settle(self) -> None:
        """A calm sync of everything after a rest, after which every row is right. Raises WrongError."""
        self.sync(CALM)
        self._compare(self._replica.differences())

    def _has_rested(self, name: str, key: str) -> bool:
        whole = self._read_whole.get(name)
        return whole is not None and self._rest.since(name, key) <= whole - REST_SECONDS

    def _compare(self, differences: Mapping[str, Sequence[str]]) -> None:
        if differences:
            self.tally["wrong"] = sum(map(len, differences.values()))
            raise WrongError("\n".join(f"{name}: {row}" for name, rows in differences.items() for row in rows[:20]))

    def _judge(
        self, printed: Printed, draw: Draw, synced: Synced, whole: Sequence[str], streams: Sequence[Resource]
    ) -> None:
        """What a process must be like whatever happens."""
        laws = {
            "it hangs": printed.hangs,
            "the key is shown": KEY[8:] in printed.stderr or KEY[8:].encode() in printed.stdout,
            "a bare trace": "Traceback" in printed.stderr,
            "words on standard error": bool(printed.stderr) != (draw.fate.end is End.DISK_FULL and printed.code == 1),
            "an exit code of its own": printed.code not in {0, 1} | CODES[draw.fate.end],
            "success, and not all is read": printed.code == 0
            and draw.fate.end is not End.READER_GONE
            and len(whole) < len(streams),
            "a failure for no reason": draw.may_fail is not None
            and bool({one.name for one in streams} - {*whole} - draw.may_fail),
        }
        if broken := [law for law, is_broken in laws.items() if is_broken]:
            tail = "\n".join([*(f"{n}: {e}" for n, e in synced.errors.items()), printed.stderr[-2_000:]])
            raise WrongError(f"{', '.join(broken)}; exit code {printed.code}, {len(whole)}/{len(streams)}\n{tail}")

    def _understood(self, printed: Printed, draw: Draw) -> Synced:
        """What a destination reads: whole lines, each a message."""
        lines = printed.stdout.split(b"\n")
        if lines.pop() and draw.fate.end not in OUTPUT_MAY_BREAK_OFF:
            raise WrongError("The output breaks off within a line.")
        messages: list[AirbyteMessage] = []
        for line in lines:
            try:
                messages.append(AirbyteMessageSerializer.load(json.loads(line)))
            except (ValueError, KeyError, TypeError):
                raise WrongError(f"This is no message: {line[:500]!r}") from None
        return Synced(messages, f"exit code {printed.code}" if printed.code else "")

    # The files.

    def _argv(self, draw: Draw, streams: Sequence[Resource]) -> list[str]:
        config = {"client_secret": KEY, "start_date": "2000-01-01T00:00:00Z", **draw.options}
        chosen = ConfiguredAirbyteCatalogSerializer.dump(catalog(streams, incremental=True))
        argv = [str(self._ahead + draw.ahead), str(PATIENCE_SECONDS), "read"]
        argv += ["--config", self._written("config.json", config), "--catalog", self._written("catalog.json", chosen)]
        states = [json.loads(line) for line in self._kept]
        match draw.state_file:
            case "list" if states:
                argv += ["--state", self._written("state.json", [message["state"] for message in states])]
            case "messages" if states:
                path = self._folder / "state.jsonl"
                path.write_bytes(b"\n".join(self._kept))
                argv += ["--state", str(path)]
            case _ if states:
                argv += ["--state", str(self._output)]
        return argv

    def _written(self, name: str, content: object) -> str:
        (self._folder / name).write_text(json.dumps(content))
        return str(self._folder / name)

    @property
    def _output(self) -> Path:
        """What all syncs so far printed, but for states that others came after; it may break off within a line."""
        return self._folder / "output.jsonl"

    @property
    def _kept(self) -> list[bytes]:
        path = self._folder / "kept.jsonl"
        return path.read_bytes().splitlines() if path.exists() else []

    def _note_state(self, stdout: bytes) -> None:
        """Keeps the last state of each stream; a line that breaks off is none."""
        before, whole = self._kept, stdout[: stdout.rfind(b"\n") + 1]
        lines = [*before, *(line for line in whole.split(b"\n") if line.startswith(b'{"type":"STATE"'))]
        kept = {json.loads(line)["state"]["stream"]["stream_descriptor"]["name"]: line for line in lines}
        (self._folder / "kept.jsonl").write_bytes(b"\n".join(kept.values()))
        self._output.write_bytes(b"\n".join([*before, stdout]))

    # The account.

    @contextmanager
    def _living(self, lively: bool) -> Iterator[None]:
        """Whether something happens every third of a second while the block lasts."""
        over = threading.Event()

        def live() -> None:
            while lively and not over.wait(0.3):
                self._account.live(0, 2, silent=False)

        thread = threading.Thread(target=live, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _count(self, stripe: Sandbox) -> None:
        answer = stripe.handle

        def counted(request: Request) -> Response:
            response = answer(request)
            self.tally["requests"] += 1
            if response.fault or response.status != 200:
                self.faults[response.fault.name if response.fault else f"HTTP {response.status}"] += 1
            return response

        stripe.handle = counted  # type: ignore[method-assign]


def soaked(folder: Path, seed: int, syncs: int) -> tuple[Soak, str]:
    """So many syncs; with what was wrong after the last of them, if anything."""
    soak, started = Soak(folder, seed), time.monotonic()
    number, draw = 0, CALM
    try:
        for number in range(syncs):
            draw = drawn(seed, number)
            soak.sync(draw)
            if (number + 1) % EVERY == 0 or number + 1 == syncs:
                draw = CALM
                soak.settle()
                rows = soak.tally["records"]
                print(f"{number + 1} syncs, {rows} records, {time.monotonic() - started:.0f} s", flush=True)
    except WrongError as error:
        return soak, f"Sync {number} of seed {seed} ({draw}):\n{error}"
    finally:
        soak.close()
    return soak, ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--syncs", type=int, default=100)
    given = parser.parse_args()
    folder, started = Path(tempfile.mkdtemp(prefix="soak-")), time.monotonic()
    soak, wrong = soaked(folder, given.seed, given.syncs)
    tally, seconds = soak.tally, time.monotonic() - started
    ends = ", ".join(f"{end.value} {tally[end.value]}" for end in End)
    kinds = ", ".join(
        f"{name.removeprefix('trouble: ')} {n}" for name, n in tally.items() if name.startswith("trouble")
    )
    print(f"Ends: {ends}; skewed clock {tally['skewed clock']}.")
    print(f"Troubles: {kinds}.")
    print(f"Answers that were none: {', '.join(f'{name} {count}' for name, count in sorted(soak.faults.items()))}.")
    print(
        f"Seed {given.seed}: {tally['syncs']} syncs ({tally['whole']} read all), {tally['requests']} requests, "
        f"{tally['records']} records, longest sync {max(soak.seconds, default=0):.0f} s, "
        f"{tally['wrong']} wrong rows, {seconds:.0f} s."
    )
    if not wrong:
        shutil.rmtree(folder)
        return 0
    print(f"\n{wrong}\n\nThe files are in {folder}.")
    return 1


if __name__ == "__main__":
    # Threads of the sandbox may still hold connections.
    code = main()
    sys.stdout.flush()
    os._exit(code)
