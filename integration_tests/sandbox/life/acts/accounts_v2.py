"""Accounts v2: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act
from integration_tests.sandbox.objects.accounts_v2 import ACCOUNT, PERSON
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World


def _moves(world: World, account: Stored) -> None:
    world.change(account, {"identity": {**account.body["identity"], "country": world.rng.choice(("us", "gb", "de"))}})


def _takes_cards(world: World, account: Stored) -> None:
    merchant = {**account.body["configuration"]["merchant"], "applied": True, "mcc": str(world.rng.randrange(1, 9999))}
    world.change(account, {"configuration": {**account.body["configuration"], "merchant": merchant}})


ACTS = (
    Act(1, deeds.new(ACCOUNT)),
    Act(1, deeds.edit(ACCOUNT)),
    Act(1, deeds.on(ACCOUNT, _moves)),
    Act(1, deeds.on(ACCOUNT, _takes_cards)),
    Act(1, deeds.become(ACCOUNT, False, True, "closed")),
    Act(1, deeds.new_under(PERSON, ACCOUNT, "account", closed=False)),
    Act(1, deeds.new_under(PERSON, ACCOUNT, "account", closed=False)),
    Act(1, deeds.edit(PERSON)),
    Act(1, deeds.remove(PERSON, spare=1)),
)
