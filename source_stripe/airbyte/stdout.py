"""Standard output in large pieces, which threads share line by line."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from types import TracebackType
from typing import TextIO, cast

from airbyte_cdk.logger import PRINT_BUFFER

from source_stripe import descriptors
from source_stripe.airbyte.log import LogFormatter

LARGEST_BYTES = 1 << 18
LONGEST_SECONDS = 0.1


class Stdout:
    """Takes whole lines: records may wait for more of them, all else goes out at once and in order.

    Inside a `with` block the CDK's log lines are among them. A reader that goes away, or a full disk, ends the
    process on the spot; a slow one holds up whoever writes.
    """

    def __init__(self, stream: TextIO, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Past the stream's own buffer, unless it is no file."""
        self._descriptor = descriptors.descriptor(stream)
        self._stream, self._monotonic = stream, monotonic
        self._waiting: list[bytes] = []
        self._bytes, self._flushed = 0, monotonic()
        # The same lock, so that what still goes through the CDK's buffer does not tear a line.
        self._lock = PRINT_BUFFER.lock
        self._handlers: list[logging.StreamHandler[TextIO]] = []
        self._formatters: list[logging.Formatter | None] = []

    def __enter__(self) -> Stdout:
        self._handlers = [
            handler
            for handler in logging.getLogger().handlers
            if isinstance(handler, logging.StreamHandler) and handler.stream is PRINT_BUFFER
        ]
        self._formatters = [handler.formatter for handler in self._handlers]
        for handler in self._handlers:
            handler.setStream(cast(TextIO, self))
            handler.setFormatter(LogFormatter())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for handler, formatter in zip(self._handlers, self._formatters, strict=True):
            handler.setStream(cast(TextIO, PRINT_BUFFER))
            handler.setFormatter(formatter)
        self.flush()

    def records(self, lines: bytes) -> None:
        """Lines that may wait until a quarter of a megabyte is together, or a tenth of a second over when more come."""
        with self._lock:
            self._waiting.append(lines)
            self._bytes += len(lines)
            if self._bytes >= LARGEST_BYTES or self._monotonic() - self._flushed >= LONGEST_SECONDS:
                self.flush()

    def line(self, line: str) -> None:
        """A line, given without its end."""
        with self._lock:
            self.write(f"{line}\n")
            self.flush()

    # What a logging.StreamHandler asks of a stream.

    def write(self, text: str) -> None:
        """Whole lines, with their ends."""
        with self._lock:
            self._waiting.append(text.encode("utf-8", "backslashreplace"))

    def flush(self) -> None:
        with self._lock:
            lines, self._waiting, self._bytes = b"".join(self._waiting), [], 0
            if self._descriptor is None:
                self._stream.write(lines.decode())
            else:
                descriptors.write(self._descriptor, lines)
            self._flushed = self._monotonic()
