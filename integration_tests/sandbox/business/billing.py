"""What the business bills: trials, renewals, changes within a month, and invoices that are paid late or never."""

from __future__ import annotations

from collections.abc import Callable

from integration_tests.sandbox.business.books import months_later
from integration_tests.sandbox.business.company import Company
from integration_tests.sandbox.business.offers import Coupon, Plan
from integration_tests.sandbox.business.payments import Payments
from integration_tests.sandbox.business.subscriber import Subscriber
from integration_tests.sandbox.world.facts import DAY_SECONDS, Json
from integration_tests.sandbox.world.stored import Stored

HOUR_SECONDS = 3_600
"""How long an invoice of a renewal is a draft: https://docs.stripe.com/billing/invoices/subscription."""
DECLINED, DECLINED_AGAIN, TRIES = 0.045, 0.45, 4
NEVER_PAID, DUE_DAYS = 0.03, 30


class Billing:
    """Invoices and what becomes of them; `goes` ends a subscription."""

    def __init__(self, business: Company, payments: Payments, goes: Callable[[Subscriber, str], None]) -> None:
        self._business, self._payments, self._goes = business, payments, goes

    def subscribed(self, customer: Stored, plan: Plan, interval: str, seats: int, until: int) -> tuple[Stored, Stored]:
        """A new subscription that is tried until then, and its item."""
        price = self._business.prices[plan.name, interval]["id"]
        now = self._business.now
        item = {"price": price, "plan": price, "quantity": seats}
        period = {"current_period_start": now, "current_period_end": until}
        given = {
            "customer": customer.key[1],
            "status": "trialing",
            "items": [item | period],
            "trial_start": now,
            "trial_end": until,
            "billing_cycle_anchor": until,
        }
        subscription = self._business.bear("subscription", given)
        (stored,) = self._business.store.owned("subscription_item", subscription.key[1])
        return subscription, stored

    def trial(self, subscriber: Subscriber) -> None:
        """Stripe bills a trial with nothing: https://docs.stripe.com/billing/subscriptions/trials."""
        line = self._line(subscriber, 0, (subscriber.start, subscriber.end), "Trial period")
        self._payments.asked(self._invoice(subscriber, "subscription_create", [line]))

    def discounted(self, subscriber: Subscriber, coupon: Coupon) -> None:
        business, key = self._business, subscriber.subscription.key[1]
        until = months_later(business.now, coupon.months) if coupon.months else 0
        given = {"customer": subscriber.customer.key[1], "subscription": key, "start": business.now}
        source = {"coupon": coupon.id, "type": "coupon"}
        discount = business.bear("discount", {**given, "end": until or None, "source": source})
        business.change(subscriber.subscription, {"discounts": [discount.key[1]]})
        subscriber.discount, subscriber.discounted_until = discount, until

    def workshop(self, subscriber: Subscriber) -> None:
        """Sold once, on an invoice of its own."""
        price, now = self._business.prices["Workshop", ""], self._business.now
        amount = price["unit_amount"]
        line = {**_priced(price), "amount": amount, "quantity": 1, "description": "Onboarding workshop"}
        line |= {"quantity_decimal": "1", "period": {"start": now, "end": now}}
        self._sent(subscriber, self._invoice(subscriber, "manual", [line], by_hand=True))

    def renewed(self, subscriber: Subscriber) -> None:
        """The next month or year begins, and is billed; the invoice is final an hour later."""
        business = self._business
        if subscriber.discount and 0 < subscriber.discounted_until <= business.now:
            business.drop(subscriber.discount)
            subscriber.discount = None
        subscriber.seats -= subscriber.fewer
        subscriber.fewer = 0
        subscriber.start, subscriber.end = business.now, months_later(business.now, subscriber.months)
        period = {"current_period_start": subscriber.start, "current_period_end": subscriber.end}
        business.change(subscriber.item, {**period, "quantity": subscriber.seats})
        line = self._line(subscriber, subscriber.unit * subscriber.seats, (subscriber.start, subscriber.end))
        invoice = self._invoice(subscriber, "subscription_cycle", [line], by_hand=subscriber.by_invoice)
        self._book(subscriber)
        business.later(business.now + HOUR_SECONDS, lambda: self._final(subscriber, invoice))

    def changed(self, subscriber: Subscriber, plan: Plan, seats: int) -> None:
        """Another plan or more seats: what is left of the time is given back, and charged anew."""
        business, now = self._business, self._business.now
        ends = subscriber.subscription.body["cancel_at_period_end"]
        if not subscriber.living or ends or subscriber.late or subscriber.discount or now >= subscriber.end:
            return
        rest = (subscriber.end - now) / (subscriber.end - subscriber.start)
        left, span = subscriber.unit * subscriber.seats, (now, subscriber.end)
        lines = [self._line(subscriber, -round(left * rest), span, "Unused time", proration=True)]
        subscriber.plan, subscriber.seats, subscriber.fewer = plan, seats, 0
        amount = round(subscriber.unit * seats * rest)
        lines.append(self._line(subscriber, amount, span, "Remaining time", proration=True))
        price = business.prices[plan.name, subscriber.interval]["id"]
        business.change(subscriber.item, {"price": price, "plan": price, "quantity": seats})
        self._book(subscriber)
        self._final(subscriber, self._invoice(subscriber, "subscription_update", lines))

    # --- inside ---

    def _book(self, subscriber: Subscriber) -> None:
        amount = subscriber.unit * subscriber.seats
        monthly = (amount - subscriber.off(amount)) // subscriber.months
        self._business.books.pays(subscriber.customer.key[1], self._business.now, monthly)

    def _final(self, subscriber: Subscriber, invoice: Stored) -> None:
        if invoice.body["collection_method"] == "send_invoice":
            self._sent(subscriber, invoice)
            return
        self._payments.asked(invoice)
        if invoice.body["status"] == "open":
            self._charge(subscriber, invoice, DECLINED, 1)

    def _charge(self, subscriber: Subscriber, invoice: Stored, declined: float, tries: int) -> None:
        """A card is charged, and again some days later if it is declined."""
        business, key = self._business, invoice.key[1]
        if not subscriber.living or invoice.body["status"] != "open":
            return
        if self._payments.tried(invoice, declined):
            if key in subscriber.late:
                subscriber.late.remove(key)
                if not subscriber.late:
                    business.change(subscriber.subscription, {"status": "active"})
            return
        again = business.within(3, 5)
        tried = {"attempted": True, "attempt_count": tries, "next_payment_attempt": again if tries < TRIES else None}
        business.change(invoice, tried, ("invoice.payment_failed", "invoice.updated"))
        if tries >= TRIES:
            self._given_up(subscriber, invoice)
            return
        if key not in subscriber.late:
            subscriber.late.append(key)
            business.change(subscriber.subscription, {"status": "past_due"})
        business.later(again, lambda: self._charge(subscriber, invoice, DECLINED_AGAIN, tries + 1))

    def _sent(self, subscriber: Subscriber, invoice: Stored) -> None:
        """An invoice that is sent, and paid when someone gets to it."""
        business = self._business
        self._payments.asked(invoice)
        if business.happens(NEVER_PAID):
            business.later(business.within(DUE_DAYS + 30, DUE_DAYS + 45), lambda: self._given_up(subscriber, invoice))
        else:
            business.later(business.within(6, 45), lambda: self._paid(invoice))

    def _paid(self, invoice: Stored) -> None:
        if invoice.body["status"] == "open":
            self._payments.tried(invoice, 0)

    def _given_up(self, subscriber: Subscriber, invoice: Stored) -> None:
        if invoice.body["status"] == "open":
            self._business.change(invoice, {"status": "uncollectible"})
            self._business.books.owed.pop(invoice.key[1])
        if subscriber.living:
            self._goes(subscriber, "payment_failed")

    def _invoice(self, subscriber: Subscriber, reason: str, lines: list[Json], *, by_hand: bool = False) -> Stored:
        business = self._business
        given: Json = {"customer": subscriber.customer.key[1], "billing_reason": reason, "lines": lines}
        if reason != "manual":
            details = {"metadata": {}, "subscription": subscriber.subscription.key[1]}
            given["parent"] = {
                "type": "subscription_details",
                "subscription_details": details,
                "quote_details": None,
            }
        if by_hand:
            given |= {"collection_method": "send_invoice", "due_date": business.now + DUE_DAYS * DAY_SECONDS}
        return business.bear("invoice", given)

    def _line(
        self, subscriber: Subscriber, amount: int, span: tuple[int, int], said: str = "", *, proration: bool = False
    ) -> Json:
        price = self._business.prices[subscriber.plan.name, subscriber.interval]
        off = subscriber.off(amount)
        details = {
            "invoice_item": None,
            "proration": proration,
            "proration_details": {"credited_items": None},
            "subscription": subscriber.subscription.key[1],
            "subscription_item": subscriber.item.key[1],
        }
        discount = subscriber.discount.key[1] if subscriber.discount and off else None
        return {
            **_priced(price),
            "amount": amount,
            "quantity": subscriber.seats,
            "quantity_decimal": str(subscriber.seats),
            "description": f"{subscriber.seats} x {price['nickname']}{said and ', '}{said.lower()}",
            "discounts": [discount] if discount else [],
            "discount_amounts": [{"amount": off, "discount": discount}] if discount else [],
            "period": {"start": span[0], "end": span[1]},
            "parent": {
                "type": "subscription_item_details",
                "invoice_item_details": None,
                "subscription_item_details": details,
            },
        }


def _priced(price: Json) -> Json:
    details = {"price": price["id"], "product": price["product"]}
    unit = price["unit_amount_decimal"]
    return {"pricing": {"type": "price_details", "price_details": details, "unit_amount_decimal": unit}}
