"""Identity."""

from __future__ import annotations

from source_stripe.declaration.families import created, updated

# Without it every list is refused: "Your account is not set up to use Identity".
ENABLE = "Identity at https://dashboard.stripe.com/identity"

identity_verification_sessions = updated(
    "identity_verification_sessions",
    "/v1/identity/verification_sessions",
    "identity.verification_session",
    "identity.verification_session.*",
    every_edit_has_event=False,
)
identity_verification_reports = created(
    "identity_verification_reports", "/v1/identity/verification_reports", "identity.verification_report"
)
