"""Apps and webhooks."""

from __future__ import annotations

from source_stripe.declaration.families import relisted, updated

apps_installs = updated("apps_installs", "/v1/apps/installs", "apps.install", "apps.install.*")
webhook_endpoints = relisted("webhook_endpoints", "/v1/webhook_endpoints", "webhook_endpoint")
