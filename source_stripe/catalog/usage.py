"""Usage-based billing, entitlements and the customer portal."""

from __future__ import annotations

from source_stripe.catalog import billing, core
from source_stripe.declaration.families import children, relisted, updated
from source_stripe.declaration.origins import TOP_DOWN, UNTIMED, Events, Listing, always
from source_stripe.declaration.resource import Parent, Relist
from source_stripe.declaration.takes import Children

billing_meters = updated(
    "billing_meters", Listing("/v1/billing/meters", kind=TOP_DOWN), "billing.meter", "billing.meter.*"
)
# By day, for every subscription with a metered price. Usage may be reported for the last 35 days, and no event tells:
# https://docs.stripe.com/api/billing/meter-event/create.
billing_meter_event_summaries = children(
    "billing_meter_event_summaries",
    billing.subscriptions,
    Children(
        "/v1/billing/meters/{each}/event_summaries",
        (("customer", "{customer}"), ("value_grouping_window", "day")),
        each="items.price.recurring.meter",
        whole=Children("/v1/subscription_items", (("subscription", "{id}"),)),
        between=("start_time", "end_time"),
        step_seconds=86_400,
        back_days=35,
    ),
    "billing.meter_event_summary",
    later=Relist(),
    key=("meter", "customer_id", "start_time", "end_time"),
    link=Parent(owner=("customer", "customer")),
)
billing_alerts = relisted("billing_alerts", Listing("/v1/billing/alerts", kind=UNTIMED), "billing.alert")
billing_credit_grants = updated(
    "billing_credit_grants",
    Listing("/v1/billing/credit_grants", kind=TOP_DOWN),
    "billing.credit_grant",
    "billing.credit_grant.*",
)
# Without a customer the list is refused; whichever of both is null is left out.
billing_credit_balance_transactions = children(
    "billing_credit_balance_transactions",
    billing_credit_grants,
    Children(
        "/v1/billing/credit_balance_transactions",
        (("credit_grant", "{id}"), ("customer", "{customer}"), ("customer_account", "{customer_account}")),
    ),
    "billing.credit_balance_transaction",
    own=Events(
        "billing.credit_balance_transaction",
        ("billing.credit_balance_transaction.created",),
        "/v1/billing/credit_balance_transactions/{id}",
    ),
    link=Parent(field="credit_grant"),
)
billing_feedback_options = relisted(
    "billing_feedback_options", Listing("/v1/billing/feedback_options", kind=UNTIMED), "billing.feedback_option"
)
billing_portal_configurations = updated(
    "billing_portal_configurations",
    Listing("/v1/billing_portal/configurations", kind=TOP_DOWN),
    "billing_portal.configuration",
    "billing_portal.configuration.*",
)
entitlement_features = relisted(
    "entitlement_features", Listing("/v1/entitlements/features", kind=UNTIMED), "entitlements.feature"
)
# The summary that an event carries has no id; it names its customer.
active_entitlements = children(
    "active_entitlements",
    core.customers,
    Children("/v1/entitlements/active_entitlements", (("customer", "{id}"),), diff_children=True),
    "entitlements.active_entitlement",
    through=Events(
        "customer", (), "/v1/customers/{id}", indirect_events=(("entitlements.active_entitlement_summary", "customer"),)
    ),
    link=Parent(children_vanish=always),
)
test_helpers_test_clocks = updated(
    "test_helpers_test_clocks",
    Listing("/v1/test_helpers/test_clocks", kind=TOP_DOWN, test_mode_only=True),
    "test_helpers.test_clock",
    "test_helpers.test_clock.*",
    every_edit_has_event=False,
)
