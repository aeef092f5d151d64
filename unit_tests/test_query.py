"""The laws of lists that take no times: nothing that lies in a window is missed, and reading ends below it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from source_stripe.declaration.origins import TOP_DOWN, UNTIMED, Listing
from source_stripe.stripe.query import Page, within
from source_stripe.windows import Window

UNSORTED = Listing("/v1/quotes", kind=TOP_DOWN)
stamps = st.lists(st.integers(0, 100), max_size=30)
windows = st.tuples(st.integers(0, 100), st.integers(0, 100)).map(lambda ends: Window(min(ends), max(ends)))


def pages_of(stamps: list[int], size: int) -> list[Page]:
    objects = [{"id": str(index), "created": stamp} for index, stamp in enumerate(stamps)]
    cut = [objects[first : first + size] for first in range(0, len(objects), size)] or [[]]
    return [Page(data, has_more=index < len(cut) - 1) for index, data in enumerate(cut)]


@given(stamps, windows, st.integers(1, 5))
def test_all_that_lies_in_a_window_of_a_list_in_order_is_found(stamps: list[int], window: Window, size: int) -> None:
    found: list[int] = []
    for page in pages_of(sorted(stamps, reverse=True), size):
        objects, more = within(page, UNSORTED, window)
        found += [obj["created"] for obj in objects]
        if not more:
            break
    assert found == [stamp for stamp in sorted(stamps, reverse=True) if window.start <= stamp < window.end]


@given(stamps, st.integers(0, 100), st.integers(2, 6))
def test_what_stands_within_a_page_of_its_place_is_found(stamps: list[int], start: int, size: int) -> None:
    listed = sorted(stamps, reverse=True)
    # Neighbours trade places, as where creation and listing race.
    listed[::2], listed[1::2] = listed[1::2] + listed[::2][len(listed[1::2]) :], listed[::2][: len(listed[1::2])]
    found = 0
    for page in pages_of(listed, size):
        objects, more = within(page, UNSORTED, Window(start, 1000))
        found += len(objects)
        if not more:
            break
    assert found == sum(stamp >= start for stamp in stamps)


@given(stamps, windows)
def test_a_page_that_is_older_as_a_whole_is_the_last(stamps: list[int], window: Window) -> None:
    page = Page([{"id": "x", "created": stamp} for stamp in stamps], has_more=True)
    _, more = within(page, UNSORTED, window)
    assert more == any(stamp >= window.start for stamp in stamps)


def test_where_stripe_filters_or_there_is_no_time_a_page_counts_as_a_whole() -> None:
    page = Page([{"id": "x", "created": 5}], has_more=True)
    for listing in (Listing("/v1/charges"), Listing("/v1/payment_links", kind=UNTIMED)):
        assert within(page, listing, Window(10, 20)) == (page.data, True)
