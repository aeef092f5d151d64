"""Payment methods: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act

ACTS = (
    Act(3, deeds.new("payment_method", customer=True)),
    Act(1, deeds.edit("payment_method")),
    Act(1, deeds.detach("payment_method")),
    Act(2, deeds.new("bank_account", customer=True)),
    Act(3, deeds.new("card", customer=True)),
    Act(1, deeds.edit("bank_account")),
    Act(1, deeds.remove("bank_account")),
    Act(1, deeds.edit("card")),
    Act(1, deeds.remove("card")),
    Act(3, deeds.new("source", customer=True)),
    Act(1, deeds.new("source")),
    Act(1, deeds.edit("source", customer=...)),
    Act(1, deeds.edit("source", customer=None), silent=True),
    Act(1, deeds.become("source", "pending", "chargeable")),
    Act(1, deeds.become("source", "pending", "failed")),
    Act(1, deeds.become("source", "pending", "canceled")),
    Act(1, deeds.attach),
    Act(1, deeds.detach("source")),
    Act(1, deeds.new("customer_cash_balance_transaction", customer=True)),
    Act(2, deeds.new("customer_balance_transaction", customer=True)),
    Act(1, deeds.new("payment_method_configuration")),
    Act(1, deeds.reword("payment_method_configuration", "name"), silent=True),
    Act(1, deeds.become("payment_method_configuration", True, False, "active"), silent=True),
    Act(1, deeds.new("payment_method_domain")),
    Act(1, deeds.become("payment_method_domain", True, False, "enabled"), silent=True),
    Act(1, deeds.become("payment_method_domain", False, True, "enabled"), silent=True),
    Act(2, deeds.new("apple_pay_domain")),
    Act(1, deeds.remove("apple_pay_domain"), silent=True),
)
