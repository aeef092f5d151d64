"""Accounts v2."""

from __future__ import annotations

from source_stripe.declaration.families import children
from source_stripe.declaration.origins import Events
from source_stripe.declaration.resource import Parent
from source_stripe.declaration.takes import Children
from source_stripe.declaration.v2 import CURSOR, EVERYTHING, linked, retrieved, types

# Platforms with accounts of API v1 sign up for it; for others than Connect platforms it is in public preview. Without:
# `accounts_v2_access_blocked`, "Accounts v2 is not enabled for your platform".
ENABLE = "Accounts v2 at https://dashboard.stripe.com/settings/connect/platform-setup"

ACCOUNT, PERSON = "v2.core.account", "v2.core.account_person"
# No page was seen to hold more; Stripe documents neither the most nor the default.
PAGE = 20

v2_core_accounts = retrieved(
    "v2_core_accounts",
    # Without the filter those that are closed are left out.
    linked("/v2/core/accounts", filters=(EVERYTHING, (("closed", "true"),)), page=PAGE),
    ACCOUNT,
    *types(ACCOUNT, "created", "updated", "closed"),
    *types(ACCOUNT, *(f"[{part}].updated" for part in ("defaults", "future_requirements", "identity", "requirements"))),
    *types(
        ACCOUNT,
        *(
            f"[configuration.{role}].{what}"
            for role in ("customer", "merchant", "recipient")
            for what in ("capability_status_updated", "updated")
        ),
    ),
    # Null in lists, which do not take `include`.
    include=(
        "configuration.customer",
        "configuration.merchant",
        "configuration.recipient",
        "defaults",
        "future_requirements",
        "identity",
        "requirements",
    ),
)
v2_core_account_persons = children(
    "v2_core_account_persons",
    v2_core_accounts,
    Children("/v2/core/accounts/{id}/persons", page=PAGE),
    PERSON,
    cursor=CURSOR,
    own=Events(PERSON, types(PERSON, "created", "deleted", "updated"), "/v2/core/accounts/{account}/persons/{id}"),
    link=Parent(field="account"),
)
