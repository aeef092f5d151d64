"""Makes an environment of exactly what a lock pins: nothing is resolved, and nothing else is downloaded.

It runs before anything is installed, so it takes the standard library only.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PIP = ("-I", "-u", "-m", "pip", "--disable-pip-version-check", "--no-input")
LOCKED = ("install", "--no-deps", "--require-hashes", "--progress-bar", "off")
PROJECT = ("install", "--no-deps", "--no-build-isolation", "--quiet", "--editable")
SEEDED = {"pip", "setuptools"}
"""What `venv` itself may put into an environment."""
REACHING = {
    *("index-url", "extra-index-url", "no-index", "find-links", "trusted-host", "keyring-provider"),
    *("proxy", "cert", "client-cert", "use-feature", "use-deprecated"),
    *("timeout", "default-timeout", "retries", "resume-retries", "cache-dir", "no-cache-dir"),
}
"""pip's settings that say how a package is reached. The others say what is installed, or where, which the lock does."""
SECONDS_BETWEEN_SIGNS_OF_LIFE = 10.0
LINES_OF_AN_ERROR = 15


class Failed(Exception):
    """An environment could not be made; says why."""


@dataclass(frozen=True)
class Pin:
    """A package that a lock names."""

    name: str
    version: str
    marker: str
    """Where it applies; empty for everywhere."""
    text: str
    """Its lines, with the hashes."""


@dataclass(frozen=True)
class Environment:
    """A directory and what it is to hold."""

    directory: Path
    lock: Path
    sources: Sequence[str] = ()
    """Packages that have no wheel. They are built with the backends that the same lock pins."""
    project: Path | None = None
    """The directory of a project that is installed in place, with the backend that the lock pins."""

    @property
    def python(self) -> Path:
        return self.directory / "bin" / "python"

    @property
    def mark(self) -> Path:
        """Says what was installed; it is there only when all of it was."""
        return self.directory / ".installed"

    def described(self) -> str:
        """What the mark says. The directory is part of it, since scripts hold its path."""
        declared = _declared(self.project) if self.project else {}
        project = {table: declared.get(table) for table in ("build-system", "project")}
        said = json.dumps([str(self.directory.resolve()), self.lock.read_text(), list(self.sources), project])
        return hashlib.sha256(said.encode()).hexdigest()


def pins(lock: str) -> list[Pin]:
    """What the text of a lock pins. Raises ValueError for a line that is no pin."""
    found = []
    for text in re.split(r"(?m)^(?=[^\s#])", lock):
        if not (said := text.partition("\\")[0].strip()) or said.startswith("#"):
            continue
        matched = re.fullmatch(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.!+_-]+)(?:\s*;\s*(.+))?", said)
        if not matched:
            raise ValueError(f"{said!r} is not a name, == and a version")
        name, version, marker = matched.groups()
        found.append(Pin(normal(name), version, marker or "", text))
    return found


