"""Stripe as an Airbyte source."""
