"""Entitlements: the objects, and what of a new one must agree with its surroundings."""

from __future__ import annotations

from integration_tests.sandbox.effects import entitlements, showing
from integration_tests.sandbox.world.birth import Birth
from integration_tests.sandbox.world.facts import Json
from integration_tests.sandbox.world.resource import Resource


def _feature(birth: Birth) -> Json:
    return {"lookup_key": f"key-{birth.id[-8:].lower()}", "name": f"Feature {birth.id[-4:]}"}


def _product_feature(birth: Birth) -> Json:
    return {"entitlement_feature": birth.any("entitlement_feature", "entitlements.feature")}


def _active_entitlement(birth: Birth) -> Json:
    feature = birth.any("feature", "entitlements.feature")
    return {"feature": feature, "lookup_key": birth.world.body("entitlements.feature", feature)["lookup_key"]}


ROWS = (
    Resource("entitlements.feature", "feat_test_", stamp=None, fill=_feature, shown_in=showing.where_attached),
    # As a part of its product it comes and goes with a `product.updated`. That is a guess: it has no event of its own,
    # and https://docs.stripe.com/api/product-feature does not say whether its product's tells of it.
    Resource("product_feature", "prodft_", owner="product", stamp=None, fill=_product_feature),
    Resource(
        "entitlements.active_entitlement",
        "ent_test_",
        owner="customer",
        stamp=None,
        fill=_active_entitlement,
        came=entitlements.changed,
        gone=entitlements.changed,
    ),
)
