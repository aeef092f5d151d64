"""Payment methods: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.birth import Birth
from integration_tests.sandbox.facts import Json
from integration_tests.sandbox.resource import Resource, Turn


def _source(birth: Birth) -> Json:
    return {"fingerprint": birth.ledger.letters(16), "last4": f"{birth.rng.randrange(10_000):04}"}


def _customer_balance_transaction(birth: Birth) -> Json:
    amount = birth.given.get("amount", -birth.rng.randrange(1, 50) * 10)
    return {"amount": amount, "ending_balance": birth.whole.get("balance", 0) + amount, "description": "credit"}


ROWS = (
    *(
        Resource(
            name,
            prefix,
            ("customer.source.created",),
            ("customer.source.updated",),
            ("customer.source.deleted",),
            owner="customer",
            owner_field="customer",
            shelf="source",
            stamp=None,
            fill=_source,
        )
        for name, prefix in (("bank_account", "ba_"), ("card", "card_"))
    ),
    Resource(
        "customer_balance_transaction",
        "cbtxn_",
        owner="customer",
        owner_field="customer",
        fill=_customer_balance_transaction,
    ),
    Resource(
        "payment_method",
        "pm_",
        (),
        ("payment_method.updated",),
        turns=(
            Turn("customer", None, ("payment_method.detached",)),
            Turn("customer", ..., ("payment_method.attached",)),
        ),
        owner="customer",
        owner_field="customer",
        alone=True,
    ),
)
