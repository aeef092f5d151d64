"""Financial Connections: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act
from integration_tests.sandbox.objects.financial_connections import refreshed
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World

_ACCOUNT = "financial_connections.account"
_OWNER, _TRANSACTION = "financial_connections.account_owner", "financial_connections.transaction"


def _refreshes_balance(world: World, account: Stored) -> None:
    amount = {"usd": world.rng.randrange(1_000_000)}
    balance = {"as_of": world.now, "cash": {"available": amount}, "current": amount, "type": "cash"}
    fields = {"balance": balance, "balance_refresh": refreshed(world.now)}
    world.change(account, fields, (f"{_ACCOUNT}.refreshed_balance",))


def _refreshes_ownership(world: World, account: Stored) -> None:
    """Its owners are told anew, as another ownership."""
    for _ in range(world.rng.choice((1, 2, 2))):
        world.bear(_OWNER, {"owner": account.key[1]})


def _refreshes_transactions(world: World, account: Stored) -> None:
    """New ones come, and one that was there is void."""
    for _ in range(world.rng.choice((1, 2, 3))):
        refresh = world.bear(_TRANSACTION, {"account": account.key[1]}).body["transaction_refresh"]
    for known in world.store.owned(_TRANSACTION, account.key[1])[-1:]:
        void = {"status": "void", "status_transitions": {"posted_at": None, "void_at": world.now}}
        world.change(known, {**void, "transaction_refresh": refresh, "updated": world.now})


def _supports_otherwise(world: World, account: Stored) -> None:
    types = [] if account.body["supported_payment_method_types"] else ["us_bank_account"]
    event = f"{_ACCOUNT}.supported_payment_method_types_updated"
    world.change(account, {"supported_payment_method_types": types}, (event,))


def _is_subscribed_to(world: World, account: Stored) -> None:
    world.change(account, {"subscriptions": [] if account.body["subscriptions"] else ["transactions"]})


ACTS = (
    Act(1, deeds.new(_ACCOUNT)),
    Act(1, deeds.new(_ACCOUNT)),
    Act(1, deeds.on(_ACCOUNT, _refreshes_balance, status="active")),
    Act(1, deeds.on(_ACCOUNT, _refreshes_ownership, status="active")),
    Act(1, deeds.on(_ACCOUNT, _refreshes_transactions, status="active")),
    Act(1, deeds.on(_ACCOUNT, _supports_otherwise, status="active")),
    Act(1, deeds.on(_ACCOUNT, _is_subscribed_to, status="active"), silent=True),
    Act(1, deeds.become(_ACCOUNT, "active", "inactive")),
    Act(1, deeds.become(_ACCOUNT, "inactive", "active")),
    Act(1, deeds.become(_ACCOUNT, "active", "disconnected")),
)
