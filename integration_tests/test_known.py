"""What goes with its parent, without a word, is marked: however many there are, up to a bound that is said."""

from __future__ import annotations

import logging

import pytest

from integration_tests.story import Story, deleted
from integration_tests.troubles import untold
from integration_tests.vocabulary import CATALOG, DAY, HOUR, NOW, Account, Sandbox, settled, sync
from source_stripe.catalog.billing import customer_tax_ids
from source_stripe.declaration.origins import never
from source_stripe.declaration.resource import Resource
from source_stripe.state import known
from source_stripe.state.known import read_known

MANY = 20_000
VANISHING = [one for one in CATALOG if not one.members and one.parent and one.parent.children_vanish is not never]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    """What syncs say."""
    monkeypatch.setattr(logging.getLogger("airbyte"), "disabled", False)
    caplog.set_level(logging.WARNING, "airbyte")
    return caplog


def warnings(log: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in log.records if record.levelno == logging.WARNING]


def with_tax_ids(story: Story, count: int) -> list[tuple[str, str]]:
    """So many customers with a tax id each, and both ids, oldest first."""
    customers = story.account.has("customer", count, between=(NOW - 300 * DAY, NOW - DAY))
    oldest_first = sorted(customers, key=lambda customer: (customer["created"], customer["id"]))
    return [(one["id"], story.account.create("tax_id", customer=one["id"])["id"]) for one in oldest_first]


def test_of_very_many_customers_the_tax_ids_of_any_that_is_deleted_are_marked(log: pytest.LogCaptureFixture) -> None:
    story = Story(customer_tax_ids)
    owned = with_tax_ids(story, MANY)
    story.account.advance(HOUR)
    first = sync(story.stripe, [customer_tax_ids])
    assert len(first.records(customer_tax_ids)) == MANY
    assert len([message for message in first.messages if message.state]) <= 3
    untold("customer.tax_id.deleted")(story.stripe)
    gone = [owned[0], owned[MANY // 2], owned[-1]]
    for customer, _ in gone:
        story.account.delete(customer)
    story.account.advance(HOUR)
    second = sync(story.stripe, [customer_tax_ids], first.state)
    assert deleted(second.records(customer_tax_ids)) == second.ids(customer_tax_ids) == {tax_id for _, tax_id in gone}
    assert warnings(log) == []


def test_beyond_the_bound_the_tax_ids_of_the_newest_customers_are_marked_and_a_warning_says_so(
    log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "MOST_KNOWN", 200)
    story = Story(customer_tax_ids)
    owned = with_tax_ids(story, 350)
    story.sync()
    assert len(warnings(log)) == 1
    assert warnings(log)[0].startswith("customer_tax_ids: the rows of the newest customers are remembered")
    untold("customer.tax_id.deleted")(story.stripe)
    for customer, _ in (owned[0], owned[149], owned[150], owned[-1]):
        story.account.delete(customer)
    assert deleted(story.sync().records(customer_tax_ids)) == {owned[150][1], owned[-1][1]}
    assert len(warnings(log)) == 1


@pytest.fixture(scope="module")
def lively() -> Account:
    return settled(customers=40, seed=5).account


@pytest.mark.parametrize("resource", VANISHING, ids=lambda one: one.name)
def test_of_every_such_stream_the_children_of_the_newest_parents_are_known(
    lively: Account, resource: Resource, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert resource.parent
    every = read_known(sync(Sandbox(lively), [resource]).position(resource).get("known", {}))
    assert warnings(log) == []
    count = sum(len(family.children) for family in every.values())
    assert count >= 2
    monkeypatch.setattr(known, "MOST_KNOWN", count // 2)
    monkeypatch.setattr(known, "MOST_READABLE", 0)
    some = read_known(sync(Sandbox(lively), [resource]).position(resource)["known"])
    born = {obj["id"]: obj["created"] for obj in lively.objects(resource.parent.object)}
    left = every.keys() - some.keys()
    assert left
    assert max(born[parent] for parent in left) <= min(born[parent] for parent in some)
    assert all(set(some[parent].children) == set(every[parent].children) for parent in some)
    assert len(warnings(log)) == 1
    assert warnings(log)[0].startswith(f"{resource.name}: ")
