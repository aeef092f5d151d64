"""A folder in which what a page shows is done, block by block, with a sandbox for Stripe."""

from __future__ import annotations

import functools
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import yaml

from integration_tests import stand_ins
from integration_tests.documents import TOOLS, Block, importing, needed
from integration_tests.executable import ROOT, write_executable
from source_stripe.declaration import families

SECONDS = 400.0
KEYS = ("rk_live_...", "sk_live_...")
"""What stands for a key in documents."""
START = "2024-01-01T00:00:00Z"
"""The start date of the documents, which would leave out a part of the account."""
SANDBOX = "http://127.0.0.1:8420"
"""Where `make sandbox` serves its account."""
CONFIG = ROOT / "integration_tests" / "sandbox_config.json"
QUIET = {
    "AIRBYTE_OFFLINE_MODE": "1",
    "NO_COLOR": "1",
    "DO_NOT_TRACK": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "MELTANO_CLI_LOG_LEVEL": "warning",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
}
"""Clients that tell nobody of it, and say little."""


@dataclass
class Desk:
    """What a reader of a page has: the configuration of a sandbox account, and what the blocks before have made."""

    folder: Path
    address: str
    key: str
    now: int
    page: Sequence[Block]
    time_passes: Callable[[], int] = lambda: 0
    """What happens between a command and the same again; says when that is."""
    done: set[str] = field(default_factory=set)
    left_out: dict[str, str] = field(default_factory=dict)
    """By the block, what it needs that is not here."""

    def __post_init__(self) -> None:
        commands = self.folder / ".venv" / "bin"
        commands.mkdir(parents=True)
        self.clock = write_executable(commands, self.now)[1]
        (commands / "activate").touch()
        for name in stand_ins.NAMES:
            _write(commands / name, sys.executable, "-m", stand_ins.__name__, name, path=str(ROOT))
        programs = [one for one in self.page if one.kind == "python" or one.title.endswith(".py")]
        imported = [tool for one in programs for tool in importing(one.text)]
        if imported:
            _write(commands / "python", str(imported[0].environment / "bin" / "python"))
        else:
            _write(commands / "python", sys.executable, path=str(ROOT))
        (self.folder / "integration_tests").symlink_to(ROOT / "integration_tests")  # as in a checkout
        (self.folder / "config.json").write_bytes(CONFIG.read_bytes())

    def do(self, block: Block) -> None:
        """Does what a block shows, or notes what it lacks. Raises AssertionError where it does not work."""
        assert block.kind, f"{block} is nothing that can be run, and no remark above it says why"
        lacking = sorted({tool.name for tool in needed(block, self.page) if not tool.here()})
        text = functools.reduce(lambda told, one: told.replace(one, self.key), KEYS, block.text)
        text = text.replace(SANDBOX, self.address).replace(START, "2017-01-25T00:00:00Z")
        if lacking:
            self.left_out[str(block)] = " and ".join(lacking)
        elif block.kind != "left":
            DOING[block.kind](self, block, text)

    def file(self, block: Block, text: str) -> None:
        path = self.folder / block.title
        path.parent.mkdir(exist_ok=True)
        if path.name == "meltano.yml":  # what is on the path Meltano does not install
            text = re.sub(r"^ +(pip_url|python): .*\n", "", text, flags=re.MULTILINE)
        path.write_text(text)
        if path.suffix in (".yaml", ".yml"):
            self.yaml(block, text)

    def yaml(self, block: Block, text: str) -> None:
        assert list(yaml.safe_load_all(text)), f"{block} is empty"

    def json(self, block: Block, text: str) -> None:
        match json.loads(text):
            case {"client_secret": _}:
                (self.folder / "config.json").write_text(text)

    def shell(self, block: Block, text: str) -> None:
        """What one block exports the next ones have."""
        if text in self.done:
            self.clock.write_text(str(self.time_passes()))
        self.done.add(text)
        before, after = (
            "[ ! -e .exported ] || . ./.exported",
            f"cd {shlex.quote(str(self.folder))}; declare -px >.exported",
        )
        self._run(block, "bash", "-euo", "pipefail", "-c", f"{before}\n{text}\n{after}")

    def python(self, block: Block, text: str) -> None:
        self._run(block, "python", "-c", text)

    def declaration(self, block: Block, text: str) -> None:
        exec(text, dict(vars(families)))

    def sql(self, block: Block, text: str) -> None:
        database = self.folder / "stripe.duckdb"
        if not database.exists():
            self.shell(block, "source-stripe sync --config config.json --to stripe.duckdb --suggested")
        with duckdb.connect(database) as connection:
            assert connection.execute(text).fetchall(), f"{block} finds nothing"

    def _run(self, block: Block, *command: str) -> None:
        environments = [str(tool.environment / "bin") for tool in TOOLS if tool.lock and tool.commands and tool.here()]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
        path = os.pathsep.join([str(self.folder / ".venv" / "bin"), os.environ["PATH"], *environments])
        database = {"STRIPE_DUCKDB": str(self.folder / "stripe.duckdb")}
        ours = {"PATH": path, "HOME": str(self.folder), "STRIPE_API_BASE": self.address}
        ours["DLT_DATA_DIR"] = str(self.folder / ".dlt")  # which for root is not below HOME
        said = subprocess.run(
            command,
            cwd=self.folder,
            env=inherited | QUIET | database | ours,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        assert said.returncode == 0, f"{block} ends with {said.returncode}:\n{said.stdout[-3000:]}{said.stderr[-3000:]}"


DOING = {
    "declaration": Desk.declaration,
    "file": Desk.file,
    "json": Desk.json,
    "python": Desk.python,
    "shell": Desk.shell,
    "sql": Desk.sql,
    "yaml": Desk.yaml,
}


def _write(file: Path, *command: str, path: str = "") -> None:
    """A command that is another one; `path` is where its Python finds modules."""
    modules = f"PYTHONPATH={shlex.quote(path)} " if path else ""
    file.write_text(f'#!/bin/sh\n{modules}exec {shlex.join(command)} "$@"\n')
    file.chmod(0o755)
