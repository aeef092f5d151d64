"""What people see: one live line while a sync runs, and a table of what it brought; plain lines where nobody looks."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Self

from airbyte_cdk.utils import AirbyteTracedException
from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.table import Table

from source_stripe.commands.selecting import SelectionError
from source_stripe.commands.store import StoreError
from source_stripe.masking import masked
from source_stripe.reasons import unexpected
from source_stripe.signals import Stopped


class Terminal:
    """Standard error: for people. What a command is asked for goes to standard output."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._monotonic = monotonic

    def say(self, sentence: str) -> None:
        self.console.print(escape(masked(sentence)))

    def warn(self, sentence: str) -> None:
        self.console.print(f"[yellow]{escape(masked(sentence))}[/yellow]")

    def waiting(self, what: str) -> AbstractContextManager[object]:
        """One live line for as long as it lasts; nothing where nobody looks."""
        return self.console.status(f"{what} ...") if self.console.is_terminal else nullcontext()

    def fail(self, sentence: str) -> None:
        """The one sentence that a command ends with."""
        self.console.print(f"[red]{escape(masked(sentence))}[/red]")


def ended(terminal: Terminal, do: Callable[[], int]) -> int:
    """Does what a command is for; returns its exit code, and says in one sentence why it could not be done."""
    logger = logging.getLogger("airbyte")
    logger.handlers, logger.propagate = [_Warnings(terminal)], False
    try:
        return do()
    except (SelectionError, StoreError) as error:
        terminal.fail(str(error))
    except AirbyteTracedException as error:
        terminal.fail(error.message or str(error))
    except Stopped as stopped:
        terminal.warn("Stopped. What came is stored, and the next sync goes on from there.")
        return stopped.code
    except BrokenPipeError:
        raise
    except Exception as error:
        terminal.fail(unexpected(error))
    return 1


class _Warnings(logging.Handler):
    """Shows people the warnings of the log. What is an error there is also said as such; the rest is for platforms."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(logging.WARNING)
        self._terminal = terminal

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno > logging.WARNING:
            return
        self._terminal.warn(record.getMessage())


class LiveSync:
    """Shows a sync: how many rows came, how long it takes, and in the end what of each stream."""

    def __init__(self, terminal: Terminal, streams: int, *, first: bool = False) -> None:
        """`first` is a sync into what is empty: nothing goes from there, and all that is there is new."""
        self._terminal, self._streams, self._first = terminal, streams, first
        self._began = terminal._monotonic()
        self._rows: Counter[str] = Counter()
        self._gone: Counter[str] = Counter()
        self.failures: dict[str, str] = {}
        self._status: Status | None = None

    def __enter__(self) -> Self:
        if self._terminal.console.is_terminal:
            self._status = self._terminal.console.status(self)
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status:
            self._status.stop()

    @property
    def seconds(self) -> float:
        return self._terminal._monotonic() - self._began

    def rows(self, stream: str, rows: int, gone: int) -> None:
        self._rows[stream] += rows - gone
        self._gone[stream] += gone

    def came(self, stream: str) -> int:
        """How many rows of a stream came."""
        return self._rows[stream]

    def said(self, sentence: str) -> None:
        self._terminal.warn(sentence)

    def failed(self, stream: str, sentence: str) -> None:
        self.failures[stream] = sentence
        self._terminal.fail(f"{stream}: {sentence}" if stream else sentence)

    def summary(self, counts: dict[str, int], to: str) -> None:
        """A table of what came and what there is, of the streams of which something came."""
        table = Table(box=None, pad_edge=False, header_style="dim")
        table.add_column("stream")
        for name in ("rows",) if self._first else ("new or changed", "gone", "rows now"):
            table.add_column(name, justify="right")
        for stream, count in counts.items():
            if self._rows[stream] or self._gone[stream]:
                came = () if self._first else (f"{self._rows[stream]:,}", f"{self._gone[stream]:,}")
                table.add_row(stream, *came, f"{count:,}")
        if table.row_count:
            self._terminal.console.print(table)
        changed, gone = sum(self._rows.values()), sum(self._gone.values())
        said = f"{sum(counts.values()):,} rows" if self._first else f"{changed:,} rows new or changed, {gone:,} gone"
        self._terminal.say(f"{said}, {self.seconds:.1f} s." + (f" In {to}." if to else ""))

    def __rich__(self) -> str:
        """The live line, as it is now: time goes on also while nothing comes."""
        streams = sum(count > 0 for count in self._rows.values())
        came = f"{sum(self._rows.values()):,} rows of {streams} of {self._streams} streams"
        return f"{came if self._rows else 'Asking Stripe'}, {self.seconds:.0f} s"
