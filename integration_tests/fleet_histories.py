"""Random histories of a platform with several accounts and of its syncs, after each of which the replica must be right:
`python -m integration_tests.fleet_histories --seed 1 --examples 100`; with `--killed 1000` first syncs of so many
accounts that are killed, and gone on with."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections import Counter
from random import Random
from typing import Any

from integration_tests import troubles
from integration_tests.many import Fleet, every, platform
from integration_tests.sandbox import Sandbox
from integration_tests.troubles import LISTS, Trouble
from integration_tests.vocabulary import CATALOG, DAY, HOUR, Hurried, Synced, blob
from source_stripe.catalog.core import charges, customers
from source_stripe.catalog.products import coupons, products
from source_stripe.declaration.resource import Scope

STEPS = 14
MAIN = [customers, charges, products, coupons]
FEW = 25
"""Streams of a history, beside those of the platform."""
REST_SECONDS = 900
PRODUCTS = ("/v1/issuing", "/v1/treasury", "/v1/subscriptions", "/v1/terminal")
"""What some accounts may not have enabled."""


class FleetHistory:
    """One platform, and what may happen to it; drawn from a seed."""

    def __init__(self, seed: int) -> None:
        self.luck = Random(seed)
        self.account = platform(self.luck.randrange(1, 6), seed=seed, changes=self.luck.choice((0, 5, 30)))
        streams = [one for one in CATALOG if one.scope is Scope.PLATFORM] + self.luck.sample(CATALOG, FEW)
        self.fleet = Fleet(self.account, [one for one in CATALOG if one in streams])
        self.lacking: dict[str, set[str]] = {}
        """What a product's addresses begin with, and the connected accounts that have not enabled it."""
        self.told: list[str] = []
        self.syncs: Counter[str] = Counter()

    def run(self) -> dict[str, list[str]]:
        """What is wrong at its end."""
        for _ in range(STEPS):
            step = self.luck.choice(STEPS_THERE_ARE)
            self.told.append(step.__name__)
            step(self)
        self.account.refusing.clear()
        self.lacking.clear()
        self.account.advance(REST_SECONDS)
        synced = self._sync(quiet_hours=0)
        return {"": [synced.error]} if synced.error else self.fleet.differences()

    # What may happen.

    def life_goes_on_somewhere(self) -> None:
        other = self.luck.choice([*every(self.account).values()])
        other.rng.seed(self.luck.randrange(10_000))
        other.live(0, self.luck.choice((1, 5, 25)), silent=False)

    def time_passes(self) -> None:
        self.account.advance(self.luck.choice((1, 30, 61, 170, 600, HOUR, 6 * HOUR, DAY)))

    def an_account_is_connected(self) -> None:
        other = self.account.connect()
        other.live(0, self.luck.choice((0, 10)), silent=False)

    def an_account_refuses_or_allows(self) -> None:
        other = self.luck.choice([*every(self.account)])
        if other != self.account.id:
            self.account.refusing ^= {other}

    def accounts_lack_a_product_or_enable_it(self) -> None:
        some = {*self.luck.sample([*self.account.connected], len(self.account.connected) // 2)}
        self.lacking = {} if self.lacking else {self.luck.choice(PRODUCTS): some}

    def what_happens_is_seen_late(self) -> None:
        for other in every(self.account).values():
            other.late(self.luck.choice((0, 180, 600)), rows=self.luck.choice((0, 0, 90)))

    def a_sync(self) -> None:
        synced = self._sync(quiet_hours=self.luck.choice((0, 24)), num_workers=self.luck.choice((1, 2, 8)))
        assert not synced.error or self.account.refusing, synced.error

    def a_sync_is_killed(self) -> None:
        self._sync(at_most=self.luck.randrange(250), num_workers=self.luck.choice((1, 4)))

    def a_sync_is_killed_after_a_state(self) -> None:
        self._sync(states_at_most=self.luck.randrange(1, 60), time=Hurried(0.2))

    def the_connection_breaks(self) -> None:
        self._sync(trouble=troubles.broken_after(self.luck.randrange(80)))

    def stripe_is_not_well(self) -> None:
        self._sync(trouble=troubles.unwell(self.luck.choice((0.1, 0.4)), self.luck.randrange(10)), num_workers=1)

    def one_address_is_refused(self) -> None:
        self._sync(trouble=troubles.refused(self.luck.choice(LISTS)))

    def events_may_not_be_read(self) -> None:
        self._sync(trouble=troubles.not_permitted(troubles.EVENTS))

    def some_streams_are_synced(self) -> None:
        count = self.luck.randrange(1, len(self.fleet.streams))
        self._sync(streams=self.luck.sample(self.fleet.streams, count))

    def _sync(self, trouble: Trouble | None = None, **options: Any) -> Synced:
        def both(stripe: Sandbox) -> None:
            for path, accounts in self.lacking.items():
                if accounts:
                    stripe.not_enabled(path, accounts)
            if trouble:
                trouble(stripe)

        synced = self.fleet.sync(both, **options)
        self.syncs["broken" if synced.error else "whole"] += 1
        return synced


STEPS_THERE_ARE = (
    *(FleetHistory.life_goes_on_somewhere,) * 4,
    *(FleetHistory.time_passes,) * 3,
    *(FleetHistory.a_sync,) * 3,
    FleetHistory.an_account_is_connected,
    FleetHistory.an_account_refuses_or_allows,
    FleetHistory.accounts_lack_a_product_or_enable_it,
    FleetHistory.what_happens_is_seen_late,
    FleetHistory.a_sync_is_killed,
    FleetHistory.a_sync_is_killed_after_a_state,
    FleetHistory.the_connection_breaks,
    FleetHistory.stripe_is_not_well,
    FleetHistory.one_address_is_refused,
    FleetHistory.events_may_not_be_read,
    FleetHistory.some_streams_are_synced,
)


def finished(fleet: Fleet) -> set[str]:
    """The accounts that every state says are read."""
    states: list[set[str]] = []
    for resource in fleet.streams:
        state = fleet.state.get(resource.name)
        block = blob(state).get("accounts", {"same": []}) if state else {"same": []}
        states.append({f"acct_{id}" for said, ids in block["same"] if "listing" not in said for id in ids.split()})
    return set.intersection(*states)


def killed_and_gone_on(fleet: Fleet, kill_after: int) -> tuple[int, dict[str, list[str]]]:
    """A first sync that is killed after so many messages, and another: how many accounts were finished before, and what
    is wrong after it."""
    fleet.sync(at_most=kill_after, time=Hurried(0.05))
    done = finished(fleet)
    synced = fleet.sync(time=Hurried(0.05))
    again = done & {one.account for one in fleet.log if one.path != "/v1/events"}
    wrong = {"": [synced.error]} if synced.error else fleet.differences()
    return len(done), wrong | ({"read again": sorted(again)} if again else {})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", type=int, default=100)
    parser.add_argument("--killed", type=int, default=0, metavar="ACCOUNTS", help="kill first syncs of so many instead")
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    if given.killed:
        return _killed(given.killed)
    began, syncs, wrong = time.monotonic(), Counter[str](), 0
    for number in range(given.seed * 100_000, given.seed * 100_000 + given.examples):
        history = FleetHistory(number)
        found = history.run()
        syncs += history.syncs
        if found:
            wrong += 1
            print(f"Seed {number}: {', '.join(history.told)}\n  {found}")
    print(
        f"{given.examples} histories, {syncs.total()} syncs ({syncs['broken']} of them broken), "
        f"{wrong} of them wrong, {time.monotonic() - began:.0f} s."
    )
    return 1 if wrong else 0


def _killed(accounts: int) -> int:
    made, worst = platform(accounts, changes=3), 0
    for share in (0.2, 0.5, 0.8):
        # Of each account about three messages come.
        done, wrong = killed_and_gone_on(Fleet(made, MAIN), int(3 * accounts * share))
        print(f"First sync of {accounts:,} accounts killed, {done:,} of them finished: {wrong or 'nothing wrong'}")
        worst |= bool(wrong)
    return worst


if __name__ == "__main__":
    sys.exit(main())
