"""Forwarding."""

from __future__ import annotations

from source_stripe.declaration.families import created

ENABLE = "Vault and Forward at https://docs.stripe.com/payments/forwarding"

# A request is made and answered at once, and never changes: https://docs.stripe.com/api/forwarding/forwarding_requests.
forwarding_requests = created("forwarding_requests", "/v1/forwarding/requests", "forwarding.request")
