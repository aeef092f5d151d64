"""Who buys: customers that try a plan, subscribe, add seats, change plans, are late, and go."""

from __future__ import annotations

from datetime import UTC, datetime

from integration_tests.sandbox.business import offers
from integration_tests.sandbox.business.billing import Billing
from integration_tests.sandbox.business.books import month_of, months_later
from integration_tests.sandbox.business.company import Company
from integration_tests.sandbox.business.offers import Plan
from integration_tests.sandbox.business.payments import Payments
from integration_tests.sandbox.business.subscriber import Subscriber
from integration_tests.sandbox.world.facts import DAY_SECONDS
from integration_tests.sandbox.world.stored import Stored

ONLY_LOOKS, CONVERTS, YEARLY, FORGOTTEN = 0.08, 0.66, 0.12, 0.12
MORE_SEATS, FEWER_SEATS, NEXT_PLAN = 0.07, 0.02, 0.03
BY_INVOICE = (0.0, 0.12, 0.6)
"""Who of each plan is sent invoices, and pays when someone gets to it."""
LAST_DAY = 28
"""The last that every month has; who would be billed later is billed on the first of the next."""


class Subscribers:
    """Lets customers come, and each go its way."""

    def __init__(self, business: Company, payments: Payments) -> None:
        self._business = business
        self._billing = Billing(business, payments, self.goes)

    def comes(self) -> None:
        business, chance = self._business, self._business.chance
        first, last = chance.choice(offers.FIRST_NAMES), chance.choice(offers.LAST_NAMES)
        name = f"{chance.choice(offers.PLACES)} {chance.choice(offers.TRADES)}"
        email = f"{first}.{last}@{name.lower().replace(' ', '-')}.example".lower()
        customer = business.bear("customer", {"name": name, "email": email, "description": f"{first} {last}"})
        if business.happens(ONLY_LOOKS):
            business.later(business.within(30, 90), lambda: self._forgotten(customer))
            return
        card = {"email": email, "name": f"{first} {last}", "phone": None}
        method = business.bear("payment_method", {"customer": customer.key[1]})
        method.body = {**method.body, "billing_details": {**method.body["billing_details"], **card}, "metadata": {}}
        (plan,) = chance.choices(offers.PLANS, [one.share for one in offers.PLANS])
        self._tries(customer, plan, chance.randint(*plan.seats))

    def goes(self, subscriber: Subscriber, reason: str) -> None:
        """A subscription ends now."""
        business = self._business
        details = {"comment": None, "feedback": None, "reason": reason}
        business.change(subscriber.subscription, {"status": "canceled", "cancellation_details": details})
        business.books.ended[month_of(business.now)] += 1
        business.books.pays(subscriber.customer.key[1], business.now, 0)

    def _tries(self, customer: Stored, plan: Plan, seats: int) -> None:
        business = self._business
        interval = "year" if plan.yearly and business.happens(YEARLY) else "month"
        end = _billable(business.now + offers.TRIAL_DAYS * DAY_SECONDS)
        subscription, item = self._billing.subscribed(customer, plan, interval, seats, end)
        subscriber = Subscriber(customer, subscription, item, plan, interval, seats, business.now, end)
        subscriber.by_invoice = business.happens(BY_INVOICE[offers.PLANS.index(plan)])
        self._billing.trial(subscriber)
        for coupon in offers.COUPONS:
            if subscriber.coupon is None and business.happens(coupon.share):
                subscriber.coupon = coupon
        business.later(end, lambda: self._decides(subscriber))

    def _decides(self, subscriber: Subscriber) -> None:
        """The trial is over."""
        business = self._business
        if not business.happens(CONVERTS):
            self.goes(subscriber, "cancellation_requested")
            if business.happens(FORGOTTEN):
                business.later(business.within(10, 60), lambda: self._forgotten(subscriber.customer))
            return
        business.change(subscriber.subscription, {"status": "active"})
        if subscriber.coupon:
            self._billing.discounted(subscriber, subscriber.coupon)
        self._renews(subscriber)
        if subscriber.by_invoice and subscriber.plan is offers.PLANS[-1]:
            self._billing.workshop(subscriber)

    def _renews(self, subscriber: Subscriber) -> None:
        """The time that was paid for is over: it goes, or it is billed for the next."""
        if not subscriber.living:
            return
        if subscriber.subscription.body["cancel_at_period_end"]:
            self.goes(subscriber, "cancellation_requested")
            return
        self._billing.renewed(subscriber)
        business, end = self._business, subscriber.end
        business.later(end, lambda: self._renews(subscriber))
        for month in range(subscriber.months):
            self._plans_ahead(subscriber, months_later(subscriber.start, month))

    def _plans_ahead(self, subscriber: Subscriber, month: int) -> None:
        """What the next month will bring, at most one thing."""
        business, days = self._business, (month - self._business.now) / DAY_SECONDS
        at = business.within(days + 2, days + 24)
        if business.happens(subscriber.plan.churn):
            business.later(at, lambda: self._gives_notice(subscriber))
        elif business.happens(NEXT_PLAN) and subscriber.plan is not offers.PLANS[-1] and subscriber.months == 1:
            plan = offers.PLANS[offers.PLANS.index(subscriber.plan) + 1]
            seats = max(subscriber.seats, plan.seats[0])
            business.later(at, lambda: self._billing.changed(subscriber, plan, seats))
        elif business.happens(MORE_SEATS) and subscriber.plan.seats[1] > 1:
            more = business.chance.randint(1, 4)
            business.later(at, lambda: self._billing.changed(subscriber, subscriber.plan, subscriber.seats + more))
        elif business.happens(FEWER_SEATS) and subscriber.seats > subscriber.plan.seats[0]:
            subscriber.fewer = 1

    def _gives_notice(self, subscriber: Subscriber) -> None:
        if subscriber.living:
            self._business.change(subscriber.subscription, {"cancel_at_period_end": True})

    def _forgotten(self, customer: Stored) -> None:
        """Someone wants to be deleted."""
        if self._business.store.get(*customer.key) is not None:
            self._business.drop(customer)


def _billable(stamp: int) -> int:
    """The same time, or the first of the next month if not every month has the day."""
    while datetime.fromtimestamp(stamp, UTC).day > LAST_DAY:
        stamp += DAY_SECONDS
    return stamp