def normal(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def ready(wanted: Environment, version: str = "") -> bool:
    """Whether all of it is installed, for this version of Python if one is named."""
    try:
        done = wanted.mark.read_text() == wanted.described()
        runs = (
            done and subprocess.run([wanted.python, "-I", "-c", ""], check=False, capture_output=True).returncode == 0
        )
        config = (wanted.directory / "pyvenv.cfg").read_text()
    except OSError:
        return False
    return runs and (not version or f"version = {version}\n" in config)


def make(wanted: Environment, say: Callable[[str], None], takes: str = "") -> None:
    """Makes it anew, whatever the directory holds. Raises Failed."""
    everything = pins(wanted.lock.read_text())
    shown, began = _shown(wanted.directory), time.monotonic()
    say(f"Installing {len(everything)} packages into {shown}{takes and ', '}{takes} ...")
    wanted.mark.unlink(missing_ok=True)  # first of all: what follows may be interrupted
    base = getattr(sys, "_base_executable", sys.executable)
    _run([base, "-I", "-m", "venv", "--clear", wanted.directory], os.environ, f"{shown} could not be made")
    variables = _variables(wanted.python)
    wheels = [pin for pin in everything if pin.name not in wanted.sources]
    sources = [pin for pin in everything if pin.name in wanted.sources]
    for some, how in ((wheels, ("--only-binary", ":all:")), (sources, ("--no-build-isolation",))):
        if some:
            listed = wanted.directory / "requirements.txt"
            listed.write_text("".join(pin.text for pin in some))
            command = [wanted.python, *PIP, *LOCKED, *how, "--requirement", listed]
            failure = f"{wanted.lock.name} could not be installed into {shown}"
            with _Progress(len(some), wanted.directory, say) as progress:
                _run(command, variables, failure, progress)
    if wanted.project:
        _run([wanted.python, *PIP, *PROJECT, wanted.project], variables, "the project could not be installed")
    if wrong := list(_differences(wanted, everything)):
        raise Failed(f"{shown} does not hold what {wanted.lock.name} pins: {', '.join(wrong)}.")
    _run([wanted.python, *PIP, "check"], variables, f"{wanted.lock.name} is not complete")
    wanted.mark.write_text(wanted.described())
    say(f"  ... done after {time.monotonic() - began:.0f} s")


class _Progress:
    """Tells every few seconds how far pip is: from its lines, and from what it has written."""

    def __init__(self, total: int, directory: Path, say: Callable[[str], None]) -> None:
        self._total, self._directory, self._say = total, directory, say
        self._fetched, self._writing, self._before = 0, False, self._there()
        self._over = threading.Event()

    def __call__(self, line: str) -> None:
        """Takes a line of pip's."""
        if line.startswith("Ignoring "):
            self._total -= 1
        elif line.startswith("Collecting "):
            self._fetched += 1
        elif line.startswith("Installing collected packages"):
            self._writing = True

    def __enter__(self) -> _Progress:
        threading.Thread(target=self._tell, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()

    def _tell(self) -> None:
        while not self._over.wait(SECONDS_BETWEEN_SIGNS_OF_LIFE):
            done, what = (self._there() - self._before, "written") if self._writing else (self._fetched, "fetched")
            self._say(f"  ... {done} of {self._total} packages {what}")

    def _there(self) -> int:
        return sum(1 for _ in self._directory.glob("lib/python3*/site-packages/*.dist-info"))


def _run(
    command: Sequence[str | Path],
    variables: Mapping[str, str],
    failure: str,
    told: Callable[[str], None] = lambda _: None,
) -> list[str]:
    """The lines that a command prints. Raises Failed with the last of them if it fails."""
    lines = []
    with subprocess.Popen(
        command,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,  # so that what the command starts ends with it
    ) as process:
        try:
            for line in process.stdout or ():
                lines.append(line.rstrip())
                told(line)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode:
        errors = [line for line in lines if not line.startswith("WARNING: ")][-LINES_OF_AN_ERROR:]
        raise Failed("\n".join([*errors, f"{failure}: exit code {process.returncode}, see above."]))
    return lines


def _variables(python: Path) -> dict[str, str]:
    """The variables for pip: of the user's settings, in files or in variables, those that say how a package is reached.

    A constraint, a target or a required hash that is set for other projects changes nothing here.
    """
    given = {name: value for name, value in os.environ.items() if name not in ("PIP_PYTHON", "PIP_QUIET")}
    lines = _run([python, *PIP, "config", "list"], given, "pip's configuration cannot be read")
    kept: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in lines:
        matched = re.fullmatch(r"(global|install|:env:)\.([a-z-]+)=(['\"].*)", line)
        if matched and matched[2] in REACHING:
            kept[matched[1]][matched[2]] = str(ast.literal_eval(matched[3]))
    settings = {name: value for section in kept.values() for name, value in section.items()}
    others = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    named = {"PIP_" + name.replace("-", "_").upper(): value for name, value in settings.items()}
    return others | named | {"PIP_CONFIG_FILE": os.devnull}


def _differences(wanted: Environment, everything: Sequence[Pin]) -> Iterator[str]:
    """What is installed and not pinned, or pinned for everywhere and not installed."""
    ask = "import importlib.metadata as m, json; print(json.dumps([(d.name, d.version) for d in m.distributions()]))"
    lines = _run([wanted.python, "-I", "-c", ask], os.environ, "what is installed cannot be listed")
    installed = {normal(name): version for name, version in json.loads(lines[-1])}
    allowed: dict[str, set[str]] = {}
    for pin in everything:
        allowed.setdefault(pin.name, set()).add(pin.version)
        if not pin.marker and pin.name not in installed:
            yield f"{pin.name} is missing"
    for name in sorted(set(installed) & set(allowed)):
        if installed[name] not in allowed[name]:
            yield f"{name} is {installed[name]}, not {' or '.join(sorted(allowed[name]))}"
    own = {normal(_declared(wanted.project)["project"]["name"])} if wanted.project else set()
    yield from (f"{name} is missing" for name in own - set(installed))
    yield from (f"{name} is not pinned" for name in sorted(set(installed) - SEEDED - own - set(allowed)))


def _declared(project: Path) -> dict[str, Any]:
    return tomllib.loads((project / "pyproject.toml").read_text())


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("lock", type=Path)
    parser.add_argument("--project", type=Path, help="the directory of a project to install in place")
    parser.add_argument("--takes", default="", help="how long it takes, in words")
    parser.add_argument("--this-python", action="store_true", help="make it anew where it is of another Python")
    given = parser.parse_args(arguments)
    wanted = Environment(given.directory, given.lock, project=given.project)
    version = ".".join(map(str, sys.version_info[:3])) if given.this_python else ""
    if not ready(wanted, version):
        make(wanted, lambda line: print(line, flush=True), given.takes)
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main())
    except Failed as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Interrupted. What is there does not count as installed; the next run begins anew.")
