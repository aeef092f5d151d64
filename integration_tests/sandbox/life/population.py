"""Accounts with something in them: many objects of a kind, or a whole past."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from integration_tests.sandbox.life import life
from integration_tests.sandbox.objects.registry import RESOURCES
from integration_tests.sandbox.world.birth import DAY_SECONDS
from integration_tests.sandbox.world.stored import Stored

if TYPE_CHECKING:
    from integration_tests.sandbox.account.account import Account

SPREAD_SECONDS = 2 * 365 * DAY_SECONDS
CHILDREN_PER_OWNER = 4
CHANGES_PER_CUSTOMER = 44


def spread(
    account: Account, object: str, count: int, between: tuple[int, int] | None, fields: dict[str, Any]
) -> list[Stored]:
    """New objects at random seconds, a third of them sharing theirs with another; a few owners between them."""
    first, last = between or (account.now - SPREAD_SECONDS, account.now)
    distinct = [account.rng.randint(first, last) for _ in range(max(1, count * 2 // 3))]
    stamps = sorted(distinct[:count] + account.rng.choices(distinct, k=max(0, count - len(distinct))))
    row = RESOURCES[object]
    owners: list[str] = []
    owner_name = row.owner_field or "owner"
    if row.owner and owner_name not in fields and not (row.alone and object != "payment_method"):
        with account.at(first):
            owners = [account.bear(row.owner, {}).key[1] for _ in range(max(1, count // CHILDREN_PER_OWNER))]
    born = []
    for stamp in stamps:
        with account.at(stamp):
            given = {**fields, owner_name: account.rng.choice(owners)} if owners else dict(fields)
            born.append(account.bear(object, given))
    return born


def lived(account: Account, customers: int, seconds: int) -> None:
    """A past of so many seconds up to the present."""
    present = account.now
    with account.at(present - seconds):
        life.found(account)
        life.once(account)
        for left in range(customers, 0, -1):
            account.bear("customer", {})
            life.live(account, max(0, present - account.now) // left, CHANGES_PER_CUSTOMER, silent=True)
        account.now = present
        life.completed(account)
