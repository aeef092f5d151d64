"""A recurring price and the plan of the same id: two views of one thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from integration_tests.sandbox.objects.registry import TEMPLATES
from integration_tests.sandbox.world.stored import Stored

if TYPE_CHECKING:
    from integration_tests.sandbox.account.ledger import Ledger

_SHARED = ("id", "product", "currency", "active", "metadata", "nickname", "billing_scheme", "tiers_mode", "tiers")
_METERED = ("meter", "usage_type")


def twinned(twin: str, amount: str, twins_amount: str) -> Callable[[Ledger, Stored], None]:
    """What is made of one makes the other."""

    def made(ledger: Ledger, stored: Stored) -> None:
        body = stored.body
        if body.get("recurring", ...) is not None and ledger.store.get(twin, body["id"]) is None:
            common = {name: body[name] for name in _SHARED if name in body}
            metered = {name: body.get("recurring", body)[name] for name in _METERED}
            rhythm = {"recurring": {**TEMPLATES["price"]["recurring"], **metered}} if twin == "price" else metered
            ledger.bear(twin, {**common, **rhythm, twins_amount: body[amount]})

    return made


def twin_goes(twin: str) -> Callable[[Ledger, Stored], None]:
    """What deletes one deletes the other."""

    def goes(ledger: Ledger, stored: Stored) -> None:
        other = ledger.store.get(twin, stored.place[3])
        if other is not None:
            ledger.drop(other)

    return goes
