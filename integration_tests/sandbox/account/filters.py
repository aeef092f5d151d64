"""What a list leaves out: what it was asked to, and what Stripe leaves out unasked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from integration_tests.sandbox.account.ledger import Ledger
from integration_tests.sandbox.account.parameters import Query, Span
from integration_tests.sandbox.objects.registry import RESOURCES
from integration_tests.sandbox.world import errors
from integration_tests.sandbox.world.facts import EVENT_TYPES
from integration_tests.sandbox.world.stored import Stored

Wanted = Callable[[Stored], bool]


def check_types(query: Query) -> None:
    """Refuses what Stripe refuses in `type` and `types` of the events."""
    types = query.several.get("types", [])
    if types and "type" in query.filters:
        raise errors.invalid("You may only specify one of these parameters: type, types.", "type")
    if len(types) > 20:
        raise errors.invalid("You may pass at most 20 event types in types.", "types")
    for name in types:
        if name not in EVENT_TYPES:
            raise errors.invalid(f"Invalid event type: {name}", "types")
    asked = query.filters.get("type")
    if asked is not None and "*" not in asked and asked not in EVENT_TYPES:
        raise errors.invalid(f"Invalid event type: {asked}", "type")


# Parameters one of which must be given, although the reference calls each optional.
_ONE_OF = {"billing.credit_balance_transaction": ("customer", "customer_account")}


def check_needs(object: str, query: Query) -> None:
    """Refuses a list that lacks what Stripe wants to be told in practice."""
    names = _ONE_OF.get(object, ())
    if names and not any(name in query.filters for name in names):
        raise errors.missing_parameter(names[0])


def check_payout(ledger: Ledger, query: Query) -> None:
    """Refuses to tell what was paid out by a payout of which Stripe does not know it."""
    asked = query.filters.get("payout")
    if asked is None:
        return
    payout = ledger.store.get("payout", asked)
    if payout is None:
        raise errors.no_such("payout", asked, "payout", 400)
    if not payout.body["automatic"]:
        message = "Balance transaction history can only be filtered on automatic transfers, not manual."
        raise errors.invalid(message, "payout")


def filter_of(ledger: Ledger, object: str, owner: str | None, query: Query) -> Wanted:
    """All that a list is filtered by besides `created`, said and unsaid."""
    tests = [_asked(ledger, object, name, value) for name, value in query.filters.items()]
    tests += [_among(name, values) for name, values in query.several.items()]
    tests += [_spanned(ledger, object, name, span) for name, span in query.spans.items() if name != "created"]
    tests += _unasked(ledger, object, owner, query)
    return lambda stored: all(test(stored) for test in tests)


def _unasked(ledger: Ledger, object: str, owner: str | None, query: Query) -> list[Wanted]:
    """What the object's row says that a list leaves out, and events that cannot be seen yet."""
    asked = frozenset(name.partition("[")[0] for name in query.filters)
    left_out = [hidden.test for hidden in RESOURCES[object].hidden if hidden.leaves_out(asked, owner)]
    tests: list[Wanted] = [lambda stored: not any(test(stored.body) for test in left_out)] if left_out else []
    return [*tests, lambda stored: ledger.visible(stored.place[3])] if object == "event" else tests


def _dug(body: Any, *names: str) -> Any:
    for name in names:
        body = body.get(name) if isinstance(body, dict) else None
    return body


def _asked(ledger: Ledger, object: str, name: str, value: str) -> Wanted:
    special = _SPECIAL.get((object, name))
    if special is not None:
        return lambda stored: special(ledger, stored, value)
    names = name.replace("]", "").split("[")
    wanted = {"true": True, "false": False}.get(value, value)
    return lambda stored: _dug(stored.body, *names) in (wanted, value)


def _has_status(_: Ledger, stored: Stored, value: str) -> bool:
    held: str = stored.body["status"]
    if value == "ended":
        return held in ("canceled", "incomplete_expired")
    return value in ("all", held)


def _has_price(ledger: Ledger, stored: Stored, value: str) -> bool:
    return any(item.body["price"] == value for item in ledger.store.owned("subscription_item", stored.place[3]))


def _has_type(_: Ledger, stored: Stored, value: str) -> bool:
    held: str = stored.body["type"]
    start, star, end = value.partition("*")
    return held.startswith(start) and held.endswith(end) if star else held == value


def _of_subscription(_: Ledger, stored: Stored, value: str) -> bool:
    return bool(_dug(stored.body, "parent", "subscription_details", "subscription") == value)


