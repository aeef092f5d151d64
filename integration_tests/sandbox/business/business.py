"""An account that a software company uses: its customers come, pay, change their minds and go, and Stripe pays out.

The same seed and clock give the same account.
"""

from __future__ import annotations

from datetime import UTC, datetime

from integration_tests.sandbox.business import offers
from integration_tests.sandbox.business.company import Company
from integration_tests.sandbox.business.payments import Payments
from integration_tests.sandbox.business.subscribers import Subscribers
from integration_tests.sandbox.world.facts import DAY_SECONDS, FIXTURES

BEGAN = int(datetime(2026, 10, 12, 9, tzinfo=UTC).timestamp())
"""The end of the past that an account has unless another is said, so that everybody sees the same figures."""
WEEK_SECONDS = 7 * DAY_SECONDS
SIGN_UPS_A_DAY = 0.3
MORE_EACH_MONTH = 0.04


class Business(Company):
    """An account with a past of `months`. `books` is what the company itself knows of its money."""

    def __init__(self, now: int = BEGAN, seed: int = 7) -> None:
        super().__init__(now, seed)
        self._began = now
        self._payments = Payments(self)
        self._subscribers = Subscribers(self, self._payments)

    @classmethod
    def with_a_past(cls, now: int = BEGAN, seed: int = 7, months: int = 18) -> Business:
        """A company that opened so many months ago."""
        business = cls(now, seed)
        with business.at(now - months * 30 * DAY_SECONDS):
            business._open()
            business.goes_on(now)
        return business

    def live(self, seconds: int, changes: int = 0, *, silent: bool = True) -> None:
        """Goes on with its business for so long. What happens is for the calendar to say, not for `changes`."""
        with self.lock:
            self.goes_on(self.now + seconds)

    # --- inside ---

    def _open(self) -> None:
        """What there is before the first customer comes."""
        self._began = self.now
        itself = self.stored("account", self.id)
        profile = {**itself.body["business_profile"], "name": offers.COMPANY}
        shown = {**itself.body["settings"], "dashboard": {"display_name": offers.COMPANY, "timezone": "Etc/UTC"}}
        self.store.replace(itself, {**itself.body, "business_profile": profile, "settings": shown}, None)
        for plan in offers.PLANS:
            product = self.bear("product", {"name": f"{offers.COMPANY} {plan.name}", "description": None}).key[1]
            self._price(product, plan.name, "month", plan.monthly)
            if plan.yearly:
                self._price(product, plan.name, "year", plan.yearly)
        workshop = self.bear("product", {"name": "Onboarding workshop", "description": None}).key[1]
        given = {"product": workshop, "type": "one_time", "recurring": None, "nickname": "Onboarding workshop"}
        amount = {"unit_amount": offers.WORKSHOP, "unit_amount_decimal": str(offers.WORKSHOP)}
        self.prices["Workshop", ""] = self.bear("price", given | amount).body
        for coupon in offers.COUPONS:
            lasts = {"duration": "repeating", "duration_in_months": coupon.months} if coupon.months else {}
            said = {"id": coupon.id, "name": coupon.name, "percent_off": float(coupon.percent_off)}
            self.bear("coupon", {**said, "duration": "forever", **lasts})
        self.later(self.now + 600, self._someone_comes)
        monday = self.now - self.now % DAY_SECONDS + (7 - datetime.fromtimestamp(self.now, UTC).weekday()) * DAY_SECONDS
        self.later(monday, self._weekly)

    def _price(self, product: str, plan: str, interval: str, amount: int) -> None:
        recurring = {**FIXTURES["price"]["recurring"], "interval": interval}
        sums = {"unit_amount": amount, "unit_amount_decimal": str(amount)}
        given = {"product": product, "recurring": recurring, "nickname": f"{plan}, by the {interval}", **sums}
        self.prices[plan, interval] = self.bear("price", given).body

    def _someone_comes(self) -> None:
        rate = SIGN_UPS_A_DAY + MORE_EACH_MONTH * (self.now - self._began) / (30 * DAY_SECONDS)
        self.later(self.now + 60 + int(self.chance.expovariate(rate) * DAY_SECONDS), self._someone_comes)
        self._subscribers.comes()

    def _weekly(self) -> None:
        self.later(self.now + WEEK_SECONDS, self._weekly)
        self._payments.pay_out()
