"""Webhooks: the objects."""

from __future__ import annotations

from integration_tests.sandbox.world.resource import Resource

ROWS = (Resource("webhook_endpoint", "we_"),)
