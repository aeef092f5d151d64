"""How the sandbox's invoices are paid."""

from __future__ import annotations

from integration_tests.asking import Json, new_types
from integration_tests.sandbox import Account


def payments(account: Account, invoice: Json) -> list[Json]:
    """Those of an invoice, oldest first."""
    rows = account.rows("/v1/invoice_payments", invoice=invoice["id"])
    assert account.rows("/v1/invoices", expand=["payments"])[0]["payments"]["data"] == rows
    return rows[::-1]


def test_an_invoice_has_a_payment_from_when_it_is_finalized(account: Account) -> None:
    invoice = account.create("invoice")
    assert payments(account, invoice) == []
    with new_types(account) as found:
        account.update(invoice["id"], status="open")
    assert found == {"invoice.finalized", "invoice.updated"}
    (payment,) = payments(account, invoice)
    assert (payment["status"], payment["is_default"], payment["amount_paid"]) == ("open", True, None)
    assert payment["amount_requested"] == invoice["total"]


def test_what_is_paid_in_part_is_no_longer_asked_for(account: Account) -> None:
    invoice = account.create("invoice", status="open")
    with new_types(account) as found:
        part = account.create("invoice_payment", invoice=invoice["id"], status="paid")
    assert found == {"invoice_payment.paid", "invoice.updated"}
    default, _ = payments(account, invoice)
    assert default["amount_requested"] == invoice["total"] - part["amount_paid"]
    with new_types(account) as found:
        account.update(invoice["id"], status="paid")
    assert "invoice_payment.paid" in found
    assert sum(one["amount_paid"] for one in payments(account, invoice)) == invoice["total"]
    assert {one["status"] for one in payments(account, invoice)} == {"paid"}


def test_a_voided_invoice_asks_for_nothing_and_only_its_own_events_say_so(account: Account) -> None:
    invoice = account.create("invoice", status="open")
    with new_types(account) as found:
        account.update(invoice["id"], status="void")
    assert found == {"invoice.voided", "invoice.updated"}
    (payment,) = payments(account, invoice)
    assert (payment["status"], payment["status_transitions"]["canceled_at"]) == ("canceled", account.now)
    assert account.unannounced == set()


def test_an_invoice_can_be_born_as_paid(account: Account) -> None:
    invoice = account.create("invoice", status="paid", lines=3)
    (payment,) = payments(account, invoice)
    assert payment["amount_paid"] == invoice["amount_paid"] == invoice["total"]


def test_a_report_that_succeeds_is_in_a_file(account: Account) -> None:
    run = account.create("reporting.report_run")
    assert (run["status"], run["result"]) == ("pending", None)
    with new_types(account) as found:
        done = account.update(run["id"], status="succeeded")
    assert found == {"reporting.report_run.succeeded", "file.created"}
    assert [done["result"]] == account.objects("file")
