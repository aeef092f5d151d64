"""Payment methods: what happens."""

from __future__ import annotations

from integration_tests.sandbox import deeds
from integration_tests.sandbox.act import Act

ACTS = (
    Act(3, deeds.new("payment_method", customer=True)),
    Act(1, deeds.edit("payment_method")),
    Act(1, deeds.detach),
    Act(2, deeds.new("bank_account", customer=True)),
    Act(1, deeds.new("card", customer=True)),
    Act(1, deeds.edit("bank_account")),
    Act(1, deeds.remove("bank_account")),
    Act(2, deeds.new("customer_balance_transaction", customer=True)),
)
