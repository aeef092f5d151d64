"""Invoices: what happens."""

from __future__ import annotations

from integration_tests.sandbox import deeds
from integration_tests.sandbox.act import Act

ACTS = (
    Act(4, deeds.invoice),
    Act(2, deeds.edit("invoice")),
    Act(1, deeds.new_under("line_item", "invoice", "invoice", status="draft")),
    Act(1, deeds.line_gone),
    Act(4, deeds.become("invoice", "draft", "open")),
    Act(3, deeds.become("invoice", "open", "paid")),
    Act(1, deeds.become("invoice", "open", "void")),
    Act(1, deeds.become("invoice", "open", "uncollectible")),
    Act(1, deeds.remove("invoice", status="draft")),
    Act(1, deeds.upcoming),
    Act(2, deeds.new("invoiceitem", customer=True)),
    Act(1, deeds.edit("invoiceitem"), silent=True),
    Act(1, deeds.remove("invoiceitem", invoice=None)),
    Act(2, deeds.new_under("credit_note", "invoice", "invoice", status="open")),
    Act(1, deeds.edit("credit_note")),
    Act(1, deeds.become("credit_note", "issued", "void")),
)
