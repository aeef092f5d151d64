"""Discounts: what merchants do with them."""

from __future__ import annotations

from integration_tests.sandbox.account.ledger import Ledger
from integration_tests.sandbox.effects import discounts
from integration_tests.sandbox.life.choosing import customer as any_customer
from integration_tests.sandbox.life.choosing import some
from integration_tests.sandbox.life.deeds import Deed
from integration_tests.sandbox.world.stored import Stored


def _is(ledger: Ledger, stored: Stored | None, owner: str, having: dict[str, object]) -> bool:
    """Whether an object, or what it is a part of, is as it must be."""
    if stored is not None and owner:
        stored = ledger.store.get(owner, stored.owner or "")
    return stored is not None and all(stored.body.get(name) == value for name, value in having.items())


def put_on(object: str, owner: str = "", /, **having: object) -> Deed:
    """A coupon for something that has none."""

    def deed(ledger: Ledger) -> bool:
        stored = some(ledger, object, discounts=[])
        if stored is None or not _is(ledger, stored, owner, having):
            return False
        ledger.change(stored, {"discounts": discounts.put_on(ledger, stored, 1)})
        return True

    return deed


def take_off(object: str, owner: str = "", /, **having: object) -> Deed:
    """A discount goes, one of the latest of its kind."""

    def deed(ledger: Ledger) -> bool:
        for place in ledger.store.shelf("discount").older(None):
            discount = ledger.store.stored[place[2], place[3]]
            on = discounts.holder(ledger, discount)
            if on is not None and on.place[2] == object and _is(ledger, on, owner, having):
                ledger.drop(discount)
                return True
        return False

    return deed


def coupon_for_customer(ledger: Ledger) -> bool:
    """A customer gets a coupon, or another one in place of the one it has."""
    ledger.bear("discount", {"customer": any_customer(ledger)})
    return True


def discounted_invoice_item(ledger: Ledger) -> bool:
    ledger.bear("invoiceitem", {"customer": any_customer(ledger), "discounts": 1})
    return True
