"""Who is measured: this connector, Airbyte's and Singer's, each as the command that its users run.

The other two come from PyPI, by a lock each, into environments of their own, and run unchanged but for the address they
send to. Not a line of theirs is in this repository.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.measure import ROOT, Run, Served, run
from tools.environment import Environment, Failed, make, ready
from tools.locks import BENCH_AIRBYTE, BENCH_SINGER, Lock

HERE = Path(__file__).parent
CONFIG = {"client_secret": "sk_live_bench", "start_date": "2017-01-25T00:00:00Z"}
ACCOUNT = "acct_1BenchBenchBench"


class Unavailable(Exception):
    """A connector cannot be run here; says why."""


@dataclass(frozen=True)
class Job:
    """What is to be read."""

    streams: Sequence[str]
    prefixes: Sequence[str]
    """How the ids of the records begin."""
    incremental: bool = True
    state: Mapping[str, object] | None = None
    """The state of each stream."""
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Connector:
    """One that speaks Airbyte's protocol."""

    name: str
    command: Sequence[str | Path]
    versions: Mapping[str, str]
    config: Mapping[str, object]
    cwd: Path = ROOT
    path: str = ""
    """PYTHONPATH."""

    def do(
        self,
        what: str,
        served: Served,
        files: Path,
        arguments: Sequence[str | Path],
        prefixes: Sequence[str] = (),
        most_records: float = math.inf,
    ) -> Run:
        """It is killed after so many records."""
        environment = {"STRIPE_API_BASE": served.url} | ({"PYTHONPATH": self.path} if self.path else {})
        command = [*self.command, what, *arguments]
        return run(command, environment, self.cwd, prefixes, most_records=most_records)

    def read(self, job: Job, served: Served, files: Path, most_records: float = math.inf) -> Run:
        """A sync; `files` is a directory for what it is given."""
        given: dict[str, object] = {
            "config": {**self.config, **job.options},
            "catalog": {"streams": [_configured(job, name) for name in job.streams]},
        }
        if job.state is not None:
            given["state"] = [_state(job, name) for name in job.streams]
        arguments: list[str | Path] = [
            argument for name, content in given.items() for argument in (f"--{name}", write(files, name, content))
        ]
        return self.do("read", served, files, arguments, job.prefixes, most_records)

    def start_up(self, what: str, served: Served, files: Path) -> Run:
        """A command other than `read`."""
        arguments: list[str | Path] = [] if what == "spec" else ["--config", write(files, "config", self.config)]
        return self.do(what, served, files, arguments)


@dataclass(frozen=True)
class SingerTap(Connector):
    """One that speaks Singer's."""

    def read(self, job: Job, served: Served, files: Path, most_records: float = math.inf) -> Run:
        environment, config = {"STRIPE_API_BASE": served.url}, write(files, "config", self.config)
        found = subprocess.run(  # noqa: S603
            [*self.command, "--config", config, "--discover"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
            cwd=files,
            env=environment,
        )
        streams = json.loads(found.stdout)["streams"]
        for stream in streams:
            whole = next(one["metadata"] for one in stream["metadata"] if not one["breadcrumb"])
            whole["selected"] = stream["tap_stream_id"] in job.streams
        catalog = write(files, "catalog", {"streams": streams})
        command = [*self.command, "--config", config, "--catalog", catalog]
        return run(command, environment, files, job.prefixes, most_records=most_records)


def ours(tree: Path = ROOT) -> Connector:
    """This one, or another checkout of it."""
    packages = {name: number for name in ("source-stripe", "airbyte-cdk") if (number := installed(name))}
    return Connector("ours", (sys.executable, tree / "main.py"), packages, CONFIG, tree, str(tree))


def installed(package: str) -> str:
    """Its version; nothing where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def airbytes() -> Connector:
    """Airbyte's. Raises Unavailable."""
    python, packages = installed_from(BENCH_AIRBYTE, "airbyte-source-stripe", "airbyte-cdk")
    command = (python, "-I", HERE / "redirected.py", "source_stripe.run:run")
    return Connector("airbyte", command, packages, CONFIG | {"account_id": ACCOUNT})


def singers() -> Connector:
    """Singer's. Raises Unavailable."""
    python, packages = installed_from(BENCH_SINGER, "tap-stripe", "stripe")
    return SingerTap(
        "singer",
        (python, "-I", HERE / "redirected.py", "tap_stripe:main"),
        packages,
        CONFIG | {"account_id": ACCOUNT},
    )


def installed_from(lock: Lock, *shown: str) -> tuple[Path, dict[str, str]]:
    """The Python of an environment with what a lock pins, made where it is missing, and the versions of some of it.

    Raises Unavailable.
    """
    wanted = Environment(HERE / f".venv-{lock.path.stem}", lock.path, lock.sources)
    versions = {pin.name: pin.version for pin in lock.pins()}
    if not ready(wanted):
        try:
            make(wanted, lambda line: print(line, flush=True))
        except Failed as reason:
            print(reason, flush=True)
            raise Unavailable(f"{shown[0]} {versions[shown[0]]} could not be installed") from reason
    return wanted.python, {name: versions[name] for name in shown}


def _configured(job: Job, name: str) -> dict[str, object]:
    modes = ["full_refresh", "incremental"]
    mode = modes[job.incremental]
    stream = {"name": name, "json_schema": {}, "supported_sync_modes": modes}
    return {"stream": stream, "sync_mode": mode, "destination_sync_mode": "append"}


def _state(job: Job, name: str) -> dict[str, object]:
    state = {"stream_descriptor": {"name": name}, "stream_state": (job.state or {}).get(name, {})}
    return {"type": "STREAM", "stream": state}


def write(files: Path, name: str, content: object) -> Path:
    path = files / f"{name}.json"
    path.write_text(json.dumps(content))
    return path
