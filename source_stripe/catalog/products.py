"""Products."""

from __future__ import annotations

from source_stripe.families import relisted, snapshot, updated

# Stripe lists active prices unless asked for the others: https://docs.stripe.com/api/prices/list.
ACTIVE_AND_NOT = ((("active", "true"),), (("active", "false"),))

products = updated("products", "/v1/products", "product", "product.*")
prices = updated(
    "prices", "/v1/prices", "price", "price.*", expand=("tiers", "currency_options"), filters=ACTIVE_AND_NOT
)
plans = updated("plans", "/v1/plans", "plan", "plan.*", expand=("tiers",))
coupons = updated("coupons", "/v1/coupons", "coupon", "coupon.*", expand=("applies_to", "currency_options"))
promotion_codes = updated("promotion_codes", "/v1/promotion_codes", "promotion_code", "promotion_code.*")
shipping_rates = relisted("shipping_rates", "/v1/shipping_rates", "shipping_rate", cursor="created", windowed=True)
tax_codes = snapshot("tax_codes", "/v1/tax_codes", "tax_code")
# All of them are listed, archived or not: https://docs.stripe.com/api/tax_rates/list.
tax_rates = updated("tax_rates", "/v1/tax_rates", "tax_rate", "tax_rate.*")
