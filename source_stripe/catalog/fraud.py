"""Radar and fraud."""

from __future__ import annotations

from source_stripe.declaration.families import embedded, relisted, updated
from source_stripe.declaration.origins import Listing
from source_stripe.declaration.resource import Relist
from source_stripe.declaration.takes import Children, Embedded

early_fraud_warnings = updated(
    "early_fraud_warnings", "/v1/radar/early_fraud_warnings", "radar.early_fraud_warning", "radar.early_fraud_warning.*"
)
# Its events tell that it was opened and that it was closed.
reviews = updated("reviews", "/v1/reviews", "review", "review.*", every_edit_has_event=False)
radar_value_lists = relisted("radar_value_lists", Listing("/v1/radar/value_lists"), "radar.value_list")
radar_value_list_items = embedded(
    "radar_value_list_items",
    radar_value_lists,
    Embedded("list_items", Children("/v1/radar/value_list_items", (("value_list", "{id}"),))),
    "radar.value_list_item",
    later=Relist(),
)
three_d_secure_authentications = updated(
    "three_d_secure_authentications",
    "/v1/three_d_secure/authentications",
    "three_d_secure.authentication",
    "three_d_secure.authentication.*",
    created_has_event=False,
    every_edit_has_event=False,
)
