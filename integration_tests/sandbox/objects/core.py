"""Core resources: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.effects import money, payments, possessions
from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import DAY_SECONDS, FIXTURES, Json
from integration_tests.sandbox.world.resource import Hidden, Resource, on_a_test_clock, plain, turns

_NAMES = ("Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Tony", "Frances", "Niklaus", "Jean")
_SETTLEMENT = {
    **FIXTURES["balance_settings"]["payments"],
    "settlement_timing": {"delay_days": 2, "start_of_day": {"hour": 0, "minutes": 0, "timezone": "America/New_York"}},
}
_ADDRESS = {"city": "Dublin", "country": "IE", "line1": "1 Grand Canal Street", "line2": None, "postal_code": "D02"}


def _balance_transaction(birth: Birth) -> Json:
    amount = birth.given.get("amount", birth.rng.randrange(100, 90_000))
    fee = birth.given.get("fee", money.processing_fee(amount) if amount > 0 else 0)
    parts = money.fee_parts(birth.given.get("currency", "usd"), ("stripe_fee", fee))
    sums = {"amount": amount, "fee": fee, "fee_details": parts, "net": amount - fee}
    return {**sums, "available_on": birth.now + 2 * DAY_SECONDS, "description": None}


def _customer(birth: Birth) -> Json:
    name = birth.rng.choice(_NAMES)
    email = f"{name.lower()}.{birth.id[-6:].lower()}@example.com"
    return {"name": name, "email": email, "invoice_prefix": birth.id[-8:].upper()}


def _dispute(birth: Birth) -> Json:
    return {name: birth.whole.get(name) for name in ("amount", "currency", "payment_intent")}


def _file_link(birth: Birth) -> Json:
    return {"file": birth.any("file", "file")}


def _payout(birth: Birth) -> Json:
    arrival = (birth.now // DAY_SECONDS + 2) * DAY_SECONDS
    automatic, currency = birth.given.get("automatic", True), birth.given.get("currency", "usd")
    if automatic and (due := birth.world.paid_out.due(currency, birth.now)) <= 0:
        money.brought_in(birth.world, currency, due)
    return {
        "amount": birth.world.paid_out.due(currency, birth.now) if automatic else birth.rng.randrange(1_000, 900_000),
        "arrival_date": arrival,
        "destination": birth.world.bank,
        "reconciliation_status": "in_progress" if automatic else "not_applicable",
    }


def _setup_intent(birth: Birth) -> Json:
    return {"client_secret": f"{birth.id}_secret_{birth.world.letters(12)}"}


def _setup_attempt(birth: Birth) -> Json:
    method = birth.whole.get("payment_method") or birth.any("payment_method", "payment_method")
    return {"customer": birth.whole.get("customer"), "payment_method": method}


ROWS = (
    Resource("event", "evt_"),
    Resource("balance", "", changed=("balance.available",), stamp=None),
    Resource(
        "balance_settings",
        "",
        changed=("balance_settings.updated",),
        stamp=None,
        plain=plain(payments=_SETTLEMENT),
    ),
    Resource("balance_transaction", "txn_", fill=_balance_transaction, came=money.moved),
    Resource("file", "file_", ("file.created",)),
    Resource("file_link", "link_", fill=_file_link),
    Resource("exchange_rate", "", stamp=None),
    Resource(
        "customer",
        "cus_",
        ("customer.created",),
        ("customer.updated",),
        ("customer.deleted",),
        stub=True,
        plain=plain("discount shipping", address=_ADDRESS | {"state": None}),
        fill=_customer,
        followers={
            "sources": ("bank_account", "card"),
            "tax_ids": ("tax_id",),
            "payment_methods": ("payment_method",),
            "balance_transactions": ("customer_balance_transaction",),
            "cash_balance_transactions": ("customer_cash_balance_transaction",),
            "subscriptions": ("subscription",),
        },
        going=possessions.customer_going,
        hidden=(Hidden(on_a_test_clock, ("test_clock",)),),
    ),
    Resource(
        "dispute",
        "du_",
        ("charge.dispute.created",),
        ("charge.dispute.updated",),
        turns=turns(
            "status", won="charge.dispute.closed", lost="charge.dispute.closed", warning_closed="charge.dispute.closed"
        ),
        owner="charge",
        owner_field="charge",
        fill=_dispute,
        settled=money.withdrawn,
        came=payments.disputed,
        altered=money.reinstated,
    ),
    Resource(
        "payout",
        "po_",
        ("payout.created",),
        ("payout.updated",),
        turns=turns(
            "status",
            paid="payout.paid payout.updated",
            failed="payout.failed payout.updated",
            canceled="payout.canceled payout.updated",
        )
        + turns("reconciliation_status", completed="payout.reconciliation_completed"),
        plain=plain("trace_id", reconciliation_status="in_progress"),
        fill=_payout,
        settled=money.moves("payout", -1),
        came=money.paid_out,
    ),
    Resource(
        "setup_intent",
        "seti_",
        ("setup_intent.created",),
        turns=turns(
            "status",
            succeeded="setup_intent.succeeded",
            canceled="setup_intent.canceled",
            requires_action="setup_intent.requires_action",
        ),
        owner="customer",
        owner_field="customer",
        alone=True,
        plain=plain("last_setup_error next_action payment_method_configuration_details"),
        fill=_setup_intent,
        followers={"attempts": ("setup_attempt",)},
    ),
    Resource(
        "setup_attempt",
        "setatt_",
        owner="setup_intent",
        owner_field="setup_intent",
        plain=plain("setup_error"),
        fill=_setup_attempt,
        came=payments.attempted,
    ),
)
