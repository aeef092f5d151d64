"""The signals that ask the process to end, answered within two seconds whatever else goes on.

As process 1 of a container nobody else answers them: the kernel drops those that have no handler.
"""

from __future__ import annotations

import os
import select
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ASKED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
GRACE_SECONDS = 1.5
"""How long a sync has to print what it has left, and how far it came."""


class Stopped(BaseException):
    """The process was asked to end, and what it had to print is out. Not an Exception, so that nothing takes it for an
    error of the sync."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Stop:
    """Whether the process was asked to end, and whether it ends by itself."""

    def __init__(self) -> None:
        self.asked = 0
        """The signal; 0 while there was none."""
        self.orderly = False
        """Set by what looks at `asked` and ends in time by itself; all else is ended on the spot."""

    @property
    def code(self) -> int:
        """The exit code, as shells count it."""
        return 128 + self.asked

    def ask(self, number: int) -> None:
        """The signal was sent. A second one ends at once."""
        again, self.asked = self.asked, number
        if again or not self.orderly:
            os._exit(self.code)


@contextmanager
def answered(stop: Stop) -> Iterator[None]:
    """Within the block the signals that are not ignored already go to `stop`, if it is of the main thread.

    A thread of its own reads them, since the main one may be inside a call that does not return.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    watch = threading.Thread(target=_watch, args=(reading, stop), name="signals", daemon=True)
    try:
        watch.start()
        handler = _elsewhere
    except RuntimeError:  # there is no thread to be had
        handler = _at_once
    before = {one: signal.getsignal(one) for one in ASKED}
    for one, how in before.items():
        if how is not signal.SIG_IGN:
            signal.signal(one, handler)
    fd = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(fd)
        for one, how in before.items():
            if how is not None:
                signal.signal(one, how)
        os.close(writing)


def _watch(reading: int, stop: Stop) -> None:
    with os.fdopen(reading, "rb", buffering=0) as numbers:
        while select.select([numbers], [], [], GRACE_SECONDS if stop.asked else None)[0]:
            number = numbers.read(1)
            if not number:
                return
            if number[0] in ASKED:
                stop.ask(number[0])
    os._exit(stop.code)


def _elsewhere(number: int, _frame: FrameType | None) -> None:
    """Read by the thread that watches."""


def _at_once(number: int, _frame: FrameType | None) -> None:
    os._exit(128 + number)
