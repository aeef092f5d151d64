"""What else happens at Stripe when an object comes, changes or goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from integration_tests.sandbox.effects import (
    billing_credits,
    discounts,
    entitlements,
    flows,
    possessions,
    prices,
    quotes,
    reports,
    settlement,
)
from integration_tests.sandbox.effects.flows import FLOWS
from integration_tests.sandbox.objects.registry import RESOURCES
from integration_tests.sandbox.world.birth import DAY_SECONDS
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.resource import Consequence, Implied
from integration_tests.sandbox.world.stored import Key, Stored

if TYPE_CHECKING:
    from integration_tests.sandbox.account.ledger import Ledger

Sequel = Callable[["Ledger", Stored, Json], None]
"""What follows a change, given the body before it."""
Implying = Callable[["Ledger", Stored, Json], Json]


def settled(ledger: Ledger, stored: Stored) -> None:
    """Before an object is announced: the sums over its parts, and the money it moves."""
    parts_changed(ledger, stored)
    if stored.place[2] in FLOWS:
        flows.began(ledger, stored)
    body = stored.body
    move = _MOVES.get(stored.place[2])
    if move is not None and body.get("status") not in ("failed", "pending"):
        _moves(ledger, stored, move[0], move[1] * body["amount"])


def came(ledger: Ledger, stored: Stored) -> None:
    """After an object has been announced: its owner changes, its twin is made."""
    _do(_CAME, ledger, stored)
    RESOURCES[stored.place[2]].came(ledger, stored)


def turned(ledger: Ledger, stored: Stored, before: Json) -> None:
    """After a change has been announced: what it does to others."""
    sequel = _TURNED.get(stored.place[2])
    if sequel is not None:
        sequel(ledger, stored, before)


def going(ledger: Ledger, stored: Stored) -> None:
    """Before an object is deleted: what depends on it goes first."""
    _do(_GOING, ledger, stored)
    for discount in discounts.held(ledger, stored):
        ledger.store.drop(discount)
    RESOURCES[stored.place[2]].going(ledger, stored)


def gone(ledger: Ledger, stored: Stored) -> None:
    """After an object is deleted: its owner, or its twin, no longer shows it."""
    _do(_GONE, ledger, stored)


def parts_changed(ledger: Ledger, stored: Stored) -> None:
    """An object's own sums after its parts came, changed or went."""
    kind, key = stored.key
    if kind == "invoice":
        total = sum(line.body["amount"] for line in ledger.store.owned("line_item", key))
        sums = ("subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax", "amount_due")
        paid = total if stored.body["status"] == "paid" else stored.body["amount_paid"]
        left = {"amount_paid": paid, "amount_remaining": total - paid}
        stored.body = {**stored.body, **dict.fromkeys(sums, total), **left}
    elif kind == "checkout.session":
        total = sum(item.body["amount_total"] for item in ledger.store.owned("item", key))
        stored.body = {**stored.body, "amount_subtotal": total, "amount_total": total}
    elif kind == "quote":
        quotes.summed(ledger, stored)
    elif kind == "payment_record":
        attempts = ledger.store.owned("payment_attempt_record", key)
        stored.body = {**stored.body, "latest_payment_attempt_record": attempts[0].place[3] if attempts else None}


def implied(ledger: Ledger, stored: Stored, fields: Json) -> Json:
    """Fields that change because others do."""
    updated: Json = {"updated": ledger.now} if "updated" in stored.body else {}
    if stored.place[2] in _IMPLYING:
        return updated | _IMPLYING[stored.place[2]](ledger, stored, fields)
    status = fields.get("status")
    implies = _IMPLIED.get((stored.place[2], status)) or RESOURCES[stored.place[2]].implies.get(status or "")
    return updated if implies is None else updated | implies(stored, ledger.now)


def embedding(ledger: Ledger, stored: Stored) -> list[Key]:
    """What shows a changed object in full, although no event about itself tells of it.

    A price stands in the subscriptions and items it is the price of, a reversal in its transfer, a refund of a fee in
    the fee, a feature where it is attached to a product.
    """
    if stored.place[2] in ("transfer_reversal", "fee_refund") and stored.owner is not None:
        holder = ledger.store.holder(stored.place[2], stored.owner)
        return [holder.key] if holder else []
    if stored.place[2] == "entitlements.feature":
        attached = (ledger.store.stored[place[2:]] for place in ledger.store.shelf("product_feature").older(None))
        return [each.key for each in attached if each.body["entitlement_feature"] == stored.place[3]]
    if stored.place[2] not in ("price", "plan"):
        return []
    shown: list[Key] = []
    for kind in ("subscription_item", "item"):
        for place in ledger.store.shelf(kind).older(None):
            part = ledger.store.stored[place[2], place[3]]
            if part.body["price"] == stored.place[3]:
                shown.append(part.key)
                if part.owner is not None and kind == "subscription_item":
                    shown.append(("subscription", part.owner))
    return shown


