"""Random states in random files, each of which a sync has to go on from exactly, or refuse in a sentence.

What a stream is owed does not depend on how its state is written down: a sync from a file is compared with one from
the plain state message of each stream. These in turn are put to what must hold for their kind, and the states that
this connector has printed are gone on from until the replica is right.
"""

from __future__ import annotations

import json
import logging
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from airbyte_cdk.models import AirbyteStateMessageSerializer
from airbyte_cdk.utils import AirbyteTracedException

from integration_tests.oracle import differences
from integration_tests.printed import WrongError
from integration_tests.state_blobs import NONE, Blob, airbytes, broken, mutated
from integration_tests.state_faults import FAULTS
from integration_tests.state_forms import FORMS, SECRET, Must, Written
from integration_tests.vocabulary import HOUR, Synced, blob, name_of, settled, sync
from integration_tests.warehouse import Warehouse
from source_stripe.catalog.billing import invoice_line_items
from source_stripe.catalog.core import balance_transactions, customers
from source_stripe.source import SourceStripe

STREAMS = {stream.name: stream for stream in (customers, invoice_line_items, balance_transactions)}
"""One that follows events, one of parts that its parents hold, one whose list only grows."""

Outcome = tuple[str, ...]
"""What became of a stream: the ids that were delivered, and its state."""
REFUSED: Outcome = ("refused",)


