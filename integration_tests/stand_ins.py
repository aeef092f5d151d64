"""Commands that documents show and no test can run as they are: `python -m integration_tests.stand_ins NAME ...`.

Each looks at what it was given, and does what it can of it: `docker` runs the connector itself on the folders that were
to be mounted.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import duckdb
import yaml

from integration_tests.dbt import ENVIRONMENT
from tools.environment import ROOT, normal, pins


def make(arguments: Sequence[str]) -> int:
    """There is such a target."""
    behind = os.environ | {"PATH": os.environ["PATH"].partition(os.pathsep)[2]}  # where the real one is
    command = ["make", "--dry-run", "-C", str(ROOT), *arguments]
    asked = subprocess.run(command, env=behind, capture_output=True, text=True, check=False)
    sys.stderr.write(asked.stderr)
    return asked.returncode


def pip(arguments: Sequence[str]) -> int:
    """What is to be installed is what some lock here pins, or this project."""
    pinned = {pin.name for lock in ROOT.glob("*.lock") for pin in pins(lock.read_text())} | {"source-stripe"}
    match arguments:
        case ["install", *wanted]:
            names = {normal(re.split(r"[^A-Za-z0-9._-]", one)[0]) for one in wanted}
            return _failed(f"pip: no lock pins all of {', '.join(sorted(names))}") if names - pinned else 0
    return _failed(f"pip {' '.join(arguments)}: not known here")


def query(arguments: Sequence[str]) -> int:
    """DuckDB's command line, of which no package has one: a file and a statement."""
    with duckdb.connect(arguments[0]) as database:
        print(database.sql(arguments[1]))
    return 0


def dbt(arguments: Sequence[str]) -> int:
    """dbt itself, from an environment of its own."""
    return subprocess.run([ENVIRONMENT / "bin" / "dbt", *arguments], check=False).returncode


def docker(arguments: Sequence[str]) -> int:
    """`docker build`, and `docker run` on the folders that were to be mounted."""
    metadata = yaml.safe_load((ROOT / "metadata.yaml").read_text())["data"]
    image = f"{metadata['dockerRepository']}:{metadata['dockerImageTag']}"
    parser = ArgumentParser(prog="docker")
    commands = parser.add_subparsers(dest="command", required=True)
    build, run = commands.add_parser("build"), commands.add_parser("run")
    build.add_argument("--tag", choices=[image], required=True)
    build.add_argument("context", choices=["."])
    run.add_argument("--rm", action="store_true", required=True)
    run.add_argument("--read-only", action="store_true")
    run.add_argument("--volume", action="append", default=[], type=lambda said: said.split(":"))
    run.add_argument("image", choices=[image])
    run.add_argument("arguments", nargs="...")
    given = parser.parse_args(arguments)
    if given.command == "build":
        return 0 if (ROOT / "Dockerfile").exists() else _failed("docker: there is no Dockerfile")
    inside = {seen: folder for folder, seen, *_ in given.volume}
    if missing := [folder for folder in inside.values() if not Path(folder).is_dir()]:
        return _failed(f"docker: {missing[0]} is no folder")
    return subprocess.run(["source-stripe", *mounted(given.arguments, inside)], check=False).returncode


def mounted(arguments: Sequence[str], folders: Mapping[str, str]) -> list[str]:
    """Arguments of a container, with the folders of the host in place of those that are mounted."""

    def outside(argument: str) -> str:
        for seen, folder in folders.items():
            if argument == seen or argument.startswith(f"{seen}/"):
                return folder + argument.removeprefix(seen)
        return argument

    return [outside(argument) for argument in arguments]


def chown(arguments: Sequence[str]) -> int:
    """Only root may."""
    return 0 if Path(arguments[-1]).exists() else _failed(f"chown: there is no {arguments[-1]}")


def _failed(why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return 1


STAND_INS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "chown": chown,
    "dbt": dbt,
    "docker": docker,
    "duckdb": query,
    "make": make,
    "pip": pip,
}
NAMES = tuple(STAND_INS)

if __name__ == "__main__":
    sys.exit(STAND_INS[sys.argv[1]](sys.argv[2:]))
