"""New objects: the fields that must agree with their id, their time, their owner and their neighbours."""

from __future__ import annotations

from collections.abc import Callable

from .birth import DAY_SECONDS, Birth
from .facts import Json
from .resources import TEMPLATES

_CURRENCIES = ("usd", "usd", "usd", "eur", "gbp")
_NAMES = ("Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Tony", "Frances", "Niklaus", "Jean")


Fill = Callable[[Birth], Json]
_FILLS: dict[str, Fill] = {}


def filled(birth: Birth, object: str) -> Json:
    """The fields of a new object that its example cannot know; the given ones win over them."""
    fill = _FILLS.get(object)
    return {} if fill is None else fill(birth)


def _of(*objects: str) -> Callable[[Fill], Fill]:
    def registered(fill: Fill) -> Fill:
        _FILLS.update(dict.fromkeys(objects, fill))
        return fill

    return registered


@_of("customer")
def _customer(birth: Birth) -> Json:
    name = birth.rng.choice(_NAMES)
    email = f"{name.lower()}.{birth.id[-6:].lower()}@example.com"
    return {"name": name, "email": email, "invoice_prefix": birth.id[-8:].upper()}


@_of("bank_account", "card")
def _source(birth: Birth) -> Json:
    return {"fingerprint": birth.ledger.letters(16), "last4": f"{birth.rng.randrange(10_000):04}"}


@_of("customer_balance_transaction")
def _customer_balance_transaction(birth: Birth) -> Json:
    amount = birth.given.get("amount", -birth.rng.randrange(1, 50) * 10)
    return {"amount": amount, "ending_balance": birth.whole.get("balance", 0) + amount, "description": "credit"}


