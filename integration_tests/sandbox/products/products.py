"""Products: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.birth import Birth
from integration_tests.sandbox.facts import FIXTURES, Json
from integration_tests.sandbox.resource import Resource, plain


def _product(birth: Birth) -> Json:
    return {"name": f"Product {birth.id[-4:]}", "updated": birth.now}


def _price(birth: Birth) -> Json:
    amount = birth.given.get("unit_amount", birth.rng.randrange(1, 200) * 100)
    recurring = None if birth.given.get("type") == "one_time" else FIXTURES["price"]["recurring"]
    product = birth.any("product", "product")
    return {"product": product, "unit_amount": amount, "unit_amount_decimal": str(amount), "recurring": recurring}


def _plan(birth: Birth) -> Json:
    amount = birth.given.get("amount", birth.rng.randrange(1, 200) * 100)
    return {"product": birth.any("product", "product"), "amount": amount, "amount_decimal": str(amount)}


def _coupon(birth: Birth) -> Json:
    return {"percent_off": float(birth.rng.randrange(5, 60)), "name": f"Coupon {birth.id}"}


def _promotion_code(birth: Birth) -> Json:
    return {
        "code": birth.ledger.letters(8).upper(),
        "promotion": {"coupon": birth.any("coupon", "coupon"), "type": "coupon"},
    }


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
    ),
    Resource(
        "price",
        "price_",
        ("price.created",),
        ("price.updated",),
        ("price.deleted",),
        plain=plain("transform_quantity custom_unit_amount"),
        fill=_price,
    ),
    Resource(
        "plan",
        "price_",
        ("plan.created",),
        ("plan.updated",),
        ("plan.deleted",),
        plain=plain("transform_usage"),
        fill=_plan,
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
    ),
    Resource("shipping_rate", "shr_"),
    Resource("tax_code", "txcd_", stamp=None),
    Resource("tax_rate", "txr_", ("tax_rate.created",), ("tax_rate.updated",)),
)
