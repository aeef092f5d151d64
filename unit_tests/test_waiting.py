"""No pass of any stream holds a thread while it waits for a list or for the feed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration_tests.vocabulary import CATALOG, DAY, HOUR, blob, name_of, settled, sync
from source_stripe.listing.shared_list import SharedList
from source_stripe.sync.given import Selected
from source_stripe.sync.passes import PASSES, Backfill, Repeat
from source_stripe.waiting import Wait
from unit_tests.test_stream_reader import Recorded, session_of

WAIT = Wait(lambda call: None)


def nothing_yet(_list: object, _stream: str) -> Iterator[Wait]:
    """The pages of a list of which none is there."""
    yield WAIT
    raise AssertionError("It was asked again before anything can have come.")


# Catches: a pass that takes a wait for nothing, and asks again and again for what is not there.
def test_every_pass_says_that_it_waits_before_it_asks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stripe = settled(customers=5, seed=4)
    # Its funds are not available yet.
    stripe.account.create("charge")
    stripe.account.advance(HOUR)
    first = sync(stripe)
    stripe.account.advance(9 * DAY)
    states = {name_of(state): blob(state) for state in first.state}
    seen = set[type]()
    monkeypatch.setattr(SharedList, "pages", nothing_yet)
    for known in ({}, states):
        session = session_of(stripe, Recorded(), reconcile=True)
        selection = [Selected(one, bool(one.cursor), known.get(one.name)) for one in CATALOG]
        session.arrive(selection)
        for stream in session.streams(selection):
            for reader in stream.readers:
                for one in reader.begin():
                    assert next(iter(one.rows())) is WAIT, (reader.name, one.name)
                    seen.add(type(one))
        session.close()
    assert seen == {Backfill, Repeat, *(kind for kinds in PASSES.values() for kind in kinds)}
