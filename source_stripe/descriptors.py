"""Bytes to standard output, all of them, or the end of the process: its reader is gone, or the disk is full."""

from __future__ import annotations

import contextlib
import errno
import os
import select
from typing import NoReturn, TextIO

FULL = frozenset((errno.ENOSPC, errno.EFBIG, errno.EDQUOT))
"""What writing to a full disk, or beyond a limit, fails with."""


def descriptor(stream: TextIO) -> int | None:
    """Where a stream writes to; None if it is no file. What it holds back is written first."""
    stream.flush()
    try:
        return stream.fileno()
    except (AttributeError, OSError):
        return None


def write(to: int, lines: bytes) -> None:
    """Python's own unbuffered stream takes a part that was written for the whole."""
    rest = memoryview(lines)
    while rest:
        try:
            rest = rest[os.write(to, rest) :]
        except BlockingIOError:  # whoever started the process may have made the pipe so
            select.select([], [to], [])
        except OSError as error:
            end(error)


def end(error: OSError) -> NoReturn:
    """End the process on the spot with exit code 1, as workers may wait for room in the queue.

    A sentence goes to standard error, except where the reader went away, who wants to hear nothing more.
    """
    if not isinstance(error, BrokenPipeError):
        sentence = (
            f"Standard output cannot be written to: {error.strerror}. A sync goes on from its last whole state.\n"
        )
        with contextlib.suppress(OSError):
            os.write(2, sentence.encode())
    os._exit(1)
