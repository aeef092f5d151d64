"""Events v2."""

from __future__ import annotations

from source_stripe.declaration.families import created, relisted
from source_stripe.declaration.v2 import CURSOR, linked, windowed

v2_core_events = created("v2_core_events", windowed("/v2/core/events"), "v2.core.event", cursor=CURSOR)
# The one event about them, a ping, tells of no change.
v2_core_event_destinations = relisted(
    "v2_core_event_destinations",
    linked("/v2/core/event_destinations", include=("webhook_endpoint.url",)),
    "v2.core.event_destination",
    cursor=CURSOR,
)
