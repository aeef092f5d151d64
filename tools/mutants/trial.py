"""Copies of the tree, in which mutants are put to the tests."""

from __future__ import annotations

import os
import resource
import runpy
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path

from tools.environment import ROOT
from tools.mutants.sites import Mutant
from tools.mutants.stages import Stage, pytest_of, stages

LOADED = ["pytest", "hypothesis", "airbyte_cdk.entrypoint", "airbyte_cdk.models", "jsonschema", "requests_mock", "yaml"]
"""What takes long to import, and is no part of the connector: each test run is forked from a process that has it."""
ADDRESS_SPACE = 6 << 30
"""Bytes that a test run may ask for: a mutant that collects without end is stopped by it."""


def context() -> ForkServerContext:
    forking = get_context("forkserver")
    forking.set_forkserver_preload(LOADED)
    return forking


def tracked() -> list[str]:
    """The files of the tree as they are now, by their path below its root."""
    listing = [shutil.which("git") or "git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [name for name in names if (ROOT / name).is_file()]


SECONDS = count(1_700_000_000)
"""When a module was changed: compiled ones are told apart by the second, and by the size of their source."""
TYPES = ".mypy_cache"


class Trial:
    """A copy of the tree in which mutants are tried one after the other."""

    def __init__(self, directory: Path, seed: int, forking: ForkServerContext) -> None:
        """Below a directory that all copies share what the type checker knows in."""
        self._directory, self._seed, self._forking = directory, seed, forking
        types = directory.parent / TYPES
        if (ROOT / TYPES).is_dir() and not types.exists():
            shutil.copytree(ROOT / TYPES, types)
        for name in tracked():
            target = directory / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)

    def killer(self, mutant: Mutant) -> str:
        """What notices the mutant; nothing if it survives."""
        self._write(mutant.path, mutant.source)
        try:
            for stage in stages(mutant.path, self._directory, self._seed):
                if failed := self._failed(stage):
                    return failed[0]
            return ""
        finally:
            self._write(mutant.path, mutant.original)

    def unsound(self, killers: Sequence[str]) -> list[str]:
        """Which of the tests fail without a mutant too."""
        named = tuple(sorted({killer for killer in killers if "::" in killer}))
        return self._failed(pytest_of("again", named, self._seed, 3600, to_the_end=True)) if named else []

    def _failed(self, stage: Stage) -> list[str]:
        """The tests that fail, or what else went wrong."""
        output = self._directory / ".output"
        process = self._forking.Process(target=_run, args=(stage, self._directory, output))
        process.start()
        process.join(stage.limit_seconds)
        over = process.exitcode is None
        if process.pid:
            # It leads a group, with whatever it started.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        process.join()
        if over:
            return [f"hangs in {stage.name}"]
        if not process.exitcode:
            return []
        lines = output.read_text(errors="replace").strip().splitlines()
        named = [line.split(" - ")[0].split(" ", 1)[1] for line in lines if line.startswith(("FAILED ", "ERROR "))]
        return named or [f"{stage.name}: {lines[-1] if lines else process.exitcode}"]

    def _write(self, path: str, source: str) -> None:
        file = self._directory / path
        file.write_text(source)
        at = next(SECONDS)
        os.utime(file, (at, at))


def _run(stage: Stage, directory: Path, output: Path) -> None:
    """In a process of its own: become `python -m` in the copy, with all that it prints in a file."""
    os.setsid()
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(file, stream)
    os.chdir(directory)
    os.environ["PYTHONPATH"] = str(directory)
    sys.path[:] = [str(directory), *(path for path in sys.path if path not in ("", str(ROOT)))]
    for name in [name for name in sys.modules if name.split(".")[0] == "tools"]:
        del sys.modules[name]
    sys.argv[1:] = stage.arguments
    runpy.run_module(stage.program, run_name="__main__", alter_sys=True)
