"""Objects in the shape of an older API version, as the events of an account that has not upgraded carry them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from integration_tests.sandbox.world.facts import API_VERSION, MAJORS, Json


def downgraded(value: Json, version: str) -> Json:
    """The object, and every object in it, as `version` had it."""
    if version == API_VERSION:
        return value
    majors = [major for major in reversed(MAJORS) if version[:10] < major["since"]]
    changed: Json = _walk(value, majors) if majors else value
    return changed


def _walk(value: Any, majors: list[Json]) -> Any:
    match value:
        case dict():
            kind = value.get("object")
            older = value
            for major in majors:
                if isinstance(kind, str) and kind in major["objects"]:
                    older = _back(kind, older, major)
            return {name: _walk(item, majors) for name, item in older.items()}
        case list():
            return [_walk(item, majors) for item in value]
        case _:
            return value


def _back(object: str, body: Json, major: Json) -> Json:
    """The object before one major version: what it removed is there again, what it added is not."""
    changes = major["objects"][object]
    older = {**body, **dict.fromkeys(changes["removed"]), **_restored(major["name"], object, body)}
    for path in changes["added"]:
        older = _without(older, path.split("."))
    return older


def _without(body: Json, names: list[str]) -> Json:
    head, rest = names[0], names[1:]
    if head not in body:
        return body
    if not rest:
        return {name: value for name, value in body.items() if name != head}
    inner = body[head]
    return {**body, head: _without(inner, rest)} if isinstance(inner, dict) else body


def _dig(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _restored(major: str, object: str, body: Json) -> Json:
    """The fields a major version took away, told from where their content went."""
    restore = _RESTORED.get((major, object))
    return {} if restore is None else restore(body)


def _invoice(body: Json) -> Json:
    return {
        "subscription": _dig(body, "parent", "subscription_details", "subscription"),
        "paid": body["status"] == "paid",
        "paid_out_of_band": False,
        "total_tax_amounts": [],
        "subscription_details": {"metadata": None},
    }


def _line_item(body: Json) -> Json:
    from_item = _dig(body, "parent", "subscription_item_details")
    return {
        **_prices(body),
        "type": "subscription" if from_item else "invoiceitem",
        "proration": bool(_dig(from_item, "proration")),
        "proration_details": {"credited_items": None},
        "subscription_item": _dig(from_item, "subscription_item"),
        "invoice_item": _dig(body, "parent", "invoice_item_details", "invoice_item"),
        "tax_amounts": [],
        "tax_rates": [],
        "amount_excluding_tax": body["amount"],
        "unit_amount_excluding_tax": _dig(body, "pricing", "unit_amount_decimal"),
    }


def _invoiceitem(body: Json) -> Json:
    amount = _dig(body, "pricing", "unit_amount_decimal")
    return {
        **_prices(body),
        "subscription": _dig(body, "parent", "subscription_details", "subscription"),
        "unit_amount": int(amount) if amount else None,
        "unit_amount_decimal": amount,
    }


def _subscription(body: Json) -> Json:
    items = body["items"]["data"]
    return {
        "current_period_start": min((item["current_period_start"] for item in items), default=body["created"]),
        "current_period_end": max((item["current_period_end"] for item in items), default=body["created"]),
    }


def _prices(body: Json) -> Json:
    """`price` and `plan` were whole objects; what is known of them here is their id and product."""
    details = _dig(body, "pricing", "price_details")
    if details is None:
        return {"price": None, "plan": None}
    amount = _dig(body, "pricing", "unit_amount_decimal")
    common = {
        "id": details["price"],
        "active": True,
        "billing_scheme": "per_unit",
        "currency": body["currency"],
        "livemode": False,
        "metadata": {},
        "nickname": None,
        "product": details["product"],
        "tiers_mode": None,
    }
    price = {**common, "object": "price", "type": "recurring", "unit_amount_decimal": amount}
    return {"price": price, "plan": {**common, "object": "plan", "interval": "month", "interval_count": 1}}


_RESTORED: dict[tuple[str, str], Callable[[Json], Json]] = {
    ("basil", "invoice"): _invoice,
    ("basil", "line_item"): _line_item,
    ("basil", "invoiceitem"): _invoiceitem,
    ("basil", "subscription"): _subscription,
    ("clover", "discount"): lambda body: {"coupon": _dig(body, "source", "coupon")},
    ("clover", "promotion_code"): lambda body: {"coupon": _dig(body, "promotion", "coupon")},
}
