"""What else happens at Stripe when an object comes, changes or goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .birth import DAY_SECONDS
from .facts import Json
from .store import Key, Stored

if TYPE_CHECKING:
    from .ledger import Ledger

Consequence = Callable[["Ledger", Stored], None]
Implied = Callable[[Stored, int], Json]


def settled(ledger: Ledger, stored: Stored) -> None:
    """Before an object is announced: the sums over its parts, and the money it moves."""
    parts_changed(ledger, stored)
    body = stored.body
    move = _MOVES.get(stored.place[2])
    if move is not None and body.get("status") not in ("failed", "pending"):
        _moves(ledger, stored, move[0], move[1] * body["amount"])


def came(ledger: Ledger, stored: Stored) -> None:
    """After an object has been announced: its owner changes, its twin is made."""
    _do(_CAME, ledger, stored)


def going(ledger: Ledger, stored: Stored) -> None:
    """Before an object is deleted: what depends on it goes first."""
    _do(_GOING, ledger, stored)


def gone(ledger: Ledger, stored: Stored) -> None:
    """After an object is deleted: its owner, or its twin, no longer shows it."""
    _do(_GONE, ledger, stored)


def parts_changed(ledger: Ledger, stored: Stored) -> None:
    """An object's own sums after its parts came, changed or went."""
    kind, key = stored.key
    if kind == "invoice":
        total = sum(line.body["amount"] for line in ledger.store.owned("line_item", key))
        sums = ("subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax", "amount_due")
        left = total - stored.body["amount_paid"]
        stored.body = {**stored.body, **dict.fromkeys(sums, total), "amount_remaining": left}
    elif kind == "checkout.session":
        total = sum(item.body["amount_total"] for item in ledger.store.owned("item", key))
        stored.body = {**stored.body, "amount_subtotal": total, "amount_total": total}


def implied(ledger: Ledger, stored: Stored, fields: Json) -> Json:
    """Fields that change because others do."""
    if stored.place[2] == "product":
        return {"updated": ledger.now}
    implies = _IMPLIED.get((stored.place[2], fields.get("status")))
    return {} if implies is None else implies(stored, ledger.now)


def embedding(ledger: Ledger, stored: Stored) -> list[Key]:
    """What shows a changed object in full, although no event about itself tells of it.

    A price stands in the subscriptions and items it is the price of, a reversal in its transfer, a refund of a fee in
    the fee.
    """
    if stored.place[2] in ("transfer_reversal", "fee_refund") and stored.owner is not None:
        holder = ledger.store.holder(stored.place[2], stored.owner)
        return [holder.key] if holder else []
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


def _owner_takes(owner: str, field: str, shows: str, what: str = "id", only_first: bool = False) -> Consequence:
    """The owner names its new possession, or the newest one's number, in a field."""

    def taken(ledger: Ledger, stored: Stored) -> None:
        holder = ledger.stored(owner, stored.body[field])
        if not only_first or holder.body[shows] is None:
            ledger.change(holder, {shows: stored.body[what]})

    return taken


def _discount_came(ledger: Ledger, stored: Stored) -> None:
    if stored.body["invoice"] is None and stored.body["subscription"] is None and stored.body["invoice_item"] is None:
        ledger.change(ledger.stored("customer", stored.body["customer"]), {"discount": stored.body["id"]})


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
    if invoice.body["parent"] is not None:
        billed = invoice.body["parent"]["subscription_details"]["subscription"]
        subscription = ledger.store.get("subscription", billed)
        if subscription is not None:
            ledger.change(subscription, {"latest_invoice": invoice.body["id"]})


def _twinned(twin: str, amount: str, twins_amount: str) -> Consequence:
    """A recurring price and the plan of the same id are two views of one thing."""

    def made(ledger: Ledger, stored: Stored) -> None:
        body = stored.body
        if body.get("recurring", ...) is not None and ledger.store.get(twin, body["id"]) is None:
            common = {name: body[name] for name in ("id", "product", "currency", "active", "metadata", "nickname")}
            ledger.bear(twin, {**common, twins_amount: body[amount]})

    return made


def _twin_goes(twin: str) -> Consequence:
    def goes(ledger: Ledger, stored: Stored) -> None:
        other = ledger.store.get(twin, stored.place[3])
        if other is not None:
            ledger.drop(other)

    return goes


def _customer_going(ledger: Ledger, customer: Stored) -> None:
    store, key = ledger.store, customer.place[3]
    for subscription in store.owned("subscription", key):
        if subscription.body["status"] != "canceled":
            ledger.change(subscription, {"status": "canceled"})
    for method in store.owned("payment_method", key):
        ledger.change(method, {"customer": None})
    for source in store.owned("source", key):
        ledger.drop(source)
    for transaction in store.owned("customer_balance_transaction", key):
        store.drop(transaction)
    for item in store.owned("invoiceitem", key):
        if item.body["invoice"] is None:
            ledger.drop(item)


def _invoice_gone(ledger: Ledger, invoice: Stored) -> None:
    for line in ledger.store.owned("line_item", invoice.place[3]):
        ledger.store.drop(line)


def _source_gone(ledger: Ledger, source: Stored) -> None:
    customer = ledger.store.get("customer", source.body["customer"])
    if customer is not None and customer.body["default_source"] == source.place[3]:
        left = ledger.store.owned("source", customer.place[3])
        ledger.change(customer, {"default_source": left[0].place[3] if left else None})


def _discount_gone(ledger: Ledger, discount: Stored) -> None:
    customer = ledger.store.get("customer", discount.body["customer"])
    if customer is not None and customer.body["discount"] == discount.place[3]:
        ledger.change(customer, {"discount": None})


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
    ("payment_intent", "succeeded"): lambda intent, _: {"amount_received": intent.body["amount"]},
    ("payment_intent", "canceled"): lambda _, now: {"canceled_at": now, "cancellation_reason": "abandoned"},
    ("checkout.session", "complete"): lambda _, now: {"payment_status": "paid", "url": None},
    ("checkout.session", "expired"): lambda _, now: {"url": None},
}
_CAME: dict[str, Consequence] = {
    "refund": _given_back("charge", "charge", "amount_refunded", "refunded", "charge.refunded"),
    "transfer_reversal": _given_back("transfer", "transfer", "amount_reversed", "reversed", "transfer.reversed"),
    "fee_refund": _given_back("application_fee", "fee", "amount_refunded", "refunded", "application_fee.refunded"),
    "bank_account": _owner_takes("customer", "customer", "default_source", only_first=True),
    "card": _owner_takes("customer", "customer", "default_source", only_first=True),
    "customer_balance_transaction": _owner_takes("customer", "customer", "balance", "ending_balance"),
    "discount": _discount_came,
    "dispute": _dispute_came,
    "setup_attempt": _attempted,
    "invoice": _invoiced,
    "price": _twinned("plan", "unit_amount", "amount"),
    "plan": _twinned("price", "amount", "unit_amount"),
}
_GOING: dict[str, Consequence] = {"customer": _customer_going}
_GONE: dict[str, Consequence] = {
    "bank_account": _source_gone,
    "card": _source_gone,
    "discount": _discount_gone,
    "invoice": _invoice_gone,
    "price": _twin_goes("plan"),
    "plan": _twin_goes("price"),
}
