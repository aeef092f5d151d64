"""A later sync costs as few requests as its changes need, delivers what reads by id would, and can be cut anywhere."""

from __future__ import annotations

import json
from random import Random

import pytest

from integration_tests.oracle import wrong
from integration_tests.request_bounds import RECORDED, counts
from integration_tests.vocabulary import (
    CATALOG,
    DAY,
    HOUR,
    NOW,
    Account,
    Hurried,
    Sandbox,
    Synced,
    joined,
    settled,
    sync,
)
from integration_tests.warehouse import Warehouse
from source_stripe.catalog.billing import invoice_line_items
from source_stripe.catalog.core import charges
from source_stripe.changes import anchors

BY_ID = 1 << 30


def changed_charges(count: int, changed: int, *, seconds_each: int = 3_600) -> tuple[Sandbox, Synced]:
    """An account with so many charges, synced, some of which, at random, have changed since."""
    account = Account(NOW)
    account.has("charge", count, between=(NOW - count * seconds_each, NOW))
    account.advance(2 * HOUR)
    stripe = Sandbox(account)
    first = sync(stripe, [charges])
    ids = sorted(charge["id"] for charge in account.rows("/v1/charges"))
    for number, key in enumerate(Random(changed).sample(ids, changed)):
        account.update(key, object="charge", metadata={"order": str(number)})
        account.advance(20)
    account.advance(HOUR)
    stripe.log.clear()
    return stripe, first


def reads(stripe: Sandbox) -> int:
    return sum(answered.path.startswith("/v1/charges") for answered in stripe.log)


@pytest.mark.parametrize("workers", [1, 20])
def test_where_a_tenth_of_a_list_has_changed_a_page_brings_many(workers: int) -> None:
    stripe, first = changed_charges(5_000, 500)
    later = sync(stripe, [charges], first.state, num_workers=workers)
    assert len(later.ids(charges)) == len(later.records(charges)) == 500
    # 500 / (1 + 99 * 0.1), and a page more for each stretch that is read beside others.
    assert reads(stripe) <= 500 / 10.9 * 1.1 + anchors.MOST_SEGMENTS


def test_where_few_have_changed_each_is_read_by_its_id() -> None:
    stripe, first = changed_charges(2_000, 10)
    later = sync(stripe, [charges], first.state)
    assert len(later.records(charges)) == reads(stripe) == 10


def test_many_that_are_far_apart_take_no_more_requests_than_reads_by_id() -> None:
    stripe, first = changed_charges(4_000, 40)
    later = sync(stripe, [charges], first.state)
    assert len(later.records(charges)) == 40
    assert reads(stripe) <= 40


def busy() -> tuple[Sandbox, Synced]:
    """An account at rest, synced, in which much has changed since; some of it in the same second."""
    stripe = settled(customers=40, seed=21)
    first = sync(stripe)
    assert first.error == ""
    stripe.account.live(DAY, 500, silent=False)
    stripe.account.live(1, 150, silent=False)
    stripe.account.live(DAY, 150, silent=False)
    stripe.account.advance(HOUR)
    return stripe, first


def rows(synced: Synced) -> dict[str, dict[str, object]]:
    """The row of each key that a destination keeps, by stream: the one with the highest cursor."""
    kept: dict[str, dict[str, object]] = {}
    for resource in CATALOG:
        latest = sorted(synced.records(resource), key=lambda record: record.get(resource.cursor) or 0)
        kept[resource.name] = {str(resource.identity(record)): record for record in latest}
    return kept


@pytest.mark.parametrize("few", [1, 5])
def test_every_stream_delivers_what_reads_by_id_would_in_no_more_requests(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    stripe, first = busy()
    monkeypatch.setattr(anchors, "FEW", BY_ID)
    stripe.log.clear()
    by_id = sync(stripe, state=first.state, num_workers=1)
    asked_by_id = len(stripe.log)
    monkeypatch.setattr(anchors, "FEW", few)
    monkeypatch.setattr(anchors, "SEGMENT", 3)
    stripe.log.clear()
    by_page = sync(stripe, state=first.state, num_workers=1)
    assert rows(by_page) == rows(by_id)
    assert (by_id.error, by_page.error) == ("", "")
    # The first page of a list is the only one that nothing has paid for yet: its newest object may be hidden.
    assert len(stripe.log) <= asked_by_id + HIDING


HIDING = 1
"""Lists of the account that do not show the newest of what has changed."""


def test_a_later_sync_that_is_cut_repeats_little_of_what_it_read() -> None:
    stripe, first = changed_charges(5_000, 500)
    whole = sync(stripe, [charges], first.state, time=Hurried())
    asked = len(stripe.log)
    stripe.log.clear()
    cut = sync(stripe, [charges], first.state, at_most=len(whole.messages) * 9 // 10, time=Hurried())
    rest = sync(stripe, [charges], cut.state, time=Hurried())
    feed = sum(answered.path == "/v1/events" for answered in stripe.log)
    assert len(cut.ids(charges)) < 500
    assert cut.ids(charges) | rest.ids(charges) == whole.ids(charges)
    # What was under way, and the feed.
    assert len(stripe.log) - feed <= asked * 1.1 + anchors.MOST_SEGMENTS


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_wherever_a_later_sync_is_cut_nothing_is_lost(share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a state after every read, and events of the last minutes that become visible only between the syncs."""
    monkeypatch.setattr(anchors, "FEW", 2)
    stripe, first = busy()
    warehouse = Warehouse()
    warehouse.take(first)
    whole = sync(stripe, state=first.state, time=Hurried())
    cut = sync(stripe, state=first.state, at_most=int(len(whole.messages) * share), time=Hurried())
    warehouse.take(cut)
    state = joined(first.state, cut.state)
    stripe.account.live(HOUR, 40, silent=False)
    stripe.account.advance(HOUR)
    again = sync(stripe, state=state, at_most=int(len(whole.messages) * share / 2), time=Hurried())
    warehouse.take(again)
    warehouse.take(sync(stripe, state=joined(state, again.state)))
    assert wrong(stripe.account, warehouse) == {}


def test_what_lies_under_parents_is_cut_between_parents() -> None:
    account = Account(NOW)
    keys = []
    for _ in range(60):
        keys.append(account.create("invoice", lines=25)["id"])
        account.advance(DAY)
    stripe = Sandbox(account)
    first = sync(stripe, [invoice_line_items])
    for key in keys:
        account.update(key, description="changed")
        account.advance(60)
    account.advance(HOUR)
    stripe.log.clear()
    whole = sync(stripe, [invoice_line_items], first.state, time=Hurried())
    asked = len(stripe.log)
    stripe.log.clear()
    cut = sync(stripe, [invoice_line_items], first.state, at_most=len(whole.messages) * 2 // 3, time=Hurried())
    rest = sync(stripe, [invoice_line_items], cut.state, time=Hurried())
    assert cut.ids(invoice_line_items) | rest.ids(invoice_line_items) == whole.ids(invoice_line_items)
    assert len(rest.records(invoice_line_items)) < len(whole.records(invoice_line_items)) / 2
    assert len(stripe.log) < asked * 1.7


def test_no_stream_takes_more_requests_than_when_each_object_was_read_by_its_id() -> None:
    bounds = json.loads(RECORDED.read_text())
    above = {
        (life, stream): (taken, most) for life, stream, taken in counts() if taken > (most := bounds[life][stream])
    }
    assert above == {}
