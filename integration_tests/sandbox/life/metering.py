"""Usage-based billing: what merchants and their customers do."""

from __future__ import annotations

from integration_tests.sandbox.effects import billing_credits
from integration_tests.sandbox.life.choosing import customer, some
from integration_tests.sandbox.world.facts import DAY_SECONDS, FIXTURES
from integration_tests.sandbox.world.usage import MOST_DAYS_LATE
from integration_tests.sandbox.world.world import World


def metered_price(world: World) -> bool:
    """A price of what one uses, not of what one orders."""
    _metered(world)
    return True


def subscribe(world: World) -> bool:
    """A customer subscribes to something, and to what it will use besides."""
    subscription = world.bear("subscription", {"customer": customer(world)}).key[1]
    world.bear("subscription_item", {"subscription": subscription, "price": _metered(world)})
    return True


def use(world: World) -> bool:
    """A customer uses what it subscribed to, which is reported at once or late."""
    places = world.store.shelf("subscription_item").places
    start = world.rng.randrange(len(places)) if places else 0
    for place in (*places[start:], *places[:start]):
        item = world.store.stored[place[2], place[3]]
        meter = _meter_of(world, item.body["price"])
        if meter is not None:
            user = world.body("subscription", item.owner or "")["customer"]
            late = world.rng.choice((0, 0, world.rng.randrange(MOST_DAYS_LATE * DAY_SECONDS)))
            world.use(meter, user, world.rng.randrange(1, 50), world.now - late)
            return True
    return False


def apply_credit(world: World) -> bool:
    """An invoice takes from what a customer was granted."""
    grant = some(world, "billing.credit_grant", voided_at=None)
    most = billing_credits.left(world, grant) if grant is not None else 0
    if grant is None or not most:
        return False
    invoice = world.bear("invoice", {"customer": grant.body["customer"]})
    (line,) = world.store.owned("line_item", invoice.key[1])
    given = billing_credits.taken(grant, world.rng.randint(1, most), "credits_applied", line)
    world.bear("billing.credit_balance_transaction", given)
    return True


def void_credit(world: World) -> bool:
    grant = some(world, "billing.credit_grant", voided_at=None)
    if grant is None:
        return False
    world.change(grant, {"voided_at": world.now})
    return True


def _metered(world: World) -> str:
    metered = {"usage_type": "metered", "meter": world.any("billing.meter")}
    return world.bear("price", {"recurring": FIXTURES["price"]["recurring"] | metered}).key[1]


def _meter_of(world: World, price: str) -> str | None:
    found = world.store.get("price", price)
    recurring = found.body["recurring"] if found is not None else None
    meter: str | None = recurring["meter"] if recurring is not None else None
    return meter