# Object -> the type of its balance transaction, and whether money comes or goes.
_MOVES = {
    "charge": ("charge", 1),
    "refund": ("refund", -1),
    "transfer": ("transfer", -1),
    "payout": ("payout", -1),
    "transfer_reversal": ("transfer_refund", 1),
    "application_fee": ("application_fee", 1),
    "fee_refund": ("application_fee_refund", -1),
}


def _moves(ledger: Ledger, stored: Stored, type: str, amount: int) -> None:
    """Money moving writes a balance transaction, of which no event tells."""
    transaction = ledger.bear(
        "balance_transaction",
        {
            "source": stored.place[3],
            "type": type,
            "reporting_category": type,
            "amount": amount,
            "currency": stored.body["currency"],
            "available_on": ledger.now + (2 * DAY_SECONDS if amount > 0 else 0),
        },
    )
    stored.body = {**stored.body, "balance_transaction": transaction.place[3]}


def _moved(ledger: Ledger, transaction: Stored) -> None:
    ledger.paid_out.moved(transaction.body)


def _paid_out(ledger: Ledger, payout: Stored) -> None:
    ledger.paid_out.paid(payout.body, ledger.now)


def _invoice_since(name: str) -> Implied:
    return lambda invoice, now: {"status_transitions": {**invoice.body["status_transitions"], name: now}}


def _finalized(invoice: Stored, now: int) -> Json:
    number = f"{invoice.body['customer'][-6:].upper()}-{invoice.place[1]:07.0f}"
    return {"number": number, "effective_at": now, **_invoice_since("finalized_at")(invoice, now)}


def _paid(invoice: Stored, now: int) -> Json:
    body = invoice.body
    sums = {"amount_paid": body["amount_due"], "amount_remaining": 0}
    attempts = {"attempted": True, "attempt_count": body["attempt_count"] + 1}
    return {**sums, **attempts, **_invoice_since("paid_at")(invoice, now)}


def _given_back(owner: str, field: str, sum_field: str, whole_field: str, type: str) -> Consequence:
    """Part of an object's amount has gone back: it counts how much, and one event of its own says so."""

    def counted(ledger: Ledger, stored: Stored) -> None:
        if stored.body.get("status") == "failed":
            return
        whole = ledger.stored(owner, stored.body[field])
        total = whole.body[sum_field] + stored.body["amount"]
        ledger.change(whole, {sum_field: total, whole_field: total >= whole.body["amount"]}, (type,))

    return counted


def _owner_takes(owner: str, field: str, shows: str, what: str = "id") -> Consequence:
    """The owner names its new possession, or the newest one's number, in a field."""

    def taken(ledger: Ledger, stored: Stored) -> None:
        if field not in stored.body:
            return
        holder = ledger.stored(owner, stored.body[field])
        ledger.change(holder, {shows: stored.body[what]})

    return taken


def _dispute_came(ledger: Ledger, stored: Stored) -> None:
    ledger.change(ledger.stored("charge", stored.body["charge"]), {"disputed": True})


def _attempted(ledger: Ledger, attempt: Stored) -> None:
    intent = ledger.stored("setup_intent", attempt.body["setup_intent"])
    shown: Json = {"latest_attempt": attempt.body["id"]}
    if attempt.body["status"] == "succeeded":
        shown |= {"status": "succeeded", "payment_method": attempt.body["payment_method"]}
        ledger.change(intent, shown, ("setup_intent.succeeded",))
    else:
        shown |= {"status": "requires_payment_method", "payment_method": None}
        ledger.change(intent, shown, ("setup_intent.setup_failed",))


def _invoiced(ledger: Ledger, invoice: Stored) -> None:
    settlement.began(ledger, invoice)
    if invoice.body["parent"] is not None:
        billed = invoice.body["parent"]["subscription_details"]["subscription"]
        subscription = ledger.store.get("subscription", billed)
        if subscription is not None:
            ledger.change(subscription, {"latest_invoice": invoice.body["id"]})


def _invoice_gone(ledger: Ledger, invoice: Stored) -> None:
    for line in ledger.store.owned("line_item", invoice.place[3]):
        ledger.store.drop(line)


