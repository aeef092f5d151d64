"""What an account holds, whatever lists of it are asked for: all that the API can be made to show."""

from __future__ import annotations

from collections.abc import Iterator

from integration_tests.sandbox.account.ledger import EVENT_DAYS, Ledger
from integration_tests.sandbox.objects.registry import RESOURCES
from integration_tests.sandbox.world.facts import DAY_SECONDS
from integration_tests.sandbox.world.resource import on_a_test_clock
from integration_tests.sandbox.world.stored import Stored


def shown(ledger: Ledger, kind: str) -> Iterator[Stored]:
    """The objects of a kind that lists show by now, newest first, without those on test clocks."""
    for place in ledger.store.shelf(RESOURCES[kind].shelved).older(None):
        stored = ledger.store.stored[place[2], place[3]]
        if place[2] == kind and _is_there(ledger, stored):
            yield stored


def living(ledger: Ledger, kind: str) -> Iterator[Stored]:
    """Those of them that are not over."""
    return (stored for stored in shown(ledger, kind) if not RESOURCES[kind].has_ended(stored.body))


def _is_there(ledger: Ledger, stored: Stored) -> bool:
    kind, row = stored.place[2], RESOURCES[stored.place[2]]
    if kind in ("event", "v2.core.event"):
        foreign = not ledger.sees_all_events and stored.body.get("account") not in (None, ledger.id)
        kept = stored.place[0] >= ledger.now - EVENT_DAYS * DAY_SECONDS
        return kept and not foreign and ledger.visible(stored.place[3])
    holder = ledger.store.holder(kind, stored.owner)
    own = holder is None or holder.place[3] == ledger.id
    return (
        ledger.listed(stored)
        and row.is_shown(stored.body)
        and not _is_on_a_test_clock(ledger, stored)
        and (own or holder is None or row.may_be_read(holder.place[2], holder.body))
    )


def _is_on_a_test_clock(ledger: Ledger, stored: Stored) -> bool:
    """Whether an object is, or what it stands under."""
    if on_a_test_clock(stored.body):
        return True
    holder = ledger.store.holder(stored.place[2], stored.owner)
    return holder is not None and _is_on_a_test_clock(ledger, holder)
