"""Terminal."""

from __future__ import annotations

from source_stripe.declaration.families import relisted
from source_stripe.declaration.origins import UNTIMED, Listing

terminal_configurations = relisted(
    "terminal_configurations", Listing("/v1/terminal/configurations", kind=UNTIMED), "terminal.configuration"
)
terminal_locations = relisted(
    "terminal_locations", Listing("/v1/terminal/locations", kind=UNTIMED), "terminal.location"
)
# Events tell what a reader does, not that there is one or that it was edited.
terminal_readers = relisted("terminal_readers", Listing("/v1/terminal/readers", kind=UNTIMED), "terminal.reader")
