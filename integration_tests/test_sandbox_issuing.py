"""What cards of the sandbox spend: authorizations, transactions, disputes, the balance of Issuing."""

from __future__ import annotations

import pytest

from integration_tests.asking import Json, new_types
from integration_tests.sandbox import Account


def entries(account: Account) -> list[tuple[str, int]]:
    """What moved the balance of Issuing, oldest first."""
    rows = [row for row in reversed(account.objects("balance_transaction")) if row["balance_type"] == "issuing"]
    return [(row["type"], row["net"]) for row in rows]


def balance(account: Account) -> int:
    return int(account.only("balance")["issuing"]["available"][0]["amount"])


def purchase(account: Account, amount: int = 500) -> Json:
    """A captured authorization of a card: the transaction."""
    authorization = account.create("issuing.authorization", amount=amount)["id"]
    account.advance(60)
    return account.create("issuing.transaction", authorization=authorization)


def test_what_is_authorized_is_held_and_taken_when_it_is_captured(account: Account) -> None:
    authorization = account.create("issuing.authorization", amount=500)
    assert entries(account) == [("issuing_authorization_hold", -500)]
    account.advance(60)
    with new_types(account) as found:
        transaction = account.create("issuing.transaction", authorization=authorization["id"])
    assert found == {"issuing_transaction.created", "issuing_authorization.updated"}
    (closed,) = account.objects("issuing.authorization")
    assert (closed["status"], [row["net"] for row in closed["balance_transactions"]]) == ("closed", [-500, 500])
    moved = {row["id"]: row for row in account.objects("balance_transaction")}[transaction["balance_transaction"]]
    assert (moved["type"], moved["source"], moved["net"]) == ("issuing_transaction", transaction["id"], -500)
    assert balance(account) == -500


def test_what_is_reversed_is_free_again(account: Account) -> None:
    authorization = account.create("issuing.authorization", amount=500)["id"]
    account.update(authorization, status="reversed")
    assert entries(account) == [("issuing_authorization_hold", -500), ("issuing_authorization_release", 500)]
    assert balance(account) == 0


def test_a_dispute_is_named_by_its_transaction_and_brings_the_amount_back_if_it_is_won(account: Account) -> None:
    transaction = purchase(account)
    with new_types(account) as found:
        dispute = account.create("issuing.dispute", transaction=transaction["id"])["id"]
    assert found == {"issuing_dispute.created", "issuing_transaction.updated"}
    assert account.objects("issuing.transaction")[0]["dispute"] == dispute
    account.update(dispute, status="submitted")
    assert balance(account) == -500
    with new_types(account) as found:
        won = account.update(dispute, status="won")
    assert found == {"issuing_dispute.closed", "issuing_dispute.updated", "issuing_dispute.funds_reinstated"}
    assert [(row["type"], row["net"]) for row in won["balance_transactions"]] == [("issuing_dispute", 500)]
    assert balance(account) == 0


@pytest.mark.parametrize("kind", ["issuing.authorization", "issuing.transaction", "issuing.dispute"])
def test_what_a_card_did_names_what_is_there(account: Account, kind: str) -> None:
    account.create(kind)
    cards, cardholders = ({one["id"] for one in account.objects(f"issuing.{name}")} for name in ("card", "cardholder"))
    for one in account.objects("issuing.authorization"):
        assert one["card"]["id"] in cards
        assert {one["cardholder"], one["card"]["cardholder"]["id"]} <= cardholders
    authorizations = {one["id"]: one for one in account.objects("issuing.authorization")}
    transactions = {one["id"]: one for one in account.objects("issuing.transaction")}
    for one in transactions.values():
        of = authorizations[one["authorization"]]
        assert (one["card"], one["cardholder"], one["amount"]) == (of["card"]["id"], of["cardholder"], -of["amount"])
    for one in account.objects("issuing.dispute"):
        assert transactions[one["transaction"]]["amount"] == -one["amount"]


def test_no_payout_pays_out_what_cards_may_spend(account: Account) -> None:
    purchase(account)
    account.create("charge", amount=10_000, currency="usd", status="succeeded", application_fee_amount=None)
    account.advance(3 * 86_400)
    payout = account.create("payout", automatic=True)
    assert payout["amount"] == 10_000 - 320
    assert balance(account) == -500


def test_a_card_that_was_never_used_moves_nothing(account: Account) -> None:
    account.create("issuing.card")
    assert "issuing" not in account.only("balance")
