"""Financial Connections: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import DAY_SECONDS, Json
from integration_tests.sandbox.world.resource import Resource, plain, turns
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World

_EVENT = "financial_connections.account"


def refreshed(now: int, **fields: object) -> Json:
    """How a refresh ended."""
    attempt = {"last_attempted_at": now, "next_refresh_available_at": now + DAY_SECONDS, "status": "succeeded"}
    return {**attempt, **fields}


def _account(birth: Birth) -> Json:
    customer = birth.world.any("customer") if "account_holder" not in birth.given else ""
    return {
        "account_holder": {"customer": customer, "type": "customer"},
        "last4": f"{birth.rng.randrange(10_000):04}",
        "permissions": ["ownership", "transactions"],
    }


def _refreshed_now(birth: Birth, refresh: str) -> bool:
    """What comes in the second of a refresh is part of it."""
    shown = birth.whole[refresh]
    return shown is not None and shown["last_attempted_at"] == birth.now


def _owner(birth: Birth) -> Json:
    just_now = _refreshed_now(birth, "ownership_refresh")
    ownership = birth.whole["ownership"] if just_now else f"fcaowns_{birth.world.letters(24)}"
    return {"ownership": ownership, "refreshed_at": birth.now, "email": f"{birth.id[-6:].lower()}@example.com"}


def _owner_came(world: World, owner: Stored) -> None:
    """An account's owners are known once its ownership has been refreshed, which gives that a new id."""
    account = world.stored(_EVENT, owner.owner or "")
    fields = {"ownership": owner.body["ownership"], "ownership_refresh": refreshed(world.now)}
    if account.body["ownership"] != owner.body["ownership"]:
        for other in world.store.owned(owner.place[2], account.place[3]):
            if other is not owner:
                world.drop(other)
        world.change(account, fields, (f"{_EVENT}.refreshed_ownership",))


def _transaction(birth: Birth) -> Json:
    just_now = _refreshed_now(birth, "transaction_refresh")
    refresh = birth.whole["transaction_refresh"]["id"] if just_now else f"fctxnref_{birth.world.letters(24)}"
    return {
        "amount": birth.rng.randrange(-50_000, 50_000),
        "transacted_at": birth.now - birth.rng.randrange(DAY_SECONDS, 5 * DAY_SECONDS),
        "transaction_refresh": refresh,
        "updated": birth.now,
    }


def _transaction_came(world: World, transaction: Stored) -> None:
    account, refresh = world.stored(_EVENT, transaction.body["account"]), transaction.body["transaction_refresh"]
    shown = account.body["transaction_refresh"]
    if shown is None or shown["id"] != refresh:
        fields = {"transaction_refresh": refreshed(world.now, id=refresh)}
        world.change(account, fields, (f"{_EVENT}.refreshed_transactions",))


ROWS = (
    Resource(
        _EVENT,
        "fca_",
        (f"{_EVENT}.created",),
        turns=turns(
            "status",
            active=f"{_EVENT}.reactivated",
            inactive=f"{_EVENT}.deactivated",
            disconnected=f"{_EVENT}.disconnected",
        ),
        plain=plain("balance balance_refresh ownership ownership_refresh transaction_refresh"),
        fill=_account,
        followers={
            "owners": ("financial_connections.account_owner",),
            "transactions": ("financial_connections.transaction",),
        },
    ),
    Resource(
        "financial_connections.account_owner",
        "fcaown_",
        owner=_EVENT,
        stamp=None,
        fill=_owner,
        came=_owner_came,
    ),
    Resource(
        "financial_connections.transaction",
        "fctxn_",
        owner=_EVENT,
        owner_field="account",
        stamp=None,
        fill=_transaction,
        came=_transaction_came,
        told_by_owner=True,
    ),
)
