"""What later syncs bring of what customers, cards and financial accounts have: as it is, and gone with its owner."""

from __future__ import annotations

import pytest

from integration_tests.sandbox.effects.flows import FLOWS
from integration_tests.story import Story, deleted
from integration_tests.vocabulary import DAY
from source_stripe.catalog.billing import customer_tax_ids, invoice_payments, invoices
from source_stripe.catalog.core import customers
from source_stripe.catalog.issuing import issuing_tokens
from source_stripe.catalog.payment_methods import (
    bank_accounts,
    customer_cards,
    customer_cash_balance_transactions,
    sources,
)
from source_stripe.catalog.treasury import (
    treasury_credit_reversals,
    treasury_debit_reversals,
    treasury_financial_accounts,
    treasury_inbound_transfers,
    treasury_outbound_payments,
    treasury_outbound_transfers,
    treasury_received_credits,
    treasury_received_debits,
)

OF_CUSTOMERS = (bank_accounts, customer_cards, sources, customer_tax_ids, customer_cash_balance_transactions)
MOVING = (
    treasury_credit_reversals,
    treasury_debit_reversals,
    treasury_inbound_transfers,
    treasury_outbound_payments,
    treasury_outbound_transfers,
    treasury_received_credits,
    treasury_received_debits,
)


@pytest.mark.parametrize("pause", [0, DAY])
def test_what_a_customer_has_is_gone_with_it(pause: int) -> None:
    story = Story(customers, *OF_CUSTOMERS)
    story.sync()
    customer = story.account.create("customer", sources=4, tax_ids=2, cash_balance_transactions=3)["id"]
    story.account.create("source", customer=customer)
    story.account.advance(pause)
    if pause:
        story.sync()
        assert [len(story.last.ids(stream)) for stream in OF_CUSTOMERS] == [2, 2, 1, 2, 3]
    story.account.delete(customer)
    story.sync()
    assert story.differences == []
    for stream in OF_CUSTOMERS if pause else ():
        assert deleted(story.last.records(stream)) == story.last.ids(stream)


def test_each_stream_takes_its_own_of_a_list_of_several_types() -> None:
    story = Story(bank_accounts, customer_cards, sources)
    customer = story.account.create("customer", sources=23)["id"]
    story.account.create("source", customer=customer)
    story.sync()
    assert [len(story.last.ids(stream)) for stream in story.streams] == [12, 11, 1]
    assert story.differences == []


def test_a_source_that_is_detached_is_marked_and_stays_so() -> None:
    story = Story(customers, sources)
    source = story.account.create("source", status="chargeable")["id"]
    story.account.update(source, customer=story.account.create("customer")["id"])
    assert story.sync().ids(sources) == {source}
    story.account.update(source, customer=None)
    (record,) = story.sync().records(sources)
    assert (record["is_deleted"], record["status"]) == (True, "consumed")
    story.account.advance(40 * DAY)
    story.sync()
    assert story.differences == []


def test_the_accounts_own_tax_ids_are_not_among_those_of_customers() -> None:
    story = Story(customer_tax_ids)
    own = story.account.create("tax_id")
    story.sync()
    story.account.update(own["id"], verification={**own["verification"], "status": "verified"})
    theirs = story.account.create("tax_id", customer=story.account.create("customer")["id"])
    assert story.sync().ids(customer_tax_ids) == {theirs["id"]}
    assert story.differences == []


def test_a_token_changes_though_its_card_does_not() -> None:
    story = Story(issuing_tokens)
    card = story.account.create("issuing.card")["id"]
    token = story.account.create("issuing.token", card=card)["id"]
    story.sync()
    story.account.update(token, status="suspended")
    (record,) = story.sync().records(issuing_tokens)
    assert (record["id"], record["issuing_card_id"], record["status"]) == (token, card, "suspended")


@pytest.mark.parametrize("kind", FLOWS)
def test_a_flow_changes_the_balance_that_it_goes_through(kind: str) -> None:
    story = Story(treasury_financial_accounts, *MOVING)
    held = story.account.create("treasury.financial_account")["id"]
    story.sync()
    flow = story.account.create(kind, financial_account=held)
    request_queue = {"treasury.inbound_transfer": "succeeded", "treasury.debit_reversal": "succeeded"}
    if flow["status"] == "processing":
        story.sync()
        story.account.update(flow["id"], status=request_queue.get(kind, "posted"))
    story.sync()
    assert held in story.last.ids(treasury_financial_accounts)
    assert story.differences == []


@pytest.mark.parametrize("of", ["credit", "debit"])
def test_what_was_received_names_the_reversal_that_took_it_back(of: str) -> None:
    stream = treasury_received_credits if of == "credit" else treasury_received_debits
    story = Story(stream)
    received = story.account.create(f"treasury.received_{of}")
    story.sync()
    story.account.create(f"treasury.{of}_reversal", financial_account=received["financial_account"])
    (record,) = story.sync().records(stream)
    assert (record["id"], record["treasury_financial_account_id"]) == (received["id"], received["financial_account"])
    assert story.differences == []


@pytest.mark.parametrize("status", ["paid", "void", "uncollectible"])
def test_a_payment_is_seen_from_its_invoice_to_its_end(status: str) -> None:
    story = Story(invoices, invoice_payments)
    invoice = story.account.create("invoice")["id"]
    assert story.sync().ids(invoice_payments) == set()
    story.account.update(invoice, status="open")
    (payment,) = story.sync().ids(invoice_payments)
    part = story.account.create("invoice_payment", invoice=invoice, status="paid")["id"]
    assert story.sync().ids(invoice_payments) == {payment, part}
    story.account.update(invoice, status=status)
    story.sync()
    assert story.differences == []
    assert "payments" not in story.last.records(invoices)[0]
