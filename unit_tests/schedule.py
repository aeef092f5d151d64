"""Threads that take turns in another order for each seed, so that a law of theirs is tried in many."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from types import FrameType
from typing import Any

OURS = "/source_stripe/"
GIVES_WAY = 0.03
"""How often a thread gives way to the others between two lines of the connector."""
SWITCH_SECONDS = (1e-6, 1e-3)


@contextmanager
def scheduled(seed: int) -> Iterator[None]:
    """Threads that are started inside give way at places that the seed draws. How they meet is still the system's, so
    that a seed repeats the places, not every order."""

    def trace(frame: FrameType, event: str, arg: object) -> Any:
        if OURS not in frame.f_code.co_filename:
            return None
        chance = Random(f"{seed} {threading.current_thread().name}")

        def line(frame: FrameType, event: str, arg: object) -> Any:
            if event == "line" and chance.random() < GIVES_WAY:
                time.sleep(0)
            return line

        return line

    before = sys.getswitchinterval()
    sys.setswitchinterval(Random(seed).uniform(*SWITCH_SECONDS))
    threading.settrace(trace)
    try:
        yield
    finally:
        threading.settrace(None)
        sys.setswitchinterval(before)
