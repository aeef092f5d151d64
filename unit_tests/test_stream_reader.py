"""A reading begins, puts its records out before the state that vouches for them, and ends, however it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pytest

from integration_tests.vocabulary import KEY, Sandbox, Time, settled
from source_stripe.catalog import CATALOG
from source_stripe.catalog.connect import country_specs
from source_stripe.catalog.core import charges
from source_stripe.config import parse
from source_stripe.declaration.origins import is_v2
from source_stripe.declaration.resource import Resource
from source_stripe.declaration.takes import Children
from source_stripe.runtime import Runtime
from source_stripe.stripe.answers import Object
from source_stripe.stripe.errors import StripeError
from source_stripe.sync.given import Selected
from source_stripe.sync.session import SyncSession
from source_stripe.sync.stream_reader import StreamReader
from source_stripe.waiting import patient
from unit_tests.test_request_queue import let_start


class Recorded:
    """What a sync puts out, in order; `at` is called at each."""

    def __init__(self, at: Callable[[], None] = lambda: None) -> None:
        self.out: list[tuple[str, object]] = []
        self._at = at

    def records(self, stream: str, records: Sequence[Object]) -> int:
        self.out.append(("records", [dict(record)["id"] for record in records]))
        self._at()
        return 1_000 * len(records)

    def state(self, stream: str, state: Mapping[str, Any]) -> None:
        self.out.append(("state", dict(state)))

    def estimate(self, stream: str, rows: int) -> None:
        """Nobody asks."""


def session_of(stripe: Sandbox, output: Recorded, **config: object) -> SyncSession:
    time = Time()
    runtime = Runtime(stripe.session, lambda: float(stripe.account.now), time.now, time.sleep, lambda: 0.0)
    given = {"client_secret": KEY, "start_date": "2000-01-01T00:00:00Z"} | config
    return SyncSession(parse(given), runtime, output)


def readers_of(session: SyncSession, resource: Resource = charges) -> Iterable[StreamReader]:
    selection = [Selected(resource, incremental=True)]
    session.arrive(selection)
    return [reader for stream in session.streams(selection) for reader in stream.readers]


# Catches: a reading that never ends in the progress, or is none while it runs.
@pytest.mark.parametrize("fails", [False, True])
def test_a_stream_is_in_the_progress_while_it_is_read_and_not_before_or_after(fails: bool) -> None:
    stripe = settled(customers=20, seed=2)
    during: list[bool] = []
    output = Recorded(lambda: during.append(reader.snapshot() is not None))
    session = session_of(stripe, output)
    (reader,) = readers_of(session)
    assert reader.snapshot() is None
    if fails:
        stripe.fails_after(0)
    for one in reader.begin():
        if fails:
            with pytest.raises(StripeError):
                list(patient(reader.read(one)))
        else:
            list(patient(reader.read(one)))
        assert reader.snapshot() is None
    assert bool(reader.outcome.failure) is fails
    assert set(during) == (set() if fails else {True})
    assert reader.emitted == sum(len(what) for kind, what in output.out if kind == "records" and isinstance(what, list))
    session.close()


# Catches: a count of parents that is ahead of their lists, by those that are asked for, or forgets one without any.
def test_the_progress_counts_every_parent_once_its_list_is_out_and_no_sooner() -> None:
    stripe, counted = settled(customers=20, seed=2), 0
    # Of a list of API v2 what is younger than ten minutes is seen and left to the next sync.
    for resource in (
        one for one in CATALOG if isinstance(one.first.take, Children) and not is_v2(one.first.origin.path)
    ):
        session = session_of(stripe, Recorded())
        for reader in readers_of(session, resource):
            lists, (backfill,) = reader.passes[0].lists, reader.begin()
            ahead = list[int]()
            for row in patient(backfill.rows()):
                if isinstance(row, dict):
                    ahead.append(lists.parents_out)
            assert backfill.shared is not None
            seen = backfill.shared.progress()[1]
            assert lists.parents_out == seen, reader.name
            assert all(out < seen for out in ahead) or not lists.asks_parents, reader.name
            counted += lists.parents_out
        session.close()
    assert counted > 100


# Catches: `arrive` that begins no worker, so that the first stream finds no thread left for its requests.
def test_the_first_thread_there_is_sends_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_of(settled(customers=1), Recorded())
    let_start(monkeypatch, 1)
    session.arrive([Selected(country_specs)])
    let_start(monkeypatch, 0)
    assert session.unreadable == {}
    assert session.client.request_queue.submit("/v1/country_specs", lambda: 7).result(timeout=10) == 7
    monkeypatch.undo()
    session.close()


def test_without_a_thread_nothing_is_asked_and_every_stream_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    stripe = settled(customers=1)
    session = session_of(stripe, Recorded())
    let_start(monkeypatch, 0)
    session.arrive([Selected(country_specs), Selected(charges, incremental=True)])
    assert {name: "no more threads" in str(error) for name, error in session.unreadable.items()} == {
        "country_specs": True,
        "charges": True,
    }
    assert stripe.count() == 0
    monkeypatch.undo()
    session.close()
