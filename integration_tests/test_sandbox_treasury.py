"""What flows through a financial account of the sandbox: flows, their transactions, the balance."""

from __future__ import annotations

import pytest

from integration_tests.asking import Json, error, events, getting, new_types
from integration_tests.sandbox import Account, Sandbox
from integration_tests.sandbox.effects.flows import FLOWS


def balance(account: Account) -> Json:
    (only,) = account.objects("treasury.financial_account")
    return {name: amounts["usd"] for name, amounts in only["balance"].items()}


def moves(account: Account) -> list[tuple[str, int, int]]:
    """The entries, oldest first: their type, and what they do to the cash and to what is held."""
    entries = reversed(account.objects("treasury.transaction_entry"))
    impacts = [(entry["type"], entry["balance_impact"]) for entry in entries]
    return [(type, impact["cash"], impact["outbound_pending"]) for type, impact in impacts]


@pytest.mark.parametrize("kind", FLOWS)
def test_a_new_flow_is_told_with_its_transaction(account: Account, kind: str) -> None:
    flow = account.create(kind)
    (event,) = events(account, f"{kind}.created")
    assert event["data"]["object"]["transaction"] == flow["transaction"]
    asked = {"financial_account": flow["financial_account"]}
    rows = {row["id"]: row for row in account.rows("/v1/treasury/transactions", **asked)}
    assert rows[flow["transaction"]]["flow"] == flow["id"]
    assert rows[flow["transaction"]]["flow_type"] == kind.removeprefix("treasury.")
    assert [row["id"] for row in account.rows(f"/v1/{kind.replace('.', '/')}s", **asked)] == [flow["id"]]


@pytest.mark.parametrize(
    ("status", "expected", "left", "outcome"),
    [
        ("posted", [("outbound_payment", -500, 500), ("outbound_payment_posting", 0, -500)], -500, "posted"),
        ("canceled", [("outbound_payment", -500, 500), ("outbound_payment_cancellation", 500, -500)], 0, "void"),
        ("failed", [("outbound_payment", -500, 500), ("outbound_payment_failure", 500, -500)], 0, "void"),
    ],
)
def test_what_is_sent_is_held_until_it_has_left(
    account: Account, status: str, expected: list[tuple[str, int, int]], left: int, outcome: str
) -> None:
    payment = account.create("treasury.outbound_payment", amount=500)
    assert balance(account) == {"cash": -500, "inbound_pending": 0, "outbound_pending": 500}
    account.advance(60)
    with new_types(account) as found:
        changed = account.update(payment["id"], status=status)
    assert found == {f"treasury.outbound_payment.{status}"}
    assert changed["status_transitions"][f"{status}_at"] == account.now
    assert moves(account) == expected
    assert balance(account) == {"cash": left, "inbound_pending": 0, "outbound_pending": 0}
    (transaction,) = account.objects("treasury.transaction")
    assert (transaction["status"], transaction["balance_impact"]["cash"]) == (outcome, left)


def test_what_is_returned_comes_with_a_transaction_of_its_own(account: Account) -> None:
    transfer = account.create("treasury.outbound_transfer", amount=500)["id"]
    account.update(transfer, status="posted")
    returned = account.update(transfer, status="returned")
    assert len({returned["transaction"], returned["returned_details"]["transaction"]}) == 2
    assert moves(account)[-1] == ("outbound_transfer_return", 500, 0)
    assert balance(account)["cash"] == 0


def test_what_is_pulled_in_counts_once_it_has_succeeded(account: Account) -> None:
    transfer = account.create("treasury.inbound_transfer", amount=500)["id"]
    assert balance(account)["cash"] == 0
    account.update(transfer, status="succeeded")
    assert moves(account) == [("inbound_transfer", 500, 0)]
    assert balance(account)["cash"] == 500


@pytest.mark.parametrize("of", ["credit", "debit"])
def test_a_reversal_is_named_by_what_it_takes_back(account: Account, of: str) -> None:
    received = account.create(f"treasury.received_{of}")
    with new_types(account) as found:
        reversal = account.create(f"treasury.{of}_reversal", financial_account=received["financial_account"])
    assert found == {f"treasury.{of}_reversal.created"}
    assert (reversal[f"received_{of}"], reversal["amount"]) == (received["id"], received["amount"])
    (shown,) = account.objects(f"treasury.received_{of}")
    assert shown["linked_flows"][f"{of}_reversal"] == reversal["id"]


def test_an_arrival_is_put_off_and_a_payment_is_tracked(account: Account) -> None:
    payment = account.create("treasury.outbound_payment")
    with new_types(account) as found:
        account.update(payment["id"], expected_arrival_date=payment["expected_arrival_date"] + 1)
        account.update(payment["id"], tracking_details={"type": "ach", "ach": {"trace_id": "1"}})
    kind = "treasury.outbound_payment"
    assert found == {f"{kind}.expected_arrival_date_updated", f"{kind}.tracking_details_updated"}


def test_the_money_of_financial_accounts_adds_up(populated: Account) -> None:
    for held in populated.objects("treasury.financial_account"):
        asked = {"financial_account": held["id"]}
        entries = populated.rows("/v1/treasury/transaction_entries", **asked)
        for transaction in populated.rows("/v1/treasury/transactions", **asked):
            own = populated.rows("/v1/treasury/transaction_entries", **asked, transaction=transaction["id"])
            for name, impact in transaction["balance_impact"].items():
                assert impact == sum(entry["balance_impact"][name] for entry in own)
        for name, amounts in held["balance"].items():
            assert amounts["usd"] == sum(entry["balance_impact"][name] for entry in entries)


def test_the_entries_of_a_transaction_are_expanded_in_it_and_not_in_lists(account: Account) -> None:
    get = getting(Sandbox(account))
    payment = account.create("treasury.outbound_payment")
    account.create("treasury.outbound_payment", financial_account=payment["financial_account"])
    account.update(payment["id"], status="posted")
    one = get(f"/v1/treasury/transactions/{payment['transaction']}", expand=["entries"]).json()
    assert [entry["type"] for entry in one["entries"]["data"]] == ["outbound_payment_posting", "outbound_payment"]
    asked = {"financial_account": payment["financial_account"]}
    assert error(get("/v1/treasury/transactions", expand=["data.entries"], **asked)) == (400, None, "expand")
    assert error(get("/v1/treasury/transactions")) == (400, "parameter_missing", "financial_account")
    assert get("/v1/treasury/transactions", order_by="created", **asked).status_code == 200
