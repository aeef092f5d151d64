"""What may happen to an account and to its replica, a sentence each, and that the replica is right at the end."""

from __future__ import annotations

import sys
from random import Random
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from integration_tests import troubles
from integration_tests.kinds import TOLD
from integration_tests.life import Life, Which, may_be
from integration_tests.replica import Replica
from integration_tests.shortening import Step, Steps
from integration_tests.troubles import INSIDE, LISTS, PAGED
from integration_tests.vocabulary import CATALOG, DAY, HOUR, Hurried
from source_stripe.declaration.resource import Relist

Soon = st.sampled_from((0, 61, 90, 170))
"""Seconds after which a sync comes that reads what just happened, or part of it."""
FEW = 25
"""Streams of which most histories are."""
Ahead = st.sampled_from((0, 0, 0, 75, 1_200, HOUR, 40 * DAY, -90, -HOUR))
"""Seconds by which the host's clock is ahead of Stripe's."""
STREAMS = {resource.name: resource for resource in CATALOG}

RELISTED = {resource.object for resource in CATALOG if isinstance(resource.later, Relist)}
"""Kinds of which Stripe tells nothing; their lists are compared with what they were."""


class History(Life):
    """One account, one replica, and the syncs in between."""

    last: ClassVar[Steps] = ()
    """The steps of the history that was told last."""

    @initialize(luck=st.integers(0, 9_999))
    def some_streams_are_replicated(self, luck: int) -> None:
        """A history of a few streams costs a fifth, and another draws the others; one in ten is of all of them."""
        self.steps.append(Step("some_streams_are_replicated", {"luck": luck}))
        if luck % 10:
            chosen = Random(luck).sample(CATALOG, FEW)
            self.replica.streams = [resource for resource in CATALOG if resource in chosen]

    # Time.

    @may_be(seconds=st.sampled_from((1, 30, 60, 61, 600, HOUR, DAY, 3 * DAY, 20 * DAY)))
    def time_passes(self, seconds: int) -> None:
        self.account.advance(seconds)

    @may_be(days=st.integers(28, 40))
    def nobody_syncs_for_a_month(self, days: int) -> None:
        self.account.advance(days * DAY)

    @may_be(seconds=st.sampled_from((180, 600, 60, 0)), rows=st.sampled_from((0, 0, 90, 600)))
    def what_happens_is_seen_late(self, seconds: int, rows: int) -> None:
        self.account.late(seconds, rows=rows)

    # Syncs.

    @may_be()
    def the_account_rests_and_the_replica_is_right(self) -> None:
        assert self.replica.settle() == {}

    @may_be(workers=st.sampled_from((1, 2, 8)), days=st.sampled_from((1, 7, 365)), after=Soon, ahead=Ahead)
    def a_sync(self, workers: int, days: int, after: int, ahead: int) -> None:
        self.account.advance(after)
        assert self.replica.sync(num_workers=workers, slice_range=days, ahead_seconds=ahead).error == ""

    @may_be(kind=st.sampled_from(TOLD), which=Which, after=Soon)
    def a_sync_follows_close_on_a_change(self, kind: str, which: int, after: int) -> None:
        self.account.late(180)
        thing = self._unused(kind, which)
        self.account.update(thing["id"], object=kind, metadata={"at": str(self.account.now)})
        self.account.advance(after)
        assert self.replica.sync().error == ""

    @may_be(names=st.lists(st.sampled_from(sorted(STREAMS)), min_size=1, max_size=40, unique=True))
    def a_sync_of_some_streams(self, names: list[str]) -> None:
        assert self.replica.sync([STREAMS[name] for name in names]).error == ""

    @may_be(messages=st.integers(0, 250), workers=st.sampled_from((1, 4)), both=st.booleans())
    def a_sync_is_killed(self, messages: int, workers: int, both: bool) -> None:
        self.replica.sync(at_most=messages, num_workers=workers, unvouched_are_lost=both)

    @may_be(states=st.integers(1, 150), workers=st.sampled_from((1, 4)), both=st.booleans(), ahead=Ahead)
    def a_sync_is_killed_after_a_state(self, states: int, workers: int, both: bool, ahead: int) -> None:
        self.replica.sync(
            states_at_most=states, num_workers=workers, unvouched_are_lost=both, time=Hurried(), ahead_seconds=ahead
        )

    @may_be(live=st.booleans())
    def the_key_is_swapped(self, live: bool) -> None:
        self.replica.sync_with_the_key_of_another(live=live)

    @may_be(requests=st.integers(0, 60), workers=st.sampled_from((1, 4)), lost=st.booleans())
    def the_connection_breaks(self, requests: int, workers: int, lost: bool) -> None:
        self.replica.sync(trouble=troubles.broken_after(requests), num_workers=workers, unvouched_are_lost=lost)

    @may_be(rate=st.sampled_from((0.1, 0.5)), faults=st.integers(0, 9))
    def stripe_is_not_well(self, rate: float, faults: int) -> None:
        self.replica.sync(trouble=troubles.unwell(rate, faults), num_workers=1)

    @may_be(workers=st.sampled_from((1, 8)))
    def lists_are_cut_off(self, workers: int) -> None:
        assert self.replica.sync(trouble=troubles.lists_cut_off(131_072), num_workers=workers).error == ""

    @may_be(most=st.sampled_from((50, 30, 1)))
    def large_pages_fail(self, most: int) -> None:
        assert self.replica.sync(trouble=troubles.large_pages_that_fail(most)).error == ""

    @may_be(path=st.sampled_from(LISTS))
    def one_address_is_refused(self, path: str) -> None:
        self.replica.sync(trouble=troubles.refused(path))

    @may_be(kind=st.sampled_from(INSIDE), after=Soon)
    def a_key_may_not_see_something_inside_others(self, kind: str, after: int) -> None:
        """Which costs no stream that does not need it."""
        self.account.advance(after)
        synced = self.replica.sync(trouble=troubles.not_permitted(kind))
        assert synced.errors.keys() <= troubles.may_need(kind)

    @may_be(path=st.sampled_from((troubles.EVENTS, *LISTS)))
    def a_key_has_no_permission_for_a_while(self, path: str) -> None:
        synced = self.replica.sync(trouble=troubles.not_permitted(path))
        assert all("may not read" in said for errors in synced.errors.values() for said in errors)

    @may_be(luck=st.integers(0, 99), after=Soon)
    def there_are_malformed_events(self, luck: int, after: int) -> None:
        """Which are rows of one stream, and tell the others nothing."""
        self.account.advance(after)
        assert self.replica.sync(trouble=troubles.malformed_events(luck)).errors.keys() <= {"events"}

    @may_be(path=st.sampled_from(PAGED))
    def a_list_says_that_it_goes_on_and_does_not(self, path: str) -> None:
        assert self.replica.sync(trouble=troubles.list_that_seems_to_go_on(path)).error == ""

    @may_be(path=st.sampled_from(LISTS))
    def a_list_begins_again_after_its_end(self, path: str) -> None:
        self.replica.sync(trouble=troubles.list_that_begins_again(path))

    @may_be(rate=st.sampled_from((0.1, 0.9)), luck=st.integers(0, 99))
    def objects_are_answered_otherwise(self, rate: float, luck: int) -> None:
        self.replica.sync(trouble=troubles.objects_answered_otherwise(rate, luck), num_workers=1)

    @may_be(name=st.sampled_from(sorted(STREAMS)))
    def a_stream_is_reset(self, name: str) -> None:
        """Which is nothing where it is not replicated."""
        self.replica.reset(STREAMS[name])

    def teardown(self) -> None:
        error = sys.exc_info()[1]
        if error is None:
            self.end()
        elif isinstance(error, Exception):
            History.last = tuple(self.steps)

    def end(self) -> None:
        """Every history ends at rest, and is made of what Stripe tells of."""
        History.last = tuple(self.steps)
        self.the_account_rests_and_the_replica_is_right()
        assert {kind for kind, _ in self.account.unannounced} <= RELISTED
        Replica.tally["histories"] += 1
