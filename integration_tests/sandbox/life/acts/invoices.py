"""Invoices: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds, discounting
from integration_tests.sandbox.life.act import Act

VERIFIED = {"verification": {"status": "verified", "verified_address": "1 Grand Canal Street", "verified_name": "Ada"}}

ACTS = (
    Act(4, deeds.invoice),
    Act(2, deeds.edit("invoice")),
    Act(1, deeds.new_under("line_item", "invoice", "invoice", status="draft")),
    Act(1, deeds.line_gone),
    Act(1, discounting.put_on("invoice", status="draft")),
    Act(1, discounting.take_off("invoice", status="draft")),
    Act(1, discounting.put_on("line_item", "invoice", status="draft")),
    Act(1, discounting.take_off("line_item", "invoice", status="draft")),
    Act(4, deeds.become("invoice", "draft", "open")),
    Act(2, deeds.new_under("credit_note", "invoice", "invoice", status="open")),
    Act(3, deeds.become("invoice", "open", "paid")),
    Act(1, deeds.become("invoice", "open", "void")),
    Act(1, deeds.become("invoice", "open", "uncollectible")),
    Act(1, deeds.remove("invoice", status="draft")),
    Act(1, deeds.upcoming),
    Act(2, deeds.new("invoiceitem", customer=True)),
    Act(1, deeds.edit("invoiceitem"), silent=True),
    Act(1, discounting.discounted_invoice_item),
    Act(1, discounting.put_on("invoiceitem", invoice=None), silent=True),
    Act(1, discounting.take_off("invoiceitem", invoice=None), silent=True),
    Act(1, deeds.remove("invoiceitem", invoice=None)),
    Act(1, deeds.part_paid),
    Act(3, deeds.new("tax_id", customer=True)),
    Act(1, deeds.alter("tax_id", VERIFIED, customer=...)),
    Act(1, deeds.remove("tax_id", customer=...)),
    Act(1, deeds.new("tax_id")),
    Act(1, deeds.alter("tax_id", VERIFIED, customer=None), silent=True),
    Act(1, deeds.remove("tax_id", customer=None), silent=True),
    Act(1, deeds.edit("credit_note")),
    Act(1, deeds.become("credit_note", "issued", "void")),
    Act(1, deeds.new("invoice_rendering_template")),
    Act(1, deeds.reword("invoice_rendering_template", "nickname"), silent=True),
    Act(1, deeds.become("invoice_rendering_template", "active", "archived"), silent=True),
    Act(1, deeds.become("invoice_rendering_template", "archived", "active"), silent=True),
)
