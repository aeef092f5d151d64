"""Usage-based billing: what merchants and their customers do."""

from __future__ import annotations

from integration_tests.sandbox.account.ledger import Ledger
from integration_tests.sandbox.effects import billing_credits
from integration_tests.sandbox.life.choosing import customer, some
from integration_tests.sandbox.world.birth import DAY_SECONDS
from integration_tests.sandbox.world.facts import FIXTURES
from integration_tests.sandbox.world.usage import MOST_DAYS_LATE


def metered_price(ledger: Ledger) -> bool:
    """A price of what one uses, not of what one orders."""
    _metered(ledger)
    return True


def subscribe(ledger: Ledger) -> bool:
    """A customer subscribes to something, and to what it will use besides."""
    subscription = ledger.bear("subscription", {"customer": customer(ledger)}).key[1]
    ledger.bear("subscription_item", {"subscription": subscription, "price": _metered(ledger)})
    return True


def use(ledger: Ledger) -> bool:
    """A customer uses what it subscribed to, which is reported at once or late."""
    places = ledger.store.shelf("subscription_item").places
    start = ledger.rng.randrange(len(places)) if places else 0
    for place in (*places[start:], *places[:start]):
        item = ledger.store.stored[place[2], place[3]]
        meter = _meter_of(ledger, item.body["price"])
        if meter is not None:
            user = ledger.body("subscription", item.owner or "")["customer"]
            late = ledger.rng.choice((0, 0, ledger.rng.randrange(MOST_DAYS_LATE * DAY_SECONDS)))
            ledger.use(meter, user, ledger.rng.randrange(1, 50), ledger.now - late)
            return True
    return False


def apply_credit(ledger: Ledger) -> bool:
    """An invoice takes from what a customer was granted."""
    grant = some(ledger, "billing.credit_grant", voided_at=None)
    most = billing_credits.left(ledger, grant) if grant is not None else 0
    if grant is None or not most:
        return False
    invoice = ledger.bear("invoice", {"customer": grant.body["customer"]})
    (line,) = ledger.store.owned("line_item", invoice.key[1])
    given = billing_credits.taken(grant, ledger.rng.randint(1, most), "credits_applied", line)
    ledger.bear("billing.credit_balance_transaction", given)
    return True


def void_credit(ledger: Ledger) -> bool:
    grant = some(ledger, "billing.credit_grant", voided_at=None)
    if grant is None:
        return False
    ledger.change(grant, {"voided_at": ledger.now})
    return True


def _metered(ledger: Ledger) -> str:
    metered = {"usage_type": "metered", "meter": ledger.any("billing.meter")}
    return ledger.bear("price", {"recurring": FIXTURES["price"]["recurring"] | metered}).key[1]


def _meter_of(ledger: Ledger, price: str) -> str | None:
    found = ledger.store.get("price", price)
    recurring = found.body["recurring"] if found is not None else None
    meter: str | None = recurring["meter"] if recurring is not None else None
    return meter
