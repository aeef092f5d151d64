"""Connect: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act
from integration_tests.sandbox.objects.connect import CUSTOM, EXPRESS, STANDARD
from integration_tests.sandbox.world.stored import Stored
from integration_tests.sandbox.world.world import World


def _joins(world: World) -> bool:
    world.bear("account", {"type": world.rng.choice((CUSTOM, CUSTOM, EXPRESS, STANDARD))})
    return True


def _edits_itself(world: World) -> bool:
    world.change(world.stored("account", world.id), {"metadata": {"note": world.letters(6)}})
    return True


def _requests(world: World, account: Stored) -> None:
    world.bear("capability", {"account": account.key[1]})


ACTS = (
    Act(1, deeds.new("topup")),
    Act(1, deeds.edit("topup"), silent=True),
    Act(1, deeds.become("topup", "pending", "succeeded")),
    Act(1, deeds.become("topup", "pending", "failed")),
    Act(1, deeds.new("transfer")),
    Act(1, deeds.edit("transfer")),
    Act(2, deeds.reverse("transfer_reversal", "transfer", "transfer", "reversed")),
    Act(1, deeds.new("application_fee")),
    Act(2, deeds.reverse("fee_refund", "application_fee", "fee", "refunded")),
    Act(1, deeds.edit("fee_refund"), silent=True),
    Act(1, _joins),
    Act(1, deeds.remove("account", spare=1), silent=True),
    Act(1, deeds.new("account")),
    Act(1, deeds.edit("account")),
    Act(1, _edits_itself),
    Act(1, deeds.on("account", _requests)),
    Act(1, deeds.become("capability", "inactive", "active")),
    Act(1, deeds.new_under("person", "account", "account", type=CUSTOM)),
    Act(1, deeds.new_under("person", "account", "account", type=CUSTOM)),
    Act(1, deeds.remove("person", spare=1)),
    Act(1, deeds.edit("person")),
    Act(1, deeds.new_under("bank_account", "account", "account", type=CUSTOM)),
    Act(1, deeds.new_under("card", "account", "account", type=CUSTOM)),
)