@dataclass
class Went:
    """How a sync went."""

    synced: Synced
    warnings: list[str] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Whether it ended before it began."""
        return bool(self.synced.error) and not self.synced.messages

    @property
    def said(self) -> list[str]:
        """All sentences for the user."""
        return [self.synced.error, *self.warnings, *(said for one in self.synced.errors.values() for said in one)]

    def outcome(self, name: str) -> Outcome:
        if self.refused or name in self.synced.errors:
            return REFUSED
        records = sorted(STREAMS[name].identity(record) for record in self.synced.records(name))
        return (*records, json.dumps(self.synced.position(name), sort_keys=True))


class States:
    """An account that was synced in several ways and then lived on, and syncs of it from whatever state."""

    def __init__(self, directory: Path) -> None:
        self.tally: Counter[str] = Counter()
        self._file = directory / "state.json"
        self._plain: dict[str, Went] = {}
        """What became of the states that were tried alone, by stream and state."""
        self.stripe = settled(customers=5, seed=3)
        firsts = [self._first(cut) for cut in (15, 40, 90, None)]
        self.reached = self.stripe.account.now - 60
        self._live()
        whole, replica = firsts[-1]
        second = replica.take(sync(self.stripe, STREAMS.values(), whole.state))
        self._live()
        self.own: dict[str, list[Blob]] = {name: [] for name in STREAMS}
        """States of this account that syncs have printed."""
        for synced, warehouse in [*firsts[:-1], (second, replica)]:
            for state in synced.state:
                self.own[name_of(state)].append(blob(state))
            warehouse.take(sync(self.stripe, STREAMS.values(), synced.state))
            wrong = [row for one in STREAMS.values() for row in differences(self.stripe.account, warehouse, one)]
            if wrong:
                raise WrongError(f"A state that was printed loses rows: {wrong}")

    def _first(self, cut: int | None) -> tuple[Synced, Warehouse]:
        """A first sync, or its beginning up to so many messages."""
        warehouse = Warehouse()
        return warehouse.take(sync(self.stripe, STREAMS.values(), at_most=cut, slice_range=30)), warehouse

    def _live(self) -> None:
        self.stripe.account.live(5 * HOUR, 40, silent=False)
        self.stripe.account.advance(HOUR)

    def plain(self, name: str, said: Blob | None) -> Outcome:
        """What becomes of a state that is given as the plain state message of its stream, and only that."""
        key = f"{name} {json.dumps(said, sort_keys=True)}"
        if key not in self._plain:
            message = {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": said}}
            self._plain[key] = self._sync([AirbyteStateMessageSerializer.load(message)], [name])
            self._sentences(self._plain[key], key)
        return self._plain[key].outcome(name)

    def try_one(self, rng: random.Random) -> None:
        """Raises WrongError."""
        pairs: list[tuple[str, Blob | None]] = []
        for name in rng.sample(sorted(STREAMS), rng.choice((1, 2, 3, 3))):
            pairs += [(name, self._blob(rng, name)) for _ in range(rng.choice((1, 1, 2, 3)))]
        rng.shuffle(pairs)
        self.judge(rng.choice((*FORMS, *FAULTS))(rng, pairs))

    def judge(self, written: Written) -> None:
        went = self._read(written)
        shown = f"{written.form}\n{str(written.content)[:3000]}\n{went.said}"
        self._sentences(went, shown)
        self.tally["examples"] += 1
        self.tally["refused" if went.refused else "gone on from"] += 1
        if written.must is Must.REFUSE:
            if not went.refused:
                raise WrongError(f"Not refused: {shown}")
            return
        if written.must is Must.NOT_MISTAKE and (went.refused or went.warnings):
            return
        if went.refused or (written.warns and not went.warnings):
            raise WrongError(f"{'Refused' if went.refused else 'Without a word'}: {shown}")
        for name in STREAMS:
            wanted, found = self.plain(name, written.means.get(name)), went.outcome(name)
            if found not in (wanted, REFUSED if written.must is Must.NOT_MISTAKE else wanted):
                raise WrongError(f"{name}: {found}\nnot {wanted}\n{shown}")

    def _blob(self, rng: random.Random, name: str) -> Blob | None:
        """Some state of a stream, which was put to what must hold for its kind."""
        cursor = STREAMS[name].cursor
        kind = rng.choice(("own", "own", "Airbyte's", "none", "broken", "mutated"))
        match kind:
            case "own":
                return rng.choice(self.own[name])
            case "Airbyte's":
                said = rng.choice(airbytes(cursor, self.reached))
                right = self.plain(name, said)[:-1] == self.plain(name, {cursor: self.reached})[:-1]
            case "none":
                said = rng.choice(NONE)
                right = self.plain(name, said) == self.plain(name, None)
            case "broken":
                said = rng.choice(broken(cursor, self.reached))
                right = self.plain(name, said) == REFUSED
            case _:
                own = rng.choice([one for one in self.own[name] if cursor in one])
                said = mutated(rng, own)
                right = self.plain(name, said)[:-1] != self.plain(name, None)[:-1]
        if not right:
            raise WrongError(f"{name}, {kind}: {said}\nbecame {self.plain(name, said)}")
        return rng.choice((said, said or None))

    def _read(self, written: Written) -> Went:
        """A sync from what was written, as the command line does it."""
        if isinstance(written.content, list):
            return self._sync(written.content, STREAMS)
        self._file.write_bytes(written.content)
        with _warnings() as warnings:
            try:
                state = SourceStripe.read_state(str(self._file))
            except AirbyteTracedException as error:
                return Went(Synced(error=str(error)), warnings)
        went = self._sync(state, STREAMS)
        return Went(went.synced, warnings + went.warnings)

    def _sync(self, state: list[Any], names: Iterable[str]) -> Went:
        with _warnings() as warnings:
            return Went(sync(self.stripe, [STREAMS[name] for name in names], state), warnings)

    @staticmethod
    def _sentences(went: Went, shown: str) -> None:
        for said in went.said:
            if SECRET[8:] in said or "Traceback" in said or "Something went wrong" in said or len(said) > 1500:
                raise WrongError(f"No sentence for a user: {said}\n{shown}")


@contextmanager
def _warnings() -> Iterator[list[str]]:
    """What is said at level WARN, which goes nowhere else."""
    said: list[str] = []
    logger, handler = logging.getLogger("airbyte"), logging.Handler(logging.WARNING)
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    kept = logger.disabled, logger.handlers, logger.propagate
    logger.disabled, logger.handlers, logger.propagate = False, [handler], False
    try:
        yield said
    finally:
        logger.disabled, logger.handlers, logger.propagate = kept
