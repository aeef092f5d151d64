"""Stripe as an Airbyte source."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from source_stripe.source import SourceStripe

__all__ = ["SourceStripe"]


def __getattr__(name: str) -> object:
    """Loads the CDK only when the source is asked for, which `spec` does without."""
    if name == "SourceStripe":
        from source_stripe.source import SourceStripe  # noqa: PLC0415

        return SourceStripe
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
