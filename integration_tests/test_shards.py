"""A sync that is divided is the sync undivided: its records, its states, its requests, and no faster."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from integration_tests.dividing import Company, counted, founded, records_of, shards_of
from integration_tests.vocabulary import BY_NAME, CATALOG, DAY, HOUR, Sandbox, settled
from source_stripe.declaration.resource import Resource

ALL: dict[str, Any] = {"connected_accounts": ["all"]}


def _streams(names: str) -> list[Resource]:
    return [BY_NAME[name] for name in names.split()]


SOME = _streams(
    "customers charges balance balance_transactions products coupons country_specs accounts persons capabilities "
    "external_account_cards"
)
"""Of each scope."""
MORE = SOME + _streams(
    "payouts payout_balance_transactions refunds disputes events files invoices invoice_items invoice_line_items "
    "subscriptions subscription_items discounts prices payment_intents setup_intents setup_attempts tax_codes"
)


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


@pytest.mark.parametrize("shards", [1, 2, 8])
def test_an_account_that_is_divided_by_streams_delivers_what_one_run_does(shards: int, tmp_path: Path) -> None:
    stripe = settled(customers=15, seed=7)
    company = Company(stripe, tmp_path, CATALOG if shards == 8 else MORE)
    whole, states = company.whole()
    plan = company.plan(shards)
    assert len(shards_of(plan)) == shards
    company.run(plan, killed="000", after=12)
    assert counted(records_of(plan)).keys() == counted(whole).keys()
    merged = company.merge(plan)
    stripe.account.live(3 * DAY, 80, silent=False)
    stripe.account.advance(HOUR)
    later, later_states = company.whole(states)
    assert counted(company.whole(merged)[0]) == counted(later)
    again = company.plan(shards, states=merged)
    company.run(again, killed=f"{shards - 1:03d}", after=3)
    assert counted(records_of(again)).keys() == counted(later).keys()
    merged = company.merge(again)
    stripe.account.live(DAY, 20, silent=False)
    stripe.account.advance(2 * HOUR)
    assert counted(company.whole(merged)[0]) == counted(company.whole(later_states)[0])


def _asked(company: Company) -> Counter[tuple[str | None, str]]:
    """How often each address was asked for, for which account, since the last time."""
    found = Counter((line.account or line.context, line.path) for line in company.stripe.log)
    company.stripe.log.clear()
    return found


@pytest.mark.parametrize("shards", [2, 3, 8])
def test_what_is_divided_by_accounts_sends_no_request_more_but_whose_key_it_is_and_a_page_of_accounts_for_each_shard(
    shards: int, tmp_path: Path
) -> None:
    made = founded(12, changes=15)
    company = Company(Sandbox(made), tmp_path, MORE, **ALL)
    states = merged = None
    for later in (False, True):
        if later:
            made.live(DAY, 20, silent=False)
            for other in list(made.connected.values())[:4]:
                other.live(0, 20, silent=False)
            made.advance(HOUR)
        company.stripe.log.clear()
        _, states = company.whole(states)
        whole = _asked(company)
        plan = company.plan(shards, states=merged)
        company.run(plan)
        more = {(None, "/v1/account"): shards, (None, "/v1/accounts"): shards}
        assert _asked(company) == whole + Counter(more)
        merged = company.merge(plan)
