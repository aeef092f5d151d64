"""Payment methods: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.effects import possessions
from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.resource import Hidden, Resource, Turn, turns


def _source(birth: Birth) -> Json:
    return {"fingerprint": birth.world.letters(16), "last4": f"{birth.rng.randrange(10_000):04}"}


def _configuration(birth: Birth) -> Json:
    first = not len(birth.world.store.shelf("payment_method_configuration"))
    return {"is_default": first, "name": "Default" if first else f"Configuration {birth.id[-4:]}"}


def _domain(birth: Birth) -> Json:
    return {"domain_name": f"{birth.id[-8:].lower()}.example.com"}


def _legacy_source(birth: Birth) -> Json:
    return {"client_secret": f"src_client_secret_{birth.world.letters(24)}"}


def _cash_balance_transaction(birth: Birth) -> Json:
    amount = birth.given.get("net_amount", birth.rng.randrange(100, 9_000))
    owned = birth.world.store.owned("customer_cash_balance_transaction", birth.owner or "")
    return {"net_amount": amount, "ending_balance": amount + (owned[0].body["ending_balance"] if owned else 0)}


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
            renamed={"account": ("customer.source.", "account.external_account.")},
            owner="customer",
            owner_field="customer",
            others={"account": "account"},
            shelf="source",
            stamp=None,
            fill=_source,
            came=possessions.source_came,
            gone=possessions.source_gone,
            read_by={"account": lambda account: account["controller"].get("is_controller") is True},
        )
        for name, prefix in (("bank_account", "ba_"), ("card", "card_"))
    ),
    Resource(
        "source",
        "src_",
        (),
        ("customer.source.updated",),
        turns=(
            *turns("status", chargeable="source.chargeable", canceled="source.canceled", failed="source.failed"),
            Turn("customer", None, ("customer.source.deleted",)),
            Turn("customer", ..., ("customer.source.created",)),
        ),
        owner="customer",
        owner_field="customer",
        alone=True,
        shelf="source",
        fill=_legacy_source,
        untold=lambda body: body.get("customer") is None,
        implied=possessions.implied,
        came=possessions.source_came,
        altered=possessions.source_altered,
    ),
    Resource(
        "customer_cash_balance_transaction",
        "ccsbtxn_",
        ("customer_cash_balance_transaction.created",),
        owner="customer",
        owner_field="customer",
        fill=_cash_balance_transaction,
    ),
    Resource(
        "customer_balance_transaction",
        "cbtxn_",
        owner="customer",
        owner_field="customer",
        fill=_customer_balance_transaction,
        came=possessions.balance_moved,
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
        attached=True,
        hidden=(Hidden(lambda body: body["type"] == "custom", ("type",)),),
    ),
    Resource("payment_method_configuration", "pmc_", stamp=None, fill=_configuration),
    Resource("payment_method_domain", "pmd_", fill=_domain),
    Resource("apple_pay_domain", "apwc_", fill=_domain),
)
