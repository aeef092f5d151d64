"""Options that this source does not have: those of other connectors for Stripe, and slips of the pen. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from source_stripe.wording import listed, nearest, shown

ELSEWHERE = frozenset(
    {
        # Estuary's second one
        "stop_date",
        "capture_connected_accounts",
        "advanced",
        # Singer's tap-stripe, and Meltano's settings for any tap
        "date_window_size",
        "event_date_window_size",
        "lookback_window",
        "request_timeout",
        "user_agent",
        "stream_maps",
        "stream_map_config",
        "flattening_enabled",
        "flattening_max_depth",
        "batch_config",
        # Fivetran's
        "support_connected_accounts_sync",
        "historical_sync_time_frame",
        "backward_sync_limit",
    }
)
"""What other connectors know and this one needs not, so that a configuration of theirs is taken without a word.
Airbyte's, Daspire's and Estuary's first one know nothing that this one does not."""


def left_out(given: Mapping[str, object], known: Collection[str]) -> str:
    """A sentence about the options that are neither known here nor elsewhere; empty where there are none.

    Names that begin with an underscore are what platforms add for themselves.
    """
    unknown = [name for name in given if name not in known and name not in ELSEWHERE and not name.startswith("_")]
    if not unknown:
        return ""
    meant = {name: near for name in unknown if (near := nearest(name, known))}
    others = [name for name in unknown if name not in meant]
    words = [f"{shown(name)} (is {near} meant?)" for name, near in meant.items()] + ([listed(others)] if others else [])
    number = "an option" if len(unknown) == 1 else "options"
    return f"The configuration has {number} that this source does not know, and leaves out: {', '.join(words)}."
