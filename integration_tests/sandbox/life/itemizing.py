"""What is sold in payment links, quotes and payments, item by item: what merchants do with it."""

from __future__ import annotations

from integration_tests.sandbox.account.ledger import Ledger
from integration_tests.sandbox.life.choosing import customer, some
from integration_tests.sandbox.life.deeds import Deed


def link(ledger: Ledger) -> bool:
    ledger.bear("payment_link", {"line_items": ledger.rng.choice((1, 2, 12))})
    return True


def quote(ledger: Ledger) -> bool:
    ledger.bear("quote", {"customer": customer(ledger), "line_items": ledger.rng.choice((1, 3, 12))})
    return True


def itemized_payment(ledger: Ledger) -> bool:
    ledger.bear("payment_intent", {"customer": customer(ledger), "line_items": ledger.rng.choice((1, 2, 12))})
    return True


def item_requantified(object: str, **having: object) -> Deed:
    """Of something that is sold in it there is more."""

    def deed(ledger: Ledger) -> bool:
        holder = some(ledger, object, **having)
        items = ledger.store.owned("item", holder.key[1]) if holder is not None else []
        if not items:
            return False
        item = ledger.rng.choice(items)
        quantity = item.body["quantity"]
        total = item.body["amount_total"] // quantity * (quantity + 1)
        ledger.change(item, {"quantity": quantity + 1, "amount_subtotal": total, "amount_total": total})
        return True

    return deed


def item_removed(object: str, **having: object) -> Deed:
    def deed(ledger: Ledger) -> bool:
        holder = some(ledger, object, **having)
        items = ledger.store.owned("item", holder.key[1]) if holder is not None else []
        if len(items) < 2:
            return False
        ledger.drop(ledger.rng.choice(items))
        return True

    return deed
