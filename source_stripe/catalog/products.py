"""Products."""

from __future__ import annotations

from source_stripe.declaration.families import children, elements, relisted, snapshot, updated
from source_stripe.declaration.origins import UNTIMED, Listing, always
from source_stripe.declaration.resource import Parent
from source_stripe.declaration.scopes import of_stripe
from source_stripe.declaration.takes import Children

# Stripe lists active prices unless asked for the others: https://docs.stripe.com/api/prices/list.
ACTIVE_AND_NOT = ((("active", "true"),), (("active", "false"),))

products = updated("products", "/v1/products", "product", "product.*")
product_features = children(
    "product_features",
    products,
    Children("/v1/products/{id}/features", diff_children=True),
    "product_feature",
    link=Parent(children_vanish=always),
)
prices = updated(
    "prices", Listing("/v1/prices", filters=ACTIVE_AND_NOT), "price", "price.*", expand=("tiers", "currency_options")
)
plans = updated("plans", "/v1/plans", "plan", "plan.*", expand=("tiers",))
price_tiers = elements("price_tiers", prices, "tiers", included=False)
coupons = updated("coupons", "/v1/coupons", "coupon", "coupon.*", expand=("applies_to", "currency_options"))
promotion_codes = updated("promotion_codes", "/v1/promotion_codes", "promotion_code", "promotion_code.*")
shipping_rates = relisted("shipping_rates", Listing("/v1/shipping_rates"), "shipping_rate", cursor="created")
tax_codes = of_stripe(snapshot("tax_codes", "/v1/tax_codes", "tax_code"))
# All of them are listed, archived or not: https://docs.stripe.com/api/tax_rates/list.
tax_rates = updated("tax_rates", "/v1/tax_rates", "tax_rate", "tax_rate.*")
# Its list takes `created`, and its objects have none.
product_catalog_trial_offers = relisted(
    "product_catalog_trial_offers",
    Listing("/v1/product_catalog/trial_offers", kind=UNTIMED),
    "product_catalog.trial_offer",
)