def _do(table: dict[str, Consequence], ledger: Ledger, stored: Stored) -> None:
    consequence = table.get(stored.place[2])
    if consequence is not None:
        consequence(ledger, stored)


_IMPLIED: dict[tuple[str, object], Implied] = {
    ("invoice", "open"): _finalized,
    ("invoice", "paid"): _paid,
    ("invoice", "void"): _invoice_since("voided_at"),
    ("invoice", "uncollectible"): _invoice_since("marked_uncollectible_at"),
    ("subscription", "canceled"): lambda _, now: {"canceled_at": now, "ended_at": now},
    ("subscription_schedule", "canceled"): lambda _, now: {"canceled_at": now},
    ("subscription_schedule", "released"): lambda _, now: {"released_at": now},
    ("quote", "open"): quotes.finalized,
    ("quote", "accepted"): quotes.since("accepted_at"),
    ("quote", "canceled"): quotes.since("canceled_at"),
    ("billing.meter", "inactive"): lambda _, now: {"status_transitions": {"deactivated_at": now}},
    ("billing.meter", "active"): lambda _, now: {"status_transitions": {"deactivated_at": None}},
    ("billing.feedback_option", "inactive"): lambda _, now: {"status_transitions": {"deactivated_at": now}},
    ("payment_intent", "succeeded"): lambda intent, _: {"amount_received": intent.body["amount"]},
    ("payment_intent", "canceled"): lambda _, now: {"canceled_at": now, "cancellation_reason": "abandoned"},
    ("three_d_secure.authentication", "requires_challenge"): lambda authentication, _: {
        "challenge_url": f"https://hooks.stripe.com/three_d_secure/challenge/{authentication.place[3]}"
    },
    ("three_d_secure.authentication", "succeeded"): lambda *_: {"challenge_url": None, "outcome": "authenticated"},
    ("three_d_secure.authentication", "failed"): lambda *_: {"challenge_url": None, "outcome": "rejected"},
    ("three_d_secure.authentication", "canceled"): lambda *_: {"challenge_url": None, "outcome": "canceled"},
    ("three_d_secure.authentication", "error"): lambda *_: {"challenge_url": None, "outcome": "internal_error"},
    ("treasury.financial_account", "closed"): lambda *_: {
        "status_details": {"closed": {"reasons": ["account_rejected"]}}
    },
    ("checkout.session", "complete"): lambda _, now: {"payment_status": "paid", "url": None},
    ("checkout.session", "expired"): lambda _, now: {"url": None},
}
_IMPLYING: dict[str, Implying] = {
    **dict.fromkeys(FLOWS, flows.implied),
    "invoice_payment": settlement.implied,
    "reporting.report_run": reports.made,
    "source": possessions.implied,
}
_CAME: dict[str, Consequence] = {
    "refund": _given_back("charge", "charge", "amount_refunded", "refunded", "charge.refunded"),
    "transfer_reversal": _given_back("transfer", "transfer", "amount_reversed", "reversed", "transfer.reversed"),
    "fee_refund": _given_back("application_fee", "fee", "amount_refunded", "refunded", "application_fee.refunded"),
    **dict.fromkeys(("bank_account", "card", "source"), possessions.source_came),
    "customer_balance_transaction": _owner_takes("customer", "customer", "balance", "ending_balance"),
    **dict.fromkeys(FLOWS, flows.came),
    "discount": discounts.came,
    "balance_transaction": _moved,
    "payout": _paid_out,
    "billing.credit_grant": billing_credits.granted,
    "entitlements.active_entitlement": entitlements.changed,
    "dispute": _dispute_came,
    "setup_attempt": _attempted,
    "invoice": _invoiced,
    "invoice_payment": settlement.came,
    "price": prices.twinned("plan", "unit_amount", "amount"),
    "plan": prices.twinned("price", "amount", "unit_amount"),
}
_TURNED: dict[str, Sequel] = {
    "source": possessions.source_turned,
    "billing.credit_grant": billing_credits.turned,
    "invoice": settlement.turned,
    **dict.fromkeys(FLOWS, flows.turned),
}
_GOING: dict[str, Consequence] = {"customer": possessions.customer_going}
_GONE: dict[str, Consequence] = {
    **dict.fromkeys(("bank_account", "card"), possessions.source_gone),
    "discount": discounts.gone,
    "entitlements.active_entitlement": entitlements.changed,
    "product": entitlements.product_gone,
    "invoice": _invoice_gone,
    "price": prices.twin_goes("plan"),
    "plan": prices.twin_goes("price"),
}
