"""What merchants and their customers do, at random but consistently."""

from __future__ import annotations

from dataclasses import dataclass

from . import deeds
from .deeds import Deed
from .ledger import Ledger


@dataclass(frozen=True, slots=True)
class _Act:
    weight: int
    deed: Deed
    silent: bool = False


def live(ledger: Ledger, seconds: int, changes: int, silent: bool) -> None:
    """Lets `changes` things happen over the next `seconds`, at whose end the clock stands."""
    start = ledger.now
    acts = [act for act in _ACTS if silent or not act.silent]
    weights = [act.weight for act in acts]
    for offset in sorted(ledger.rng.randint(0, seconds) for _ in range(changes)):
        ledger.now = start + offset
        while not ledger.rng.choices(acts, weights)[0].deed(ledger):
            pass
    ledger.now = start + seconds


def found(ledger: Ledger) -> None:
    """What a merchant sets up first: something to sell."""
    for _ in range(3):
        product = ledger.bear("product", {}).key[1]
        for _ in range(2):
            ledger.bear("price", {"product": product})
    ledger.bear("coupon", {})
    ledger.bear("climate.product", {})


def once(ledger: Ledger) -> None:
    """Lets everything happen that can, a minute apart, so that no account is without any of it."""
    for act in _ACTS:
        ledger.now += 60
        act.deed(ledger)


_ACTS = (
    _Act(3, deeds.new("customer")),
    _Act(4, deeds.edit("customer")),
    _Act(1, deeds.remove("customer")),
    _Act(12, deeds.payment),
    _Act(2, deeds.edit("charge")),
    _Act(3, deeds.refund),
    _Act(1, deeds.edit("refund")),
    _Act(1, deeds.become("refund", "pending", "succeeded")),
    _Act(1, deeds.become("refund", "pending", "failed")),
    _Act(1, deeds.dispute),
    _Act(1, deeds.edit("dispute")),
    _Act(1, deeds.become("dispute", "warning_needs_response", "lost")),
    _Act(4, deeds.subscribe),
    _Act(2, deeds.edit("subscription")),
    _Act(2, deeds.become("subscription", "active", "canceled")),
    _Act(1, deeds.new_under("subscription_item", "subscription", "subscription", status="active")),
    _Act(1, deeds.item_gone),
    _Act(1, deeds.requantify),
    _Act(4, deeds.invoice),
    _Act(2, deeds.edit("invoice")),
    _Act(1, deeds.new_under("line_item", "invoice", "invoice", status="draft")),
    _Act(1, deeds.line_gone),
    _Act(4, deeds.become("invoice", "draft", "open")),
    _Act(3, deeds.become("invoice", "open", "paid")),
    _Act(1, deeds.become("invoice", "open", "void")),
    _Act(1, deeds.become("invoice", "open", "uncollectible")),
    _Act(1, deeds.remove("invoice", status="draft")),
    _Act(1, deeds.upcoming),
    _Act(2, deeds.new("invoiceitem", customer=True)),
    _Act(1, deeds.edit("invoiceitem"), silent=True),
    _Act(1, deeds.remove("invoiceitem", invoice=None)),
    _Act(3, deeds.checkout),
    _Act(1, deeds.edit("checkout.session"), silent=True),
    _Act(2, deeds.become("checkout.session", "open", "complete")),
    _Act(1, deeds.become("checkout.session", "open", "expired")),
    _Act(3, deeds.new("payment_method", customer=True)),
    _Act(1, deeds.edit("payment_method")),
    _Act(1, deeds.detach),
    _Act(2, deeds.new("setup_intent", customer=True)),
    _Act(2, deeds.attempt),
    _Act(1, deeds.become("setup_intent", "requires_payment_method", "canceled")),
    _Act(1, deeds.edit("setup_intent"), silent=True),
    _Act(1, deeds.edit("payment_intent"), silent=True),
    _Act(1, deeds.new("payment_intent", customer=True)),
    _Act(1, deeds.become("payment_intent", "requires_payment_method", "canceled")),
    _Act(2, deeds.new("bank_account", customer=True)),
    _Act(1, deeds.new("card", customer=True)),
    _Act(1, deeds.edit("bank_account")),
    _Act(1, deeds.remove("bank_account")),
    _Act(2, deeds.new("customer_balance_transaction", customer=True)),
    _Act(1, deeds.new("product")),
    _Act(1, deeds.edit("product")),
    _Act(1, deeds.new("price")),
    _Act(1, deeds.edit("price"), silent=True),
    _Act(1, deeds.new("coupon")),
    _Act(1, deeds.edit("coupon")),
    _Act(1, deeds.coupon_again),
    _Act(1, deeds.new("promotion_code")),
    _Act(1, deeds.new("file_link")),
    _Act(1, deeds.edit("file_link"), silent=True),
    _Act(1, deeds.new("shipping_rate")),
    _Act(1, deeds.edit("shipping_rate"), silent=True),
    _Act(1, deeds.edit("promotion_code")),
    _Act(1, deeds.new("tax_rate")),
    _Act(1, deeds.edit("tax_rate")),
    _Act(1, deeds.new("topup")),
    _Act(1, deeds.edit("topup"), silent=True),
    _Act(1, deeds.become("topup", "pending", "succeeded")),
    _Act(1, deeds.become("topup", "pending", "failed")),
    _Act(1, deeds.new("subscription_schedule", customer=True)),
    _Act(1, deeds.edit("subscription_schedule")),
    _Act(1, deeds.become("subscription_schedule", "not_started", "canceled")),
    _Act(1, deeds.new_under("radar.early_fraud_warning", "charge", "charge")),
    _Act(1, deeds.new_under("review", "charge", "charge")),
    _Act(1, deeds.become("review", True, False, "open")),
    _Act(1, deeds.new("file")),
    _Act(2, deeds.new_under("credit_note", "invoice", "invoice", status="open")),
    _Act(1, deeds.edit("credit_note")),
    _Act(1, deeds.become("credit_note", "issued", "void")),
    _Act(1, deeds.new("identity.verification_session")),
    _Act(1, deeds.edit("identity.verification_session"), silent=True),
    _Act(1, deeds.become("identity.verification_session", "requires_input", "verified")),
    _Act(1, deeds.new("identity.verification_report")),
    _Act(1, deeds.new("treasury.financial_account")),
    _Act(1, deeds.become("treasury.financial_account", "open", "closed")),
    _Act(1, deeds.new("issuing.card")),
    _Act(1, deeds.edit("issuing.card")),
    _Act(1, deeds.new("issuing.authorization")),
    _Act(1, deeds.edit("issuing.authorization")),
    _Act(1, deeds.new("issuing.cardholder")),
    _Act(1, deeds.edit("issuing.cardholder")),
    _Act(1, deeds.new("issuing.transaction")),
    _Act(1, deeds.edit("issuing.transaction")),
    _Act(1, deeds.new("issuing.dispute")),
    _Act(1, deeds.become("issuing.dispute", "unsubmitted", "submitted")),
    _Act(1, deeds.new("transfer")),
    _Act(1, deeds.edit("transfer")),
    _Act(2, deeds.reverse("transfer_reversal", "transfer", "transfer", "reversed")),
    _Act(1, deeds.new("payout")),
    _Act(1, deeds.become("payout", "in_transit", "paid")),
    _Act(1, deeds.become("payout", "in_transit", "failed")),
    _Act(1, deeds.new("application_fee")),
    _Act(2, deeds.reverse("fee_refund", "application_fee", "fee", "refunded")),
    _Act(1, deeds.edit("fee_refund"), silent=True),
)
