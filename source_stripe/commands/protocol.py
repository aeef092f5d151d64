"""The protocol's commands where a person reads what they print: in a terminal, and never on a pipe or into a file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from airbyte_cdk.models import AirbyteMessage, AirbyteStreamStatus, Level, Status, Type
from airbyte_cdk.utils import AirbyteTracedException
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from source_stripe.airbyte.batch import Batch
from source_stripe.catalog import PRODUCTS
from source_stripe.commands.terminal import LiveSync, Terminal, ended
from source_stripe.entrypoint import Entrypoint
from source_stripe.masking import masked
from source_stripe.runtime import Runtime
from source_stripe.source import SourceStripe


def run(argv: Sequence[str], runtime: Runtime) -> int:
    """The exit code, which is that of the same command on a pipe."""
    terminal = Terminal(runtime.monotonic)

    def do() -> int:
        entrypoint = Entrypoint(SourceStripe(runtime))
        try:
            arguments = entrypoint.parse_args(list(argv))
        except SystemExit as end:
            return int(end.code or 0)
        return _Shown(entrypoint, arguments, terminal).run()

    return ended(terminal, do)


class _Shown:
    """Carries out a command, and shows what it says."""

    def __init__(self, entrypoint: Entrypoint, arguments: argparse.Namespace, terminal: Terminal) -> None:
        self._entrypoint, self._arguments, self._terminal = entrypoint, arguments, terminal
        self._console = Console(highlight=False)

    def run(self) -> int:
        commands: Mapping[str, Callable[[], int]] = {
            "spec": self._spec,
            "check": self._check,
            "discover": self._discover,
            "read": self._read,
        }
        return commands[self._arguments.command]()

    def _one(self, kind: Type) -> Any:
        """The message that a command is run for; what else it says is shown as it comes."""
        found = None
        with self._terminal.waiting("Asking Stripe"):
            for message in self._entrypoint.messages(self._arguments):
                if message.type is kind:
                    found = message
                else:
                    self._other(message)
        return found

    def _spec(self) -> int:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for name in ("option", "default", "what it is"):
            table.add_column(name, overflow="fold")
        properties = self._one(Type.SPEC).spec.connectionSpecification["properties"]
        for name, option in properties.items():
            default = str(option.get("default", "")) if "default" in option else ""
            table.add_row(name, default, escape(option.get("title", "")))
        self._console.print(table)
        return self._more("the schema of the configuration")

    def _check(self) -> int:
        status = self._one(Type.CONNECTION_STATUS).connectionStatus
        if status.status is Status.SUCCEEDED:
            self._console.print("[green]The account can be read.[/green]")
        else:
            self._terminal.fail(status.message or "The account cannot be read.")
        return 0

    def _discover(self) -> int:
        streams = {one.name: one for one in self._one(Type.CATALOG).catalog.streams}
        table = Table(box=None, pad_edge=False, header_style="dim")
        table.add_column("product", max_width=24)
        table.add_column("streams")
        for product in PRODUCTS:
            table.add_row(escape(product.title), ", ".join(one.name for one in product.streams if one.name in streams))
        self._console.print(table)
        incremental = sum(bool(one.source_defined_cursor) for one in streams.values())
        self._console.print(f"{len(streams)} streams, {incremental} of them incremental.")
        return self._more("their columns and keys")

    def _read(self) -> int:
        source, arguments = self._entrypoint.source, self._arguments
        names = [one.stream.name for one in source.read_catalog(arguments.catalog).streams]
        left = ""
        with LiveSync(self._terminal, len(names), first=True) as live:
            try:
                for message in self._entrypoint.messages(arguments):
                    self._watch(live, message)
            except AirbyteTracedException as error:
                if not live.failures:
                    raise
                left = error.message or str(error)
        live.summary({name: live.came(name) for name in names}, "")
        if left:
            self._terminal.fail(left)
        self._more("the records, and the states to go on from")
        return 1 if left else 0

    def _watch(self, live: LiveSync, message: AirbyteMessage) -> None:
        if isinstance(message, Batch):
            live.rows(message.stream, message.count, 0)
            return
        trace = message.trace if message.type is Type.TRACE else None
        if trace and (error := trace.error):
            live.failed(error.stream_descriptor.name if error.stream_descriptor else "", error.message)
        elif trace and (status := trace.stream_status) and status.status is AirbyteStreamStatus.INCOMPLETE:
            live.failures.setdefault(status.stream_descriptor.name, "")
        else:
            self._other(message)

    def _other(self, message: AirbyteMessage) -> None:
        if message.type is Type.LOG and message.log and message.log.level is Level.WARN:
            self._terminal.warn(message.log.message)

    def _more(self, what: str) -> int:
        """How to get what a platform gets."""
        words = masked(" ".join(["source-stripe", *sys.argv[1:]]))
        self._console.print(
            f"[dim]For {what}, as messages of the protocol: {escape(words)} | cat[/dim]", soft_wrap=True
        )
        return 0
