"""What Stripe tells of nowhere, of another object only, or while it is being read; the rows are right all the same."""

from __future__ import annotations

from integration_tests.oracle import differences
from integration_tests.sandbox import Account, Sandbox
from integration_tests.story import Story
from integration_tests.vocabulary import CATALOG, DAY, HOUR, NOW, settled, sync
from integration_tests.warehouse import Warehouse
from source_stripe.catalog.billing import discounts, invoice_rendering_templates
from source_stripe.catalog.checkout import payment_link_line_items, payment_links
from source_stripe.catalog.connect import capabilities
from source_stripe.catalog.treasury import treasury_inbound_transfers, treasury_transactions
from source_stripe.catalog.usage import billing_meter_event_summaries


def test_a_discount_that_is_taken_off_a_customer_is_marked_though_only_its_own_event_tells() -> None:
    story = Story(discounts)
    customer = story.account.create("customer")["id"]
    discount = story.account.create("discount", customer=customer)
    assert (discount["id"], customer) in {(row["id"], row["holder_id"]) for row in story.sync().records(discounts)}
    account, stored = story.account, story.account.stored("customer", customer)
    account.change(stored, {"discount": None}, ())
    account.emit("customer.discount.deleted", discount, None)
    (row,) = [row for row in story.sync().records(discounts) if row["holder_id"] == customer]
    assert (row["id"], row["is_deleted"]) == (discount["id"], True)


def test_the_stub_of_a_discount_that_its_holder_still_shows_is_no_living_row() -> None:
    story = Story(discounts)
    invoice = story.account.create("invoice", discounts=1)
    story.sync()
    story.account.store.drop(story.account.stored("discount", invoice["discounts"][0]))
    story.account.update(invoice["id"], metadata={"note": "sent"})
    (row,) = [row for row in story.sync().records(discounts) if row["holder_id"] == invoice["id"]]
    assert row["is_deleted"] is True
    assert "deleted" not in row


def test_what_goes_from_one_list_to_another_while_they_are_read_is_not_gone() -> None:
    account = Account(NOW)
    template = account.create("invoice_rendering_template", status="archived")["id"]
    account.advance(2 * HOUR)
    stripe, warehouse = Sandbox(account), Warehouse()
    first = warehouse.take(sync(stripe, [invoice_rendering_templates]))
    account.advance(HOUR)
    answer = stripe.handle

    def meanwhile(request):  # type: ignore[no-untyped-def]
        response = answer(request)
        # The active ones are read already, the archived ones not yet.
        if ("status", "active") in request.query:
            account.update(template, status="active")
        return response

    stripe.handle = meanwhile  # type: ignore[method-assign]
    second = warehouse.take(sync(stripe, [invoice_rendering_templates], first.state))
    assert [row for row in second.records(invoice_rendering_templates) if row.get("is_deleted")] == []
    assert template in warehouse.latest(invoice_rendering_templates)


def test_rows_that_are_read_again_to_repair_a_destination_win_in_every_stream() -> None:
    stripe = settled(customers=15, seed=5)
    first = sync(stripe)
    stripe.account.advance(DAY)
    again = sync(stripe, state=first.state, reconcile=True)
    for resource in CATALOG:
        if resource.stamped:
            before = {resource.identity(row): row[resource.cursor] for row in first.records(resource)}
            after = {resource.identity(row): row[resource.cursor] for row in again.records(resource)}
            assert after.keys() >= before.keys(), resource.name
            assert all(after[key] > before[key] for key in before), resource.name


def test_usage_of_a_customer_with_two_subscriptions_is_that_since_the_older_one() -> None:
    story = Story(billing_meter_event_summaries)
    account = story.account
    meter = account.create("billing.meter")["id"]
    recurring = {"interval": "month", "interval_count": 1, "meter": meter, "usage_type": "metered"}
    price = account.create("price", recurring=recurring | {"trial_period_days": None})["id"]
    customer = account.create("customer")["id"]
    for _ in range(2):
        subscription = account.create("subscription", customer=customer, items=1)["id"]
        (item,) = account.rows("/v1/subscription_items", subscription=subscription)
        account.update(item["id"], price=price)
        account.uses(meter, customer, 7)
        account.advance(100 * DAY)
    assert len(story.sync().records(billing_meter_event_summaries)) == 2
    assert story.differences == []


def test_what_was_added_a_moment_before_a_sync_is_delivered_once() -> None:
    story = Story(treasury_transactions)
    story.account.create("treasury.financial_account")
    story.sync()
    flow = story.account.create("treasury.received_credit")
    story.account.advance(120)
    second = sync(story.stripe, story.streams, story.last.state)
    assert [row["id"] for row in second.records(treasury_transactions)].count(flow["transaction"]) > 0
    story.account.advance(120)
    assert sync(story.stripe, story.streams, second.state).records(treasury_transactions) == []


def test_capabilities_of_one_name_that_change_together_are_each_a_row() -> None:
    story = Story(capabilities)
    accounts = [story.account.create("account")["id"] for _ in range(2)]
    story.sync()
    for account in accounts:
        # Whether `account.updated` comes beside it is not documented.
        stored = story.account.stored("capability", f"{account}/card_payments")
        story.account.store.replace(stored, {**stored.body, "status": "pending"}, account)
        story.account.emit("capability.updated", stored.body, None, account)
    told = {(row["account_id"], row["id"], row["status"]) for row in story.sync().records(capabilities)}
    assert told >= {(account, "card_payments", "pending") for account in accounts}
    assert story.differences == []


def test_an_inbound_transfer_that_the_bank_takes_back_is_told_by_the_debit() -> None:
    story = Story(treasury_inbound_transfers)
    account = story.account
    transfer = account.create("treasury.inbound_transfer", status="succeeded")
    story.sync()
    linked = {"inbound_transfer": transfer["id"]}
    debit = account.create(
        "treasury.received_debit", financial_account=transfer["financial_account"], linked_flows=linked
    )
    returned = {"returned": True, "linked_flows": {"received_debit": debit["id"]}}
    account.change(account.stored("treasury.inbound_transfer", transfer["id"]), returned, ())
    (row,) = story.sync().records(treasury_inbound_transfers)
    assert row["returned"] is True


def test_a_stream_begun_later_than_another_of_its_list_gets_each_row_once() -> None:
    story = Story(payment_links, payment_link_line_items)
    for _ in range(250):
        story.account.create("payment_link")
    story.account.advance(HOUR)
    half = sync(story.stripe, [payment_links], at_most=6)
    story.account.advance(HOUR)
    rest = sync(story.stripe, story.streams, half.state)
    for resource in story.streams:
        assert len(rest.records(resource)) == len(rest.ids(resource))
    warehouse = Warehouse()
    warehouse.take(half)
    warehouse.take(rest)
    assert [row for one in story.streams for row in differences(story.account, warehouse, one)] == []
