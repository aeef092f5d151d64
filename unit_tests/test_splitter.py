"""Windows are read side by side and cut while they are read: all of the list is kept, once, with few more requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.stealing import LIVE, LIVE_FAR, TEST, YEARS, Line, at_once, bursts, evenly, simulate
from source_stripe.listing.splitter import Planned, Received, Scan, Splitter
from source_stripe.windows import DAY, Window, merge


class Thing(NamedTuple):
    id: str
    created: int


class Page(NamedTuple):
    objects: list[Thing]
    has_more: bool

    @property
    def stamps(self) -> list[int]:
        return [obj.created for obj in self.objects]

    @property
    def ids(self) -> list[str]:
        return [obj.id for obj in self.objects]


@dataclass(frozen=True)
class Lists:
    """A list for each filter, in the order in which Stripe gives it."""

    whole: Window
    filters: tuple[tuple[Thing, ...], ...]
    takes_times: bool = True

    @property
    def ids(self) -> list[str]:
        return sorted(obj.id for filter_index in self.filters for obj in filter_index)

    def within(self, window: Window) -> set[str]:
        return {obj.id for filter_index in self.filters for obj in filter_index if self._matches(obj, window)}

    def page(self, asked: Window, filter_index: int, place: str, size: int) -> Page:
        objects = self.filters[filter_index]
        first = 1 + [obj.id for obj in objects].index(place) if place else 0
        found = [obj for obj in objects[first:] if self._matches(obj, asked)]
        return Page(found[:size], len(found) > size)

    def _matches(self, obj: Thing, asked: Window) -> bool:
        """The newest window is asked for without an end, for what is created on test clocks."""
        if not self.takes_times:
            return True
        return asked.start <= obj.created and (obj.created < asked.end or asked.end == self.whole.end)


WHOLE = Window(1_000, 1_400)


@st.composite
def lists(draw: st.DrawFn, orders: Sequence[str] = ("strict", "loose", "none"), most_lanes: int = 3) -> Lists:
    """Bursts with many objects in a second, and some in the future; in order, with neighbours swapped, or without."""
    burst = st.tuples(st.integers(WHOLE.start, WHOLE.end + 20), st.integers(0, 60), st.integers(1, 25))
    random, order = Random(draw(st.integers(0, 1 << 32))), draw(st.sampled_from(orders))
    filters = []
    for filter_index in range(draw(st.integers(1, most_lanes))):
        stamps = [
            max(WHOLE.start, at - random.randint(0, width))
            for at, width, count in draw(st.lists(burst, max_size=6))
            for _ in range(count)
        ]
        objects = [Thing(f"{filter_index}_{index}", at) for index, at in enumerate(sorted(stamps, reverse=True))]
        if order == "none":
            random.shuffle(objects)
        for index in range(len(objects) - 1) if order == "loose" else ():
            if random.random() < 0.4:
                objects[index : index + 2] = reversed(objects[index : index + 2])
        filters.append(tuple(objects))
    return Lists(WHOLE, tuple(filters))


@dataclass
class Reading:
    """Reads through a splitter, its pages landing in any order."""

    lists: Lists
    splitter: Splitter
    random: Random
    most_under_way: int = 6
    step_seconds: int = 1_000_000
    planned: int = 1
    kept: list[str] = field(default_factory=list)
    closed: list[Window] = field(default_factory=list)
    under_way: dict[Scan, tuple[Window, Page]] = field(default_factory=dict)
    steals: int = 0

    def ask(self, scan: Scan | None) -> bool:
        if scan is None:
            return False
        assert scan not in self.under_way
        page = self.lists.page(scan.window, scan.filter_index, scan.after_id, self.random.randint(1, 6))
        self.under_way[scan] = (scan.window, page)
        return True

    def land(self, scan: Scan) -> tuple[Page, Received]:
        asked, page = self.under_way.pop(scan)
        received = self.splitter.page_received(scan, asked, page.stamps, page.ids, page.has_more)
        self.kept += [page.ids[index] for index in received.kept]
        if received.closed:
            self.closed.append(received.closed)
        return page, received

    def steps(self) -> Iterator[tuple[Scan, Page, Received]]:
        """Each page that lands, until all is read."""
        while not self.splitter.finished:
            while len(self.under_way) < self.most_under_way and self.random.random() < 0.8:
                if self.random.random() < 0.3 and self.ask(self.splitter.steal()):
                    self.steals += 1
                elif not self.ask(self.splitter.due()):
                    break
            if not self.under_way:
                continue
            scan = self.random.choice(list(self.under_way))
            yield scan, *self.land(scan)
        assert not self.under_way

    def run(self) -> Reading:
        for _ in self.steps():
            pass
        return self


def unfinished(splitter: Splitter) -> list[Planned]:
    """What another run has to read, after what has landed in this one."""
    return [Planned(scan.window, scan.after_id, scan.filter_index) for scan in splitter._open.values()]


@st.composite
def readings(draw: st.DrawFn, of: st.SearchStrategy[Lists] | None = None) -> Reading:
    """Something to read, planned as one window or as several."""
    found = draw(lists() if of is None else of)
    cuts = sorted(draw(st.sets(st.integers(WHOLE.start + 1, WHOLE.end - 1), max_size=3)))
    edges = [WHOLE.start, *cuts, WHOLE.end]
    planned = [Window(*pair) for pair in pairwise(edges)]
    step_seconds = draw(st.integers(1, 500))
    splitter = Splitter(planned, step_seconds, filters=len(found.filters))
    random = Random(draw(st.integers(0, 1 << 32)))
    return Reading(found, splitter, random, draw(st.integers(1, 8)), step_seconds, len(planned))


def reading(stamps: Iterable[int], *, filters: int = 1, step_seconds: int = 1_000_000, seed: int = 1) -> Reading:
    """The same objects under each filter, read as one window and with nothing asked for yet."""
    objects = [
        tuple(Thing(f"{filter_index}_{index}", at) for index, at in enumerate(stamps))
        for filter_index in range(filters)
    ]
    return Reading(Lists(WHOLE, tuple(objects)), Splitter([WHOLE], step_seconds, filters=filters), Random(seed))


def one_each_second(count: int = 400) -> range:
    return range(WHOLE.end - 1, WHOLE.end - 1 - count, -1)


@settings(max_examples=200)
@given(readings())
def test_nothing_is_lost_or_repeated_whatever_the_order_in_which_pages_land(reading: Reading) -> None:
    assert sorted(reading.run().kept) == reading.lists.ids


def test_many_windows_are_cut_while_their_pages_are_under_way_and_nothing_is_lost_or_repeated() -> None:
    steals = 0
    for seed in range(30):
        random = Random(seed)
        stamps = [random.choice(range(*WHOLE)) if random.random() < 0.5 else 1_100 for _ in range(300)]
        read = reading(sorted(stamps, reverse=True), filters=1 + seed % 2, seed=seed).run()
        assert sorted(read.kept) == read.lists.ids
        steals += read.steals
    assert steals > 100


@settings(max_examples=150)
@given(readings())
def test_a_window_is_closed_when_all_that_lies_in_it_is_kept_and_no_request_for_it_has_more(reading: Reading) -> None:
    for scan, page, received in reading.steps():
        if received.closed:
            assert not page.has_more
            assert scan.window == received.closed
            assert reading.lists.within(received.closed) <= set(reading.kept)


@settings(max_examples=100)
@given(readings())
def test_closed_windows_are_apart_and_make_up_what_was_planned(reading: Reading) -> None:
    closed = reading.run().closed
    assert merge(closed) == (WHOLE,)
    assert sum(window.end - window.start for window in closed) == WHOLE.end - WHOLE.start


@settings(max_examples=100)
@given(st.data(), st.sampled_from([("strict",), ("loose",)]), st.integers(0, 30))
def test_what_another_run_goes_on_with_completes_the_list(
    data: st.DataObject, order: tuple[str], interrupted_after: int
) -> None:
    first = data.draw(readings(lists(order)))
    for count, _ in enumerate(first.steps()):
        if count == interrupted_after:
            break
    planned = unfinished(first.splitter)
    assert merge([*first.closed, *(one.window for one in planned)]) == (WHOLE,)
    splitter = Splitter(planned, 100, filters=len(first.lists.filters))
    second = Reading(first.lists, splitter, first.random).run()
    assert set(first.kept) | set(second.kept) == set(first.lists.ids)
    if order == ("strict",):
        assert sorted(first.kept + second.kept) == first.lists.ids


@settings(max_examples=100)
@given(readings())
def test_after_a_full_page_what_is_left_lies_in_one_slice(reading: Reading) -> None:
    smallest: dict[tuple[Scan, int], int] = {}
    for scan, page, received in reading.steps():
        kept = [page.stamps[index] for index in received.kept]
        if page.has_more and kept:
            before = smallest.get((scan, scan.filter_index), scan.window.end - 1)
            edge = smallest[scan, scan.filter_index] = min(before, *kept)
            assert edge // reading.step_seconds * reading.step_seconds <= scan.window.start <= edge


@settings(max_examples=100)
@given(readings())
def test_each_full_page_lets_one_more_window_begin(reading: Reading) -> None:
    full = 0
    for _, page, _ in reading.steps():
        full += page.has_more
        begun = len(reading.closed) + len(unfinished(reading.splitter))
        assert begun - reading.planned <= full


@given(st.lists(st.lists(st.integers(WHOLE.start - 5, WHOLE.end + 100), max_size=40), min_size=1, max_size=2))
def test_a_list_that_takes_no_times_is_read_by_one_chain_and_whole(stamps: list[list[int]]) -> None:
    filters = [
        tuple(Thing(f"{filter_index}_{index}", at) for index, at in enumerate(each))
        for filter_index, each in enumerate(stamps)
    ]
    splitter = Splitter([WHOLE], 10, filters=len(filters), cuttable=False)
    read = Reading(Lists(WHOLE, tuple(filters), takes_times=False), splitter, Random(len(stamps[0])))
    assert len({scan for scan, _, _ in read.steps()}) == 1
    assert sorted(read.kept) == read.lists.ids
    assert read.closed == [WHOLE]


def test_a_list_that_takes_no_times_is_not_cut_however_long_it_is() -> None:
    splitter = Splitter([WHOLE], 10, cuttable=False)
    scan = splitter.due()
    for newest in (1_399, 1_389):
        assert scan
        land(splitter, scan, range(newest, newest - 10, -1), asked=WHOLE, has_more=True)
        assert splitter.due() is scan
        assert splitter.steal() is None
        assert scan.window == WHOLE


def land(splitter: Splitter, scan: Scan, stamps: Sequence[int], *, asked: Window, has_more: bool) -> Received:
    return splitter.page_received(scan, asked, stamps, [f"id_{stamp}" for stamp in stamps], has_more)


def cut_while_under_way(*, filters: int = 1) -> tuple[Splitter, Scan, Scan, Window]:
    """A chain whose second page is under way, the one that was cut off from it, and the window it was asked with."""
    splitter = Splitter([WHOLE], 1_000_000, filters=filters)
    newer = splitter.due()
    assert newer
    land(splitter, newer, range(1_399, 1_389, -1), asked=newer.window, has_more=True)
    assert splitter.due() is newer
    asked = newer.window
    older = splitter.steal()
    assert older
    return splitter, newer, older, asked


def test_the_older_half_of_what_is_left_is_cut_off() -> None:
    _, newer, older, asked = cut_while_under_way()
    # Of 390 objects left, ten are under way.
    assert older.window == Window(1_000, 1_190)
    assert newer.window == Window(1_190, 1_400)
    assert asked == WHOLE


def test_what_was_cut_off_from_a_page_under_way_is_left_to_the_other_window() -> None:
    splitter, newer, _, asked = cut_while_under_way()
    received = land(splitter, newer, [1_250, 1_189, 1_190, 1_188], asked=asked, has_more=True)
    assert list(received.kept) == [0, 2]
    assert (newer.after_id, received.closed) == ("id_1190", None)


def test_a_page_of_which_nothing_counts_closes_nothing_as_long_as_there_is_more() -> None:
    splitter, newer, _, asked = cut_while_under_way()
    received = land(splitter, newer, [1_100, 1_050], asked=asked, has_more=True)
    assert (list(received.kept), received.closed) == ([], None)
    assert splitter.due() is newer
    assert newer.after_id == "id_1390"
    assert land(splitter, newer, [1_300], asked=newer.window, has_more=False).closed == Window(1_190, 1_400)


def test_an_answer_to_a_wider_window_without_more_closes_what_is_left_of_it() -> None:
    splitter, newer, older, asked = cut_while_under_way()
    assert land(splitter, newer, [1_250, 1_100], asked=asked, has_more=False) == Received([0], Window(1_190, 1_400))
    assert not splitter.finished
    assert land(splitter, older, [1_100], asked=older.window, has_more=False).closed == Window(1_000, 1_190)
    assert splitter.finished


def test_a_window_closes_when_it_is_read_under_its_last_filter() -> None:
    splitter, newer, older, asked = cut_while_under_way(filters=2)
    for scan, window in ((newer, asked), (older, older.window)):
        assert land(splitter, scan, [], asked=window, has_more=False).closed is None
        assert (scan.filter_index, scan.after_id) == (1, "")
    while due := splitter.due():
        assert land(splitter, due, [], asked=due.window, has_more=False).closed == due.window
    assert splitter.finished


def test_what_is_cut_off_under_a_later_filter_is_not_read_again_under_the_earlier_ones() -> None:
    splitter = Splitter([Planned(WHOLE, filter_index=1)], 1_000_000, filters=2)
    newer = splitter.due()
    assert newer
    assert newer.filter_index == 1
    land(splitter, newer, range(1_399, 1_389, -1), asked=newer.window, has_more=True)
    assert splitter.due() is newer
    older = splitter.steal()
    assert older
    assert (older.filter_index, older.after_id) == (1, "")


def test_a_window_gone_on_with_is_not_cut_before_its_first_page_is_back() -> None:
    splitter = Splitter([Window(1_000, 1_200), Planned(Window(1_200, 1_400), "id_1390")], 1_000_000)
    first, second = splitter.due(), splitter.due()
    assert first
    assert second
    other, resumed = (first, second) if second.after_id else (second, first)
    land(splitter, other, range(1_199, 1_189, -1), asked=other.window, has_more=True)
    assert splitter.steal() is None
    assert resumed.window == Window(1_200, 1_400)
    land(splitter, resumed, range(1_389, 1_379, -1), asked=resumed.window, has_more=True)
    while splitter.due():
        pass
    cut = splitter.steal()
    assert cut
    assert cut.window.end < 1_380


def test_a_full_page_leaves_the_slices_before_its_own_to_another_window() -> None:
    splitter = Splitter([WHOLE], 100)
    scan = splitter.due()
    assert scan
    land(splitter, scan, [1_399, 1_390, 1_250], asked=scan.window, has_more=True)
    assert scan.window == Window(1_200, 1_400)
    left = {scan.window, *(one.window for one in (splitter.due(), splitter.due()) if one)}
    assert left == {Window(1_200, 1_400), Window(1_000, 1_200)}
    assert splitter.due() is None


def test_objects_of_the_future_are_kept_by_the_newest_window() -> None:
    splitter = Splitter([WHOLE], 100)
    scan = splitter.due()
    assert scan
    received = land(splitter, scan, [5_000, 4_000, 3_000], asked=scan.window, has_more=True)
    assert list(received.kept) == [0, 1, 2]
    assert scan.window == Window(1_300, 1_400)


def test_the_longest_window_comes_first_and_goes_on_at_its_place() -> None:
    planned: list[Window | Planned] = [
        Window(1_000, 1_010),
        Planned(Window(1_100, 1_400), "id_1"),
        Window(1_020, 1_050),
    ]
    splitter = Splitter(planned, 1_000)
    scans = [splitter.due() for _ in planned]
    assert [scan and scan.window.start for scan in scans] == [1_100, 1_020, 1_000]
    assert splitter.due() is None
    assert scans[0]
    assert scans[0].after_id == "id_1"


def test_nothing_planned_is_finished() -> None:
    splitter = Splitter([Window(5, 5)], 10)
    assert splitter.finished
    assert splitter.due() is splitter.steal() is None
    assert (splitter.share(), splitter.left()) == (1.0, 0.0)


@settings(max_examples=100)
@given(readings())
def test_the_share_that_is_read_rises_to_one(reading: Reading) -> None:
    shares = [reading.splitter.share()]
    shares += [reading.splitter.share() for _ in reading.steps()]
    assert shares[0] == 0
    assert shares[-1] == 1
    assert all(before <= after + 1e-9 for before, after in pairwise(shares))


def test_what_is_left_is_estimated() -> None:
    read = reading(one_each_second(), step_seconds=100)
    assert read.splitter.left() == 0
    for count, _ in enumerate(read.steps()):
        if count > 20:
            left = len(read.lists.ids) - len(read.kept)
            assert abs(read.splitter.left() - left) <= 0.2 * left + 20
    assert read.splitter.left() == 0


def test_what_another_run_has_read_is_not_taken_for_empty() -> None:
    splitter = Splitter([Planned(WHOLE, "id_1101")], 1_000_000)
    scan = splitter.due()
    assert scan
    land(splitter, scan, range(1_100, 1_090, -1), asked=WHOLE, has_more=True)
    assert splitter.left() == pytest.approx(91)


@pytest.mark.parametrize("line", [TEST, LIVE, LIVE_FAR])
def test_a_list_of_one_page_is_one_request(line: Line) -> None:
    for stamps in ([], evenly(1), evenly(100), at_once(100)):
        assert simulate(stamps, line).requests == 1


@pytest.mark.parametrize("line", [TEST, LIVE, LIVE_FAR])
def test_a_short_list_takes_one_or_two_requests_more_than_it_has_pages(line: Line) -> None:
    for count in range(101, 301, 7):
        for stamps in (evenly(count), at_once(count), bursts(count, seed=count)):
            assert simulate(stamps, line).extra <= 2


@pytest.mark.parametrize(
    ("line", "extra_share", "ratio"), [(TEST, 0.03, 1.05), (LIVE, 0.05, 1.2), (LIVE_FAR, 0.1, 1.45)]
)
@pytest.mark.parametrize("stamps", [bursts(100_000), at_once(100_000), evenly(100_000)], ids=["bursts", "day", "even"])
def test_a_long_list_is_read_at_nearly_the_rate_limit_with_few_requests_more(
    stamps: Sequence[int], line: Line, extra_share: float, ratio: float
) -> None:
    run = simulate(stamps, line)
    assert len(run.kept) == len(set(run.kept)) == len(stamps)
    assert run.extra <= extra_share * run.pages
    assert run.seconds <= ratio * run.pages / line.rate
    assert merge(run.closed) == (YEARS,)


def test_without_cuts_the_same_list_takes_several_times_as_long() -> None:
    stamps = at_once(20_000)
    assert simulate(stamps, TEST, steals=False).seconds > 3 * simulate(stamps, TEST).seconds


def test_windows_close_while_a_long_list_is_read() -> None:
    run = simulate(bursts(100_000), TEST, step_seconds=30 * DAY)
    assert len(run.closed) > 50
    assert run.extra <= 0.05 * run.pages
