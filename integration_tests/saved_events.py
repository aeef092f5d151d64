"""A second source of changes: events that were saved, one on a line, as webhooks bring them.

https://docs.stripe.com/webhooks
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson

from source_stripe.changes.change import ChangeEvent
from source_stripe.changes.interpreter import Interpreter
from source_stripe.changes.source import ChangeBatch, FeedConsumer
from source_stripe.declaration.origins import Events
from source_stripe.stripe.answers import Object


class SavedEvents:
    """Hands each consumer what a file tells of its objects; read once, by the first that asks."""

    def __init__(self, path: Path, consumers: Sequence[FeedConsumer]) -> None:
        self._path, self._interpreter = path, Interpreter(path.name, consumers)
        self._lock = threading.Lock()
        self._batch: ChangeBatch | None = None
        self._objects: dict[str, Object] = {}
        """By event: its object as it stands there."""

    @property
    def malformed(self) -> int:
        return self._interpreter.malformed

    def batches(self, stream: str) -> Iterator[ChangeBatch]:
        """All at once."""
        with self._lock:
            self._batch = self._batch or self._read()
        yield self._interpreter.within(self._batch, stream)

    def payload(self, told: ChangeEvent) -> Object:
        return told.obj if told.whole else self._objects.get(told.event_id, told.obj)

    def leave(self, stream: str) -> None:
        """Nobody waits for another."""

    def progress(self) -> tuple[float, int, float]:
        return float(self._batch is not None), len(self._objects), 0.0

    def cancel(self) -> None:
        """Nothing is waited for."""

    def _read(self) -> ChangeBatch:
        found: dict[Events, list[ChangeEvent]] = {}
        for line in self._path.read_bytes().splitlines():
            event = orjson.loads(line)
            # What Stripe sends twice tells nothing new.
            if event["id"] in self._objects:
                continue
            self._objects[event["id"]] = event["data"]["object"]
            if any(window.start <= event["created"] < window.end for window in self._interpreter.all):
                for origin, one in self._interpreter.read(event):
                    found.setdefault(origin, []).append(one)
        return ChangeBatch(found, self._interpreter.all, whole=True)