def _of_coupon(_: Ledger, stored: Stored, value: str) -> bool:
    return bool(_dug(stored.body, "promotion", "coupon") == value)


def _is_pending(_: Ledger, stored: Stored, value: str) -> bool:
    return (stored.body["invoice"] is None) == (value == "true")


def _is_paid_out_by(ledger: Ledger, stored: Stored, value: str) -> bool:
    # `payout.reconciliation_completed` tells from when on it can be asked for.
    reconciled = ledger.body("payout", value)["reconciliation_status"] == "completed"
    return reconciled and ledger.paid_out.payout_of(stored.place[3]) == value


def _of_grants(field: str) -> Callable[[Ledger, Stored, str], bool]:
    return lambda ledger, stored, value: bool(
        ledger.body("billing.credit_grant", stored.body["credit_grant"])[field] == value
    )


def _is_of_status(_: Ledger, stored: Stored, value: str) -> bool:
    return value in ("all", stored.body["status"])


def _is_like(_: Ledger, stored: Stored, value: str) -> bool:
    return value in stored.body["value"]


def _contains(ledger: Ledger, stored: Stored, value: str) -> bool:
    return any(item.body["value"] == value for item in ledger.store.owned("radar.value_list_item", stored.place[3]))


def _refreshed_after(ledger: Ledger, stored: Stored, value: str) -> bool:
    """Whether a transaction came or changed in a later refresh than the one named."""
    siblings = ledger.store.owned("financial_connections.transaction", stored.owner or "")
    named = [sibling.body["updated"] for sibling in siblings if sibling.body["transaction_refresh"] == value]
    return not named or stored.body["updated"] > max(named)


def _in_order(value: str) -> bool:
    """Lists stand in the order in which their objects came; no other is kept here."""
    if value != "created":
        raise errors.invalid(f"Invalid order_by: must be created, not {value}", "order_by")
    return True


_SPECIAL: dict[tuple[str, str], Callable[[Ledger, Stored, str], bool]] = {
    ("subscription", "status"): _has_status,
    ("subscription", "price"): _has_price,
    ("subscription", "plan"): _has_price,
    ("invoice", "subscription"): _of_subscription,
    ("promotion_code", "coupon"): _of_coupon,
    ("invoiceitem", "pending"): _is_pending,
    ("event", "type"): _has_type,
    ("event", "delivery_success"): lambda _, stored, value: value == "true",
    ("balance_transaction", "payout"): _is_paid_out_by,
    ("billing.alert", "meter"): lambda _, stored, value: _dug(stored.body, "usage_threshold", "meter") == value,
    ("billing.credit_balance_transaction", "customer"): _of_grants("customer"),
    ("billing.credit_balance_transaction", "customer_account"): _of_grants("customer_account"),
    ("entitlements.active_entitlement", "customer"): lambda _, stored, value: stored.owner == value,
    ("entitlements.feature", "archived"): lambda _, stored, value: stored.body["active"] != (value == "true"),
    ("payment_record", "created_after"): lambda _, stored, value: stored.place[0] > int(value),
    ("payment_record", "created_before"): lambda _, stored, value: stored.place[0] < int(value),
    ("subscription_schedule", "scheduled"): lambda _, stored, value: (
        (stored.body["status"] == "not_started") == (value == "true")
    ),
    ("tax.registration", "status"): _is_of_status,
    ("radar.value_list", "contains"): _contains,
    ("radar.value_list_item", "value"): _is_like,
    ("financial_connections.transaction", "transaction_refresh[after]"): _refreshed_after,
    ("treasury.transaction", "order_by"): lambda _, stored, value: _in_order(value),
    ("treasury.transaction_entry", "order_by"): lambda _, stored, value: _in_order(value),
    ("bank_account", "object"): lambda _, stored, value: stored.place[2] == value,
}


def _among(name: str, values: list[str]) -> Wanted:
    held = {"types": "type", "ids": "id", "lookup_keys": "lookup_key", "prices": "price"}.get(name, name)
    return lambda stored: stored.body.get(held) in values


def _spanned(ledger: Ledger, object: str, name: str, span: Span) -> Wanted:
    if object != "subscription":
        return lambda stored: span.holds(stored.body.get(name))
    return lambda stored: any(
        span.holds(item.body[name]) for item in ledger.store.owned("subscription_item", stored.place[3])
    )
