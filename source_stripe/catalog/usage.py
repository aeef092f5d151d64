"""Usage-based billing, entitlements and the customer portal."""

from __future__ import annotations

from source_stripe.catalog import billing, core
from source_stripe.declaration.families import children, relisted, updated
from source_stripe.declaration.origins import Events, always
from source_stripe.declaration.takes import Children

billing_meters = updated(
    "billing_meters", "/v1/billing/meters", "billing.meter", "billing.meter.*", filters_by_created=False
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
        between=("start_time", "end_time"),
        step_seconds=86_400,
        back_days=35,
    ),
    "billing.meter_event_summary",
    owner=("customer", "customer"),
    relisted=True,
    key=("meter", "customer_id", "start_time", "end_time"),
)
billing_alerts = relisted("billing_alerts", "/v1/billing/alerts", "billing.alert", stamp="")
billing_credit_grants = updated(
    "billing_credit_grants",
    "/v1/billing/credit_grants",
    "billing.credit_grant",
    "billing.credit_grant.*",
    filters_by_created=False,
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
    own_parent="credit_grant",
)
billing_feedback_options = relisted(
    "billing_feedback_options", "/v1/billing/feedback_options", "billing.feedback_option", stamp=""
)
billing_portal_configurations = updated(
    "billing_portal_configurations",
    "/v1/billing_portal/configurations",
    "billing_portal.configuration",
    "billing_portal.configuration.*",
    filters_by_created=False,
)
entitlement_features = relisted("entitlement_features", "/v1/entitlements/features", "entitlements.feature", stamp="")
# The summary that an event carries has no id; it names its customer.
active_entitlements = children(
    "active_entitlements",
    core.customers,
    Children("/v1/entitlements/active_entitlements", (("customer", "{id}"),), diff_children=True),
    "entitlements.active_entitlement",
    children_vanish=always,
    through=Events(
        "customer", (), "/v1/customers/{id}", indirect_events=(("entitlements.active_entitlement_summary", "customer"),)
    ),
)
test_helpers_test_clocks = updated(
    "test_helpers_test_clocks",
    "/v1/test_helpers/test_clocks",
    "test_helpers.test_clock",
    "test_helpers.test_clock.*",
    filters_by_created=False,
    test_mode_only=True,
    every_edit_has_event=False,
)
