"""What each stream shows of an account, said by the account's own objects and not by the stream's declaration.

A stream that is named as its objects are needs no word here; see `view_of`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from integration_tests.sandbox import Account
from integration_tests.sandbox.objects.registry import RESOURCES
from integration_tests.sandbox.world.facts import UNIQUE

Row = dict[str, Any]

DAY_SECONDS = 86_400
FORGOTTEN = frozenset(("events", "v2_core_events"))
"""Streams whose rows Stripe shows for 30 days only, while a warehouse keeps them."""


@dataclass(frozen=True)
class Objects:
    """The objects of a type, whole."""

    object: str
    expand: tuple[str, ...] = ()
    """What is shown in full in them."""
    under: str | None = ""
    """What they stand under; None for nothing, empty for anything."""
    owner_as: str = ""
    """The field that the owner's id is put in, where the key needs it."""

    def rows(self, account: Account) -> Iterator[Row]:
        for held in account.contents(self.object, *self.expand, under=self.under):
            yield {**held.body, self.owner_as: held.owner} if self.owner_as else held.body


@dataclass(frozen=True)
class Only:
    """The one object of a type that an account has."""

    object: str

    def rows(self, account: Account) -> Iterator[Row]:
        yield account.only(self.object)


@dataclass(frozen=True)
class Elements:
    """The elements of an array inside the objects of a type, numbered."""

    object: str
    field: str
    owner_as: str
    expand: tuple[str, ...] = ()

    def rows(self, account: Account) -> Iterator[Row]:
        for held in account.contents(self.object, *self.expand, over=True):
            for position, element in enumerate(held.body[self.field] or ()):
                yield {self.owner_as: held.body["id"], "position": position, **element}


class Discounts:
    """Every discount once for each object that shows it."""

    def rows(self, account: Account) -> Iterator[Row]:
        discounts = {held.body["id"]: held.body for held in account.contents("discount")}
        for object in ("customer", "subscription", "subscription_item", "invoice", "line_item", "invoiceitem"):
            for holder in account.contents(object, over=True):
                body = holder.body
                on = [body["discount"] and body["discount"]["id"]] if object == "customer" else body["discounts"]
                yield from ({"holder_id": body["id"], **discounts[id]} for id in on if id in discounts)


class UpfrontItems:
    """The items of quotes that are charged upfront: those that are not metered."""

    def rows(self, account: Account) -> Iterator[Row]:
        for held in account.contents("item", under="quote"):
            recurring = held.body["price"]["recurring"]
            if recurring is None or recurring["usage_type"] != "metered":
                yield held.body


class PaidOut:
    """The balance transactions of each automatic payout whose reconciliation is complete."""

    def rows(self, account: Account) -> Iterator[Row]:
        payouts = {held.body["id"]: held.body for held in account.contents("payout")}
        for held in account.contents("balance_transaction"):
            payout = payouts.get(account.paid_out.payout_of(held.body["id"]) or "")
            if payout and payout["automatic"] and payout["reconciliation_status"] == "completed":
                yield held.body


class Usage:
    """What each customer has used by the day of each meter, as far back as the stream promises: to 35 days before it
    first had a subscription to a price of it."""

    def rows(self, account: Account) -> Iterator[Row]:
        subscriptions = {held.body["id"]: held.body for held in account.contents("subscription", over=True)}
        began: dict[tuple[str, str], int] = {}
        for held in account.contents("subscription_item"):
            recurring, subscription = held.body["price"]["recurring"], subscriptions.get(held.body["subscription"])
            if subscription and recurring and recurring["meter"]:
                pair = subscription["customer"], recurring["meter"]
                began[pair] = min(began.get(pair, account.now), subscription["created"])
        for (customer, meter), since in began.items():
            for summary in account.usage.daily(account.body("billing.meter", meter), customer, account.now):
                if summary["end_time"] > since - 35 * DAY_SECONDS:
                    yield {"customer_id": customer, **summary}


View = Objects | Only | Elements | Discounts | UpfrontItems | PaidOut | Usage

_ACCOUNT_PARTS = (
    *(f"configuration.{role}" for role in ("customer", "merchant", "recipient")),
    *("defaults", "future_requirements", "identity", "requirements"),
)
_TIERS = ("tiers", "currency_options")
_VIEWS: Mapping[str, View] = {
    "account": Only("account"),
    "active_entitlements": Objects("entitlements.active_entitlement"),
    "application_fees_refunds": Objects("fee_refund"),
    "authorizations": Objects("issuing.authorization"),
    "balance_transaction_fee_details": Elements("balance_transaction", "fee_details", "balance_transaction_id"),
    "bank_accounts": Objects("bank_account", under="customer"),
    "billing_meter_event_summaries": Usage(),
    "capabilities": Objects("capability", owner_as="account_id"),
    "cardholders": Objects("issuing.cardholder"),
    "cards": Objects("issuing.card"),
    "charges": Objects("charge", ("refunds",)),
    "checkout_sessions_line_items": Objects("item", under="checkout.session"),
    "coupons": Objects("coupon", ("applies_to", "currency_options")),
    "customer_cards": Objects("card", under="customer"),
    "customer_tax_ids": Objects("tax_id", under="customer"),
    "discounts": Discounts(),
    "early_fraud_warnings": Objects("radar.early_fraud_warning"),
    "entitlement_features": Objects("entitlements.feature"),
    "external_account_bank_accounts": Objects("bank_account", under="account"),
    "external_account_cards": Objects("card", under="account"),
    "invoice_items": Objects("invoiceitem"),
    "invoice_line_items": Objects("line_item"),
    "invoices": Objects("invoice", ("discounts",)),
    "payment_link_line_items": Objects("item", under="payment_link"),
    "payment_methods": Objects("payment_method", under="customer"),
    "payout_balance_transactions": PaidOut(),
    "plans": Objects("plan", ("tiers",)),
    "price_tiers": Elements("price", "tiers", "price_id", _TIERS),
    "prices": Objects("price", _TIERS),
    "quote_computed_upfront_line_items": UpfrontItems(),
    "quote_line_items": Objects("item", under="quote"),
    "sources": Objects("source", under="customer"),
    "subscription_schedule_phases": Elements("subscription_schedule", "phases", "subscription_schedule_id"),
    "tax_ids": Objects("tax_id", under=None),
    "top_ups": Objects("topup"),
    "transactions": Objects("issuing.transaction"),
    "treasury_transaction_entries": Objects("treasury.transaction_entry"),
    "v2_core_accounts": Objects("v2.core.account", _ACCOUNT_PARTS),
    "v2_core_event_destinations": Objects("v2.core.event_destination", ("webhook_endpoint.url",)),
    "v2_money_management_financial_accounts": Objects(
        "v2.money_management.financial_account", ("storage.deposit_insurance_eligibility",)
    ),
    "v2_money_management_financial_addresses": Objects("v2.money_management.financial_address"),
    "v2_money_management_transaction_entries": Objects("v2.money_management.transaction_entry"),
}
_NAMED = {name.replace(".", "_"): name for name in RESOURCES}
_ONLY = frozenset(UNIQUE.values()) - {"account"}


def view_of(stream: str) -> View:
    """What a stream shows; KeyError for one whose name says nothing of its objects and that is not told of here."""
    if stream in _VIEWS:
        return _VIEWS[stream]
    object = _NAMED.get(stream) or _NAMED[stream.removesuffix("s")]
    return Only(object) if object in _ONLY else Objects(object)
