"""Products: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.effects import discounts, entitlements, prices, showing
from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import FIXTURES, Json
from integration_tests.sandbox.world.resource import Hidden, Resource, plain


def _product(birth: Birth) -> Json:
    return {"name": f"Product {birth.id[-4:]}", "updated": birth.now}


def _price(birth: Birth) -> Json:
    recurring = None if birth.given.get("type") == "one_time" else FIXTURES["price"]["recurring"]
    return {"product": birth.any("product", "product"), "recurring": recurring, **_amount(birth, "unit_amount")}


def _plan(birth: Birth) -> Json:
    return {"product": birth.any("product", "product"), **_amount(birth, "amount")}


def _amount(birth: Birth, name: str) -> Json:
    """What one costs; in tiers if so asked for, which are shown only on demand."""
    amount = birth.given.get(name) or birth.rng.randrange(1, 200) * 100
    if birth.given.get("billing_scheme") != "tiered":
        return {name: amount, f"{name}_decimal": str(amount)}
    tiers = [_tier(amount, 10), _tier(amount // 2, 100), _tier(amount // 4, None)]
    return {name: None, f"{name}_decimal": None, "tiers_mode": "graduated", "tiers": tiers}


def _tier(amount: int, up_to: int | None) -> Json:
    flat = {"flat_amount": None, "flat_amount_decimal": None}
    return {**flat, "unit_amount": amount, "unit_amount_decimal": str(amount), "up_to": up_to}


def _coupon(birth: Birth) -> Json:
    return {"percent_off": float(birth.rng.randrange(5, 60)), "name": f"Coupon {birth.id}"}


def _promotion_code(birth: Birth) -> Json:
    return {
        "code": birth.world.letters(8).upper(),
        "promotion": {"coupon": birth.any("coupon", "coupon"), "type": "coupon"},
    }


def _trial_offer(birth: Birth) -> Json:
    then = {"type": "transition", "transition": {"price": birth.world.any("price")}}
    return {"price": birth.any("price", "price"), "end_behavior": then}


def _discount(birth: Birth) -> Json:
    return {"start": birth.now, "source": {"coupon": birth.any("coupon", "coupon"), "type": "coupon"}}


ROWS = (
    Resource(
        "product",
        "prod_",
        ("product.created",),
        ("product.updated",),
        ("product.deleted",),
        plain=plain("default_price package_dimensions", type="service"),
        fill=_product,
        rare_parts={"features": ("product_feature",)},
        gone=entitlements.product_gone,
    ),
    Resource(
        "price",
        "price_",
        ("price.created",),
        ("price.updated",),
        ("price.deleted",),
        plain=plain("transform_quantity custom_unit_amount"),
        fill=_price,
        twin="plan",
        came=prices.twinned("plan", "unit_amount", "amount"),
        gone=prices.twin_goes("plan"),
        shown_in=showing.where_priced,
        hidden=(Hidden(lambda body: not body["active"], ("active",)),),
    ),
    Resource(
        "plan",
        "price_",
        ("plan.created",),
        ("plan.updated",),
        ("plan.deleted",),
        plain=plain("transform_usage"),
        fill=_plan,
        twin="price",
        came=prices.twinned("price", "amount", "unit_amount"),
        gone=prices.twin_goes("price"),
        shown_in=showing.where_priced,
    ),
    Resource(
        "coupon",
        "",
        ("coupon.created",),
        ("coupon.updated",),
        ("coupon.deleted",),
        plain=plain("redeem_by currency duration_in_months", duration="once"),
        fill=_coupon,
    ),
    Resource(
        "promotion_code",
        "promo_",
        ("promotion_code.created",),
        ("promotion_code.updated",),
        plain=plain("expires_at", active=True),
        fill=_promotion_code,
    ),
    Resource(
        "discount",
        "di_",
        ("customer.discount.created",),
        ("customer.discount.updated",),
        ("customer.discount.deleted",),
        owner="customer",
        owner_field="customer",
        stamp=None,
        plain=plain("end"),
        fill=_discount,
        untold=lambda body: not discounts.is_told(body),
        replaces=discounts.replaced_by,
        came=discounts.came,
        gone=discounts.gone,
    ),
    Resource("product_catalog.trial_offer", "to_", stamp=None, fill=_trial_offer),
    Resource("shipping_rate", "shr_"),
    Resource("tax_code", "txcd_", stamp=None),
    Resource("tax_rate", "txr_", ("tax_rate.created",), ("tax_rate.updated",)),
)
