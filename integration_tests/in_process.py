"""The command line within this process, where a law has too many cases for a process each."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import requests

from integration_tests.vocabulary import NOW, Time
from source_stripe.entrypoint import run
from source_stripe.runtime import Runtime
from source_stripe.source import SourceStripe


class Said(NamedTuple):
    code: int
    stdout: str
    stderr: str

    @property
    def printed(self) -> list[str]:
        """The lines, which may hold other characters that Python takes for the end of one."""
        return self.stdout.split("\n")[:-1]

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.printed]


def said(argv: Sequence[str], session: Callable[[], requests.Session], now: float = NOW) -> Said:
    """What a command prints at a Unix second; nobody waits, and the network is that of `session`."""
    time, out, err = Time(), io.StringIO(), io.StringIO()
    runtime = Runtime(session, lambda: float(now), time.now, time.sleep, lambda: 0.0)
    logger, hook = logging.getLogger("airbyte"), sys.excepthook
    disabled, level, logger.disabled = logger.disabled, logger.level, False
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = run(argv, SourceStripe(runtime))
            except SystemExit as error:  # of argparse
                code = int(str(error.code))
    finally:
        logger.disabled, sys.excepthook = disabled, hook
        logger.setLevel(level)
    return Said(code, out.getvalue(), err.getvalue())


def file(directory: Path, name: str, content: object) -> str:
    path = directory / name
    path.write_text(json.dumps(content))
    return str(path)


def selecting(*streams: str) -> object:
    """A configured catalogue."""
    modes = {"sync_mode": "incremental", "destination_sync_mode": "append_dedup"}
    supported = {"supported_sync_modes": ["full_refresh", "incremental"]}
    return {"streams": [{"stream": {"name": name, "json_schema": {}, **supported}, **modes} for name in streams]}