@_of("balance_transaction")
def _balance_transaction(birth: Birth) -> Json:
    amount = birth.given.get("amount", birth.rng.randrange(100, 90_000))
    fee = birth.given.get("fee", amount // 33 if amount > 0 else 0)
    available_on = birth.now + 2 * DAY_SECONDS
    return {"amount": amount, "fee": fee, "net": amount - fee, "available_on": available_on, "description": None}


@_of("charge")
def _charge(birth: Birth) -> Json:
    amount = birth.given.get("amount", birth.rng.randrange(1_000, 90_000))
    failed = birth.given.get("status") == "failed"
    receipt = f"https://pay.stripe.com/receipts/{birth.ledger.letters(12)}"
    return {
        "amount": amount,
        "amount_captured": 0 if failed else amount,
        "captured": not failed,
        "paid": not failed,
        "currency": birth.rng.choice(_CURRENCIES),
        "failure_code": "card_declined" if failed else None,
        "failure_message": "Your card was declined." if failed else None,
        "balance_transaction": None,
        "description": None,
        "receipt_url": None if failed else receipt,
    }


@_of("refund")
def _refund(birth: Birth) -> Json:
    charge = birth.whole
    left = charge.get("amount", 100) - charge.get("amount_refunded", 0)
    return {
        "amount": birth.given.get("amount", max(1, min(left, birth.rng.randrange(1, 200)))),
        "currency": charge.get("currency", "usd"),
        "payment_intent": charge.get("payment_intent"),
        "customer": charge.get("customer"),
        "balance_transaction": None,
    }


@_of("dispute")
def _dispute(birth: Birth) -> Json:
    return {name: birth.whole.get(name) for name in ("amount", "currency", "payment_intent")}


@_of("transfer_reversal", "fee_refund")
def _given_back(birth: Birth) -> Json:
    whole = birth.whole
    left = whole["amount"] - whole.get("amount_reversed", whole.get("amount_refunded", 0))
    return {"amount": max(1, min(birth.rng.randrange(1, 50), left)), "currency": whole["currency"]}


@_of("transfer")
def _transfer(birth: Birth) -> Json:
    return {
        "amount": birth.rng.randrange(100_000, 900_000),
        "destination": birth.ledger.partner,
        "destination_payment": f"py_{birth.ledger.letters(24)}",
    }


@_of("application_fee")
def _application_fee(birth: Birth) -> Json:
    charge = birth.any("charge", "charge")
    return {
        "amount": birth.rng.randrange(5_000, 50_000),
        "account": birth.ledger.partner,
        "charge": charge,
        "fee_source": {"charge": charge, "type": "charge"},
    }


@_of("payout")
def _payout(birth: Birth) -> Json:
    arrival = (birth.now // DAY_SECONDS + 2) * DAY_SECONDS
    return {"amount": birth.rng.randrange(1_000, 900_000), "arrival_date": arrival, "destination": birth.ledger.bank}


@_of("payment_intent")
def _payment_intent(birth: Birth) -> Json:
    amount = birth.given.get("amount", birth.rng.randrange(100, 90_000))
    return {"amount": amount, "client_secret": f"{birth.id}_secret_{birth.ledger.letters(12)}"}


@_of("setup_intent")
def _setup_intent(birth: Birth) -> Json:
    return {"client_secret": f"{birth.id}_secret_{birth.ledger.letters(12)}"}


@_of("setup_attempt")
def _setup_attempt(birth: Birth) -> Json:
    method = birth.whole.get("payment_method") or birth.any("payment_method", "payment_method")
    return {"customer": birth.whole.get("customer"), "payment_method": method}


@_of("checkout.session")
def _session(birth: Birth) -> Json:
    url = f"https://checkout.stripe.com/c/pay/{birth.id}"
    return {"expires_at": birth.now + DAY_SECONDS, "currency": "usd", "url": url}


@_of("item")
def _item(birth: Birth) -> Json:
    price_id = birth.any("price", "price")
    price = birth.ledger.body("price", price_id)
    quantity = birth.given.get("quantity", birth.rng.randrange(1, 5))
    total = (price["unit_amount"] or 0) * quantity
    sums = {"amount_subtotal": total, "amount_total": total}
    return {"price": price_id, "quantity": quantity, "currency": price["currency"], **sums}


@_of("coupon")
def _coupon(birth: Birth) -> Json:
    return {"percent_off": float(birth.rng.randrange(5, 60)), "name": f"Coupon {birth.id}"}


@_of("promotion_code")
def _promotion_code(birth: Birth) -> Json:
    return {
        "code": birth.ledger.letters(8).upper(),
        "promotion": {"coupon": birth.any("coupon", "coupon"), "type": "coupon"},
    }


@_of("discount")
def _discount(birth: Birth) -> Json:
    return {"start": birth.now, "source": {"coupon": birth.any("coupon", "coupon"), "type": "coupon"}}


@_of("product")
def _product(birth: Birth) -> Json:
    return {"name": f"Product {birth.id[-4:]}", "updated": birth.now}


@_of("price")
def _price(birth: Birth) -> Json:
    amount = birth.given.get("unit_amount", birth.rng.randrange(1, 200) * 100)
    recurring = None if birth.given.get("type") == "one_time" else TEMPLATES["price"]["recurring"]
    product = birth.any("product", "product")
    return {"product": product, "unit_amount": amount, "unit_amount_decimal": str(amount), "recurring": recurring}


@_of("plan")
def _plan(birth: Birth) -> Json:
    amount = birth.given.get("amount", birth.rng.randrange(1, 200) * 100)
    return {"product": birth.any("product", "product"), "amount": amount, "amount_decimal": str(amount)}


@_of("subscription")
def _subscription(birth: Birth) -> Json:
    clock = birth.whole.get("test_clock")
    return {"billing_cycle_anchor": birth.now, "start_date": birth.now, "currency": "usd", "test_clock": clock}


@_of("subscription_item")
def _subscription_item(birth: Birth) -> Json:
    price = birth.any("price", "price")
    start = birth.whole.get("billing_cycle_anchor", birth.now)
    return {
        "price": price,
        "plan": price,
        "quantity": birth.rng.randrange(1, 9),
        "current_period_start": start,
        "current_period_end": start + 30 * DAY_SECONDS,
    }


@_of("invoice")
def _invoice(birth: Birth) -> Json:
    return {
        "customer_email": birth.whole.get("email"),
        "customer_name": birth.whole.get("name"),
        "period_start": birth.now,
        "period_end": birth.now,
    }


@_of("invoiceitem")
def _invoiceitem(birth: Birth) -> Json:
    pricing, unit = _pricing(birth)
    quantity = birth.given.get("quantity", 1)
    amount = birth.given.get("amount", unit * quantity)
    return {"pricing": pricing, "amount": amount, "net_amount": amount, "period": _moment(birth)}


@_of("line_item")
def _line_item(birth: Birth) -> Json:
    pricing, unit = _pricing(birth)
    quantity = birth.given.get("quantity", birth.rng.randrange(1, 4))
    amount = birth.given.get("amount", unit * quantity)
    billed = birth.whole["parent"]
    subscription = billed["subscription_details"]["subscription"] if billed else None
    items = birth.ledger.store.owned("subscription_item", subscription)[:1] if subscription else []
    return {
        "pricing": pricing,
        "quantity": quantity,
        "quantity_decimal": str(quantity),
        "amount": amount,
        "subtotal": amount,
        "currency": birth.whole["currency"],
        "subscription": subscription,
        "parent": _line_parent(birth, subscription, items[0].key[1] if items else None),
        "period": _moment(birth),
    }


def _line_parent(birth: Birth, subscription: str | None, subscription_item: str | None) -> Json:
    """A line comes from an item of a subscription, or else from an invoice item."""
    common: Json = {"proration": False, "proration_details": {"credited_items": None}}
    if subscription_item is not None:
        from_subscription = {"invoice_item": None, "subscription": subscription, "subscription_item": subscription_item}
        return {
            "type": "subscription_item_details",
            "invoice_item_details": None,
            "subscription_item_details": common | from_subscription,
        }
    item = birth.given.get("invoice_item") or f"ii_{birth.ledger.letters(24)}"
    return {
        "type": "invoice_item_details",
        "invoice_item_details": common | {"invoice_item": item, "subscription": None},
        "subscription_item_details": None,
    }


def _pricing(birth: Birth) -> tuple[Json, int]:
    """How a line is priced, and the price of one."""
    price_id = birth.any("price", "price")
    price = birth.ledger.body("price", price_id)
    details = {"price": price_id, "product": price["product"]}
    pricing = {"type": "price_details", "price_details": details, "unit_amount_decimal": price["unit_amount_decimal"]}
    return pricing, price["unit_amount"] or 0


def _moment(birth: Birth) -> Json:
    return {"start": birth.now, "end": birth.now}
