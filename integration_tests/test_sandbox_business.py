"""The sandbox's business could be one: what it bills is paid, what is paid is paid out, and people come and go."""

from __future__ import annotations

from collections import Counter

import pytest

from integration_tests.asking import DAY, new_types
from integration_tests.sandbox import Account
from integration_tests.sandbox.business import Business
from integration_tests.sandbox.business.offers import PLANS
from integration_tests.sandbox.world.facts import Json


@pytest.fixture(scope="module")
def business() -> Business:
    made = Business.with_a_past(months=18)
    made.live(14 * DAY)
    return made


def by_id(business: Business, kind: str) -> dict[str, Json]:
    return {one["id"]: one for one in business.objects(kind)}


def test_the_same_seed_gives_the_same_business() -> None:
    one, other, third = (Business.with_a_past(seed=seed, months=2) for seed in (3, 3, 4))
    for business in (one, other, third):
        business.live(9 * DAY)
    assert one.rows("/v1/invoices") == other.rows("/v1/invoices") != third.rows("/v1/invoices")
    assert one.rows("/v1/events") == other.rows("/v1/events")
    assert one.books == other.books


def test_a_few_hundred_customers_are_on_three_plans(business: Business) -> None:
    names = {one["name"] for one in business.objects("product")}
    plans = Counter(one["nickname"].partition(",")[0] for one in _prices(business))
    assert 200 < len(business.objects("customer")) < 500
    assert {plan.name for plan in PLANS} == set(plans)
    assert min(plans.values()) > 10
    assert names == {"Larkfield Starter", "Larkfield Team", "Larkfield Business", "Onboarding workshop"}


def _prices(business: Business) -> list[Json]:
    return [one["items"]["data"][0]["price"] for one in business.objects("subscription")]


def test_they_try_subscribe_change_are_late_and_go(business: Business) -> None:
    subscriptions = business.objects("subscription")
    assert {one["status"] for one in subscriptions} >= {"trialing", "active", "canceled"}
    reasons = Counter(one["billing_reason"] for one in business.objects("invoice"))
    assert reasons.keys() == {"subscription_create", "subscription_cycle", "subscription_update", "manual"}
    assert {one["cancellation_details"]["reason"] for one in subscriptions} >= {
        "cancellation_requested",
        "payment_failed",
    }
    for kind in ("refund", "dispute", "discount"):
        assert business.objects(kind), kind
    assert {one["status"] for one in business.objects("dispute")} >= {"won", "lost"}
    assert {one["status"] for one in business.objects("charge")} == {"succeeded", "failed"}


def test_most_invoices_are_paid_each_by_a_charge_of_its_amount(business: Business) -> None:
    invoices, intents, charges = (by_id(business, kind) for kind in ("invoice", "payment_intent", "charge"))
    statuses = Counter(one["status"] for one in invoices.values())
    assert statuses["paid"] > 0.97 * len(invoices)
    assert statuses["open"] > 5
    paid = 0
    for payment in business.objects("invoice_payment"):
        invoice = invoices[payment["invoice"]]
        if invoice["status"] == "paid" and invoice["total"]:
            charge = charges[intents[payment["payment"]["payment_intent"]]["latest_charge"]]
            assert (charge["status"], charge["amount"]) == ("succeeded", invoice["total"])
            assert payment["amount_paid"] == invoice["amount_paid"] == invoice["total"]
            paid += 1
    assert paid == sum(one["status"] == "paid" and one["total"] > 0 for one in invoices.values())


def test_an_invoice_comes_to_its_lines_less_their_discounts(business: Business) -> None:
    lines: Counter[str] = Counter()
    discounts: Counter[str] = Counter()
    for line in business.objects("line_item"):
        lines[line["invoice"]] += line["amount"]
        discounts[line["invoice"]] += sum(one["amount"] for one in line["discount_amounts"])
    assert discounts.total()
    for invoice in business.objects("invoice"):
        assert invoice["subtotal"] == lines[invoice["id"]]
        assert invoice["total"] == lines[invoice["id"]] - discounts[invoice["id"]] >= 0
        assert sum(one["amount"] for one in invoice["total_discount_amounts"]) == discounts[invoice["id"]]


def test_stripe_takes_2_9_percent_and_30_cents(business: Business) -> None:
    for one in business.objects("balance_transaction"):
        if one["type"] == "charge":
            assert abs(one["fee"] - (one["amount"] * 0.029 + 30)) <= 0.5
            assert [(part["type"], part["amount"]) for part in one["fee_details"]] == [("stripe_fee", one["fee"])]


@pytest.mark.parametrize("populated", [False, True], ids=["business", "any account"])
def test_a_payout_that_is_reconciled_is_the_sum_of_its_transactions(business: Business, populated: bool) -> None:
    account = Account.populated(customers=20, seed=5) if populated else business
    payouts = [one for one in account.objects("payout") if one["automatic"]]
    assert payouts
    for payout in payouts:
        if payout["reconciliation_status"] == "completed":
            rows = account.rows("/v1/balance_transactions", payout=payout["id"])
            assert sum(row["net"] for row in rows if row["source"] != payout["id"]) == payout["amount"] > 0


# What the sandbox knows of disputes


def test_a_dispute_takes_the_amount_and_a_fee_and_who_wins_gets_the_amount_back(account: Account) -> None:
    charge = account.create("charge", amount=5_000, currency="usd", application_fee_amount=None)
    with new_types(account) as found:
        dispute = account.create("dispute", charge=charge["id"], status="needs_response")
    assert found == {"charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.updated"}
    with new_types(account) as found:
        dispute = account.update(dispute["id"], status="won")
    assert found == {"charge.dispute.closed", "charge.dispute.funds_reinstated"}
    moved = [(one["reporting_category"], one["amount"], one["fee"]) for one in dispute["balance_transactions"]]
    assert moved == [("dispute", -5_000, 1_500), ("dispute_reversal", 5_000, 0)]


def test_an_inquiry_takes_nothing(account: Account) -> None:
    dispute = account.create("dispute", status="warning_needs_response")
    assert dispute["balance_transactions"] == []
    assert account.update(dispute["id"], status="warning_closed")["balance_transactions"] == []


def test_what_is_in_a_list_can_be_said(account: Account) -> None:
    lines = [{"amount": 700}, {"amount": 300, "discount_amounts": [{"amount": 100, "discount": "di_1"}]}]
    invoice = account.create("invoice", lines=lines)
    assert [line["amount"] for line in invoice["lines"]["data"]] == [300, 700]
    assert (invoice["subtotal"], invoice["total"], invoice["amount_due"]) == (1_000, 900, 900)
