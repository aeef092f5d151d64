"""Terminal."""

from __future__ import annotations

from source_stripe.declaration.families import relisted

terminal_configurations = relisted(
    "terminal_configurations", "/v1/terminal/configurations", "terminal.configuration", stamp=""
)
terminal_locations = relisted("terminal_locations", "/v1/terminal/locations", "terminal.location", stamp="")
# Events tell what a reader does, not that there is one or that it was edited.
terminal_readers = relisted("terminal_readers", "/v1/terminal/readers", "terminal.reader", stamp="")
