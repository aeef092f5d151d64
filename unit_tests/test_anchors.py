"""Wanted objects of a list in few requests: pages where they stand close together, single reads elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from source_stripe.changes.anchors import FEW, MOST_SEGMENTS, Anchor, Anchors

PAGE = 100


@dataclass
class List:
    """A list, newest first, some of whose objects it does not show; and what it was asked."""

    objects: Mapping[str, int]
    hidden: frozenset[str] = frozenset()
    pages: int = 0
    by_id: list[str] = field(default_factory=list)

    def page(self, anchor: Anchor) -> tuple[list[tuple[str, int]], bool]:
        self.pages += 1
        shown = sorted(
            (
                (key, at)
                for key, at in self.objects.items()
                if key not in self.hidden and anchor.window.start <= at < anchor.window.end
            ),
            key=lambda one: (-one[1], one[0]),
        )
        if anchor.places:
            shown = shown[[key for key, _ in shown].index(anchor.places[-1]) + 1 :]
        return shown[:PAGE], len(shown) > PAGE

    def read(self, anchors: Anchors, side_by_side: int = 3) -> list[str]:
        """Everything that is wanted, in the order it comes."""
        under_way: list[Anchor] = []
        came: list[str] = []
        while not anchors.finished:
            while len(under_way) < side_by_side and (anchor := anchors.next_page()):
                under_way.append(anchor)
            if under_way:
                anchor = under_way.pop(0)
                came += anchors.page_read(anchor, *self.page(anchor))
            while (key := anchors.next_by_id()) is not None:
                self.by_id.append(key)
                came.append(key)
        return came

    @property
    def requests(self) -> int:
        return self.pages + len(self.by_id)


def uniform(count: int, every: int = 10) -> dict[str, int]:
    return {f"ch_{number:06d}": 1_000 + number * every for number in range(count)}


def some(objects: Mapping[str, int], step: int) -> dict[str, int]:
    """One in `step` of them, at random."""
    return {key: objects[key] for key in Random(step).sample(sorted(objects), len(objects) // step)}


@given(st.data())
def test_every_wanted_object_is_read_once_and_never_with_more_requests_than_by_id(data: st.DataObject) -> None:
    seconds = st.integers(1, data.draw(st.sampled_from([3, 60, 5_000])))
    objects = {f"ch_{number}": at for number, at in enumerate(data.draw(st.lists(seconds, max_size=400)))}
    wanted = {key: at for key, at in objects.items() if data.draw(st.booleans())}
    hidden = data.draw(st.frozensets(st.sampled_from(sorted(objects)))) if objects else frozenset()
    gone = {f"gone_{number}": at for number, at in enumerate(data.draw(st.lists(seconds, max_size=20)))}
    unknown = {f"unknown_{number}": 0 for number in range(data.draw(st.integers(0, 3)))}
    young_from = data.draw(st.sampled_from([0, 40]))
    anchors = Anchors(wanted | gone | unknown, paged=data.draw(st.booleans()), young_from=young_from)
    stripe = List(objects, hidden)
    came = stripe.read(anchors, side_by_side=data.draw(st.integers(1, MOST_SEGMENTS)))
    assert sorted(came) == sorted(wanted | gone | unknown)
    # The first page is the only one that nothing has paid for yet.
    assert stripe.requests <= len(came) + 1


def test_where_a_tenth_is_wanted_a_page_brings_eleven() -> None:
    objects = uniform(20_000)
    stripe = List(objects)
    stripe.read(Anchors(some(objects, 10), paged=True), MOST_SEGMENTS)
    assert stripe.requests <= 2_000 / (1 + 9.9) + MOST_SEGMENTS + 1


def test_where_one_in_a_hundred_is_wanted_pages_bring_what_they_can() -> None:
    objects = uniform(20_000)
    stripe = List(objects)
    stripe.read(Anchors(some(objects, 100), paged=True))
    assert stripe.requests <= 200


def test_where_all_are_wanted_each_page_begins_where_the_last_one_ended() -> None:
    objects = uniform(3_000)
    stripe = List(objects)
    stripe.read(Anchors(objects, paged=True), MOST_SEGMENTS)
    assert stripe.by_id == []
    assert stripe.pages <= 30 + MOST_SEGMENTS


def test_objects_of_one_second_are_read_page_after_page() -> None:
    objects = {f"ch_{number:04d}": 5_000 for number in range(950)}
    stripe = List(objects)
    stripe.read(Anchors(objects, paged=True))
    assert stripe.by_id == []
    assert stripe.pages <= 10 + MOST_SEGMENTS


def test_a_handful_is_read_by_id_unless_it_stands_side_by_side() -> None:
    objects = uniform(5_000)
    few = dict(list(objects.items())[: FEW - 1])
    stripe = List(objects)
    stripe.read(Anchors(few, paged=True))
    assert (stripe.pages, len(stripe.by_id)) == (0, FEW - 1)
    young = dict(list(objects.items())[-FEW + 1 :])
    stripe = List(objects)
    stripe.read(Anchors(young, paged=True, young_from=min(young.values())))
    assert (stripe.pages, stripe.by_id) == (1, [])


def test_where_the_list_becomes_denser_or_thinner_it_is_noticed() -> None:
    thin = {f"old_{number:04d}": 1_000 + number * 1_000 for number in range(2_000)}
    dense = {f"new_{number:05d}": 3_000_000 + number for number in range(10_000)}
    # As close in time everywhere, so that it is the list that decides.
    wanted = thin | some(dense, 500)
    stripe = List(thin | dense)
    stripe.read(Anchors(wanted, paged=True))
    assert stripe.requests <= 20 + 2_000 / 100 + 3 * MOST_SEGMENTS


@given(st.lists(st.integers(1, 50), min_size=1, max_size=60), st.data())
def test_what_is_called_out_is_out(stamps: Sequence[int], data: st.DataObject) -> None:
    wanted = {f"ch_{number}": at for number, at in enumerate(stamps)}
    anchors = Anchors(wanted, paged=True)
    out = data.draw(st.sets(st.sampled_from(sorted(wanted))))
    for key in out:
        anchors.is_out(key)
    told = [key for key, at in wanted.items() if any(window.start <= at < window.end for window in anchors.out)]
    assert set(told) <= out
    for key in wanted:
        anchors.is_out(key)
    if len(stamps) < 250:
        assert all(any(window.start <= at < window.end for window in anchors.out) for at in stamps)
