"""A customer, what it has subscribed to, and how it pays."""

from __future__ import annotations

from dataclasses import dataclass, field

from integration_tests.sandbox.business.offers import Coupon, Plan
from integration_tests.sandbox.world.stored import Stored


@dataclass
class Subscriber:
    """A customer and what it has. Times are Unix seconds."""

    customer: Stored
    subscription: Stored
    item: Stored
    plan: Plan
    interval: str
    seats: int
    start: int
    end: int
    """Of what is paid for."""
    coupon: Coupon | None = None
    discount: Stored | None = None
    discounted_until: int = 0
    """0 for ever."""
    by_invoice: bool = False
    fewer: int = 0
    """Seats that it gives up when the time it has paid for is over."""
    late: list[str] = field(default_factory=list)
    """Invoices that could not be charged."""

    @property
    def months(self) -> int:
        return 12 if self.interval == "year" else 1

    @property
    def unit(self) -> int:
        """What a seat costs for the time it is billed for."""
        return self.plan.yearly if self.interval == "year" else self.plan.monthly

    @property
    def living(self) -> bool:
        return str(self.subscription.body["status"]) != "canceled"

    def off(self, amount: int) -> int:
        """What the coupon takes off."""
        return amount * self.coupon.percent_off // 100 if self.coupon and self.discount else 0
