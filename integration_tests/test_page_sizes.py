"""A page that fails for its size is asked for in pieces: what is read is the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from integration_tests import troubles
from integration_tests.oracle import wrong
from integration_tests.story import Story
from integration_tests.troubles import Trouble
from integration_tests.vocabulary import DAY, HOUR, Sandbox, Time, asked, settled, sync
from integration_tests.warehouse import Warehouse
from source_stripe.catalog.core import charges, customers

AT_EVERY_TRY = {
    "bodies of 131,072 bytes": troubles.lists_cut_off(131_072),
    "bodies of 80,398 bytes": troubles.lists_cut_off(80_398),
    "500 above 30 objects": troubles.large_pages_that_fail(30),
    "500 above one object": troubles.large_pages_that_fail(1),
}
EVENTS = "/v1/events"


@pytest.mark.parametrize("trouble", AT_EVERY_TRY.values(), ids=AT_EVERY_TRY.keys())
def test_every_stream_is_read_whole_where_large_pages_fail(trouble: Trouble) -> None:
    stripe, warehouse, time = settled(customers=40, seed=5), Warehouse(), Time()
    trouble(stripe)
    first = warehouse.take(sync(stripe, time=time))
    assert (first.error, wrong(stripe.account, warehouse)) == ("", {})
    stripe.account.live(3 * DAY, 300, silent=False)
    stripe.account.advance(HOUR)
    second = warehouse.take(sync(stripe, state=first.state, time=time))
    assert (second.error, wrong(stripe.account, warehouse)) == ("", {})


@pytest.mark.parametrize("trouble", AT_EVERY_TRY.values(), ids=AT_EVERY_TRY.keys())
def test_to_find_the_size_takes_seconds(trouble: Trouble) -> None:
    story, time = Story(charges), Time()
    story.account.has("charge", 150)
    story.account.advance(HOUR)
    trouble(story.stripe)
    assert sync(story.stripe, [charges], time=time).error == ""
    assert 0 < time.now() < 30


def has_failed_once(size: int, requests: list[int]) -> Callable[[Sandbox], None]:
    """Pages of more than `size` objects fail for so many requests."""

    def trouble(stripe: Sandbox) -> None:
        sound = stripe.handle

        def handle(request):  # type: ignore[no-untyped-def]
            limit = int(dict(request.query).get("limit", 1))
            if requests and limit > size:
                requests.pop()
                stripe.fails_large_pages(size)
            else:
                stripe.recovers()
            return sound(request)

        stripe.handle = handle  # type: ignore[method-assign]

    return trouble


def test_once_larger_pages_arrive_they_are_asked_for_again() -> None:
    story = Story(customers)
    story.account.has("customer", 2_500)
    story.account.advance(HOUR)
    has_failed_once(30, [0] * 4)(story.stripe)
    synced = sync(story.stripe, [customers], num_workers=1)
    assert len(synced.ids(customers)) == 2_500
    sizes = [int(str(line.query["limit"])) for line in story.stripe.log if line.path == "/v1/customers"]
    assert sizes[:5] == [100, 100, 50, 50, 25]
    assert sizes[-1] == 100
    assert len(sizes) < 25 + 4 + 15


def test_an_object_that_is_read_by_its_id_is_asked_for_as_ever() -> None:
    """It cannot be split."""
    story = Story(customers, api_version="2024-06-20")
    customer = story.account.create("customer")
    story.sync()
    story.account.update(customer["id"], description="changed")
    story.account.advance(HOUR)
    story.stripe.refuses(f"/v1/customers/{customer['id']}", 500)
    story.stripe.log.clear()
    time = Time()
    failed = sync(story.stripe, [customers], story.last.state, time=time)
    assert "customers" in failed.errors
    assert time.now() > 250
    assert asked(story.stripe)[EVENTS] == 1
