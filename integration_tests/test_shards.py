"""A sync that is divided is the sync undivided: its records, its states, its requests, and no faster."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from integration_tests.dividing import Company, counted, founded, records_of, shards_of
from integration_tests.many import OF_ACCOUNTS
from integration_tests.vocabulary import CATALOG, DAY, HOUR, Sandbox, settled
from source_stripe.catalog.connect import accounts, capabilities, country_specs, external_account_cards, persons
from source_stripe.catalog.core import balance, balance_transactions, charges, customers
from source_stripe.catalog.products import coupons, products

ALL = {"connected_accounts": ["all"]}
SOME = [
    customers, charges, balance, balance_transactions, products, coupons, country_specs, accounts, persons, capabilities,
    external_account_cards,
]


@pytest.mark.parametrize("shards", [1, 2, 8])
def test_a_platform_that_is_divided_delivers_what_one_run_does_though_a_shard_is_killed(
    shards: int, tmp_path: Path
) -> None:
    made = founded(9, changes=25)
    company = Company(Sandbox(made), tmp_path, SOME, **ALL)
    whole, states = company.whole()
    plan = company.plan(shards)
    assert len(shards_of(plan)) == shards
    company.run(plan, killed=f"{shards - 1:03d}", after=9)
    divided = counted(records_of(plan))
    assert divided.keys() == counted(whole).keys()
    merged = company.merge(plan)

    made.live(3 * DAY, 40, silent=False)
    for other in list(made.connected.values())[:5]:
        other.live(0, 20, silent=False)
    made.advance(7)
    made.connect().live(0, 20, silent=False)
    made.advance(HOUR)
    later, later_states = company.whole(states)
    assert counted(company.whole(merged)[0]) == counted(later)
    again = company.plan(shards, states=merged)
    company.run(again, killed=f"{shards - 1:03d}", after=4)
    assert counted(records_of(again)).keys() == counted(later).keys()
    merged = company.merge(again)
    made.live(DAY, 20, silent=False)
    made.advance(2 * HOUR)
    assert counted(company.whole(merged)[0]) == counted(company.whole(later_states)[0])
