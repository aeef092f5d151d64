"""How the business is paid: cards that are charged and sometimes declined, refunds, disputes, and weekly payouts."""

from __future__ import annotations

from integration_tests.sandbox.business.books import month_of
from integration_tests.sandbox.business.company import Company
from integration_tests.sandbox.effects.money import DISPUTE_FEE, processing_fee
from integration_tests.sandbox.world.facts import DAY_SECONDS, Json
from integration_tests.sandbox.world.stored import Stored

REFUNDED, DISPUTED, WON = 0.025, 0.008, 0.4
LARGE = 60_000
"""Who pays more talks about it first."""


class Payments:
    """What becomes of amounts that are due."""

    def __init__(self, business: Company) -> None:
        self._business = business

    def asked(self, invoice: Stored) -> None:
        """An invoice is final: it has its payment intent from now on, and is owed. One over nothing is paid."""
        business = self._business
        business.change(invoice, {"status": "open"})
        due = invoice.body["amount_due"]
        if not due:
            business.change(invoice, {"status": "paid"})
            return
        business.books.owed[invoice.key[1]] = due
        given = {"customer": invoice.body["customer"], "amount": due, "currency": "usd", "description": _said(invoice)}
        intent = business.bear("payment_intent", given).key[1]
        (payment,) = business.store.owned("invoice_payment", invoice.key[1])
        paid_by = {"type": "payment_intent", "payment_intent": intent}
        business.store.replace(payment, {**payment.body, "payment": paid_by}, payment.owner)

    def tried(self, invoice: Stored, declined: float) -> bool:
        """A card is charged for an invoice, and declined with some probability. Whether it is paid."""
        business = self._business
        (payment,) = business.store.owned("invoice_payment", invoice.key[1])
        intent = business.stored("payment_intent", payment.body["payment"]["payment_intent"])
        fails = business.happens(declined)
        given = {
            **{name: invoice.body[name] for name in ("customer", "currency")},
            "payment_intent": intent.key[1],
            "amount": invoice.body["amount_remaining"],
            "description": _said(invoice),
            "application_fee_amount": None,
            "status": "failed" if fails else "succeeded",
        }
        charge = business.bear("charge", given)
        if fails:
            business.change(intent, {"latest_charge": charge.key[1]}, ("payment_intent.payment_failed",))
            return False
        business.change(intent, {"latest_charge": charge.key[1], "status": "succeeded"})
        business.change(invoice, {"status": "paid"})
        del business.books.owed[invoice.key[1]]
        self._booked(charge)
        return True

    def pay_out(self) -> None:
        """Whatever is available goes to the bank, where it arrives two days later."""
        business = self._business
        if business.paid_out.due("usd", business.now) <= 0:
            return
        payout = business.bear("payout", {"currency": "usd"})

        def arrives() -> None:
            business.change(payout, {"status": "paid"})
            business.change(payout, {"reconciliation_status": "completed"})
            business.books.payouts[payout.key[1]] = payout.body["amount"]

        business.later(business.now + 2 * DAY_SECONDS, arrives)

    def _booked(self, charge: Stored) -> None:
        business, amount = self._business, charge.body["amount"]
        business.books.charges[month_of(business.now)] += amount
        business.books.fees[month_of(business.now)] += processing_fee(amount)
        if amount > LARGE:
            return
        if business.happens(REFUNDED):
            business.later(business.within(1, 20), lambda: self._refund(charge))
        elif business.happens(DISPUTED):
            business.later(business.within(5, 40), lambda: self._disputed(charge))

    def _refund(self, charge: Stored) -> None:
        business, whole = self._business, charge.body["amount"]
        amount = whole if business.happens(0.6) else whole // 2
        given = {"charge": charge.key[1], "amount": amount, "reason": "requested_by_customer"}
        business.bear("refund", given)
        business.books.refunds[month_of(business.now)] += amount

    def _disputed(self, charge: Stored) -> None:
        business, amount = self._business, charge.body["amount"]
        given: Json = {"charge": charge.key[1], "status": "needs_response", "reason": "fraudulent"}
        dispute = business.bear("dispute", {**given, "is_charge_refundable": False})
        business.books.disputes[month_of(business.now)] += amount
        business.books.fees[month_of(business.now)] += DISPUTE_FEE
        won = business.happens(WON)

        def decided() -> None:
            business.change(dispute, {"status": "won" if won else "lost"})
            if won:
                business.books.disputes[month_of(business.now)] -= amount

        business.later(business.within(3, 10), lambda: business.change(dispute, {"status": "under_review"}))
        business.later(business.within(30, 60), decided)


def _said(invoice: Stored) -> str:
    reason = str(invoice.body["billing_reason"])
    return "Payment for an invoice" if reason == "manual" else reason.replace("_", " ").capitalize()
