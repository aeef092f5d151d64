"""What a list leaves out: what it was asked to, and what Stripe leaves out unasked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import errors
from .facts import EVENT_TYPES
from .ledger import Ledger
from .parameters import Query, Span
from .store import Stored

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


def filter_of(ledger: Ledger, object: str, owner: str | None, query: Query) -> Wanted:
    """All that a list is filtered by besides `created`, said and unsaid."""
    tests = [_asked(ledger, object, name, value) for name, value in query.filters.items()]
    tests += [_among(name, values) for name, values in query.several.items()]
    tests += [_spanned(ledger, object, name, span) for name, span in query.spans.items() if name != "created"]
    tests += _unasked(ledger, object, owner, query)
    return lambda stored: all(test(stored) for test in tests)


def _unasked(ledger: Ledger, object: str, owner: str | None, query: Query) -> list[Wanted]:
    asked = query.filters.keys()
    tests: dict[str, list[tuple[bool, Wanted]]] = {
        "subscription": [
            ("status" not in asked, lambda stored: stored.body["status"] != "canceled"),
            (
                owner is None and not asked & {"test_clock", "customer"},
                lambda stored: stored.body["test_clock"] is None,
            ),
        ],
        "price": [("active" not in asked, lambda stored: bool(stored.body["active"]))],
        "customer": [("test_clock" not in asked, lambda stored: stored.body["test_clock"] is None)],
        "payment_method": [("type" not in asked, lambda stored: stored.body["type"] != "custom")],
        "event": [(True, lambda stored: ledger.visible(stored.place[3]))],
    }
    return [test for applies, test in tests.get(object, ()) if applies]


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


_SPECIAL: dict[tuple[str, str], Callable[[Ledger, Stored, str], bool]] = {
    ("subscription", "status"): _has_status,
    ("subscription", "price"): _has_price,
    ("subscription", "plan"): _has_price,
    ("invoice", "subscription"): _of_subscription,
    ("promotion_code", "coupon"): _of_coupon,
    ("invoiceitem", "pending"): _is_pending,
    ("event", "type"): _has_type,
    ("event", "delivery_success"): lambda _, stored, value: value == "true",
    ("balance_transaction", "payout"): lambda _, stored, value: stored.body["source"] == value,
    ("bank_account", "object"): lambda _, stored, value: stored.place[2] == value,
}


def _among(name: str, values: list[str]) -> Wanted:
    held = {"types": "type", "ids": "id", "lookup_keys": "lookup_key"}.get(name, name)
    return lambda stored: stored.body.get(held) in values


def _spanned(ledger: Ledger, object: str, name: str, span: Span) -> Wanted:
    if object != "subscription":
        return lambda stored: span.holds(stored.body.get(name))
    return lambda stored: any(
        span.holds(item.body[name]) for item in ledger.store.owned("subscription_item", stored.place[3])
    )
