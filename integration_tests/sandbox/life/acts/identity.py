"""Identity: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act

ACTS = (
    Act(1, deeds.new("identity.verification_session")),
    Act(1, deeds.edit("identity.verification_session"), silent=True),
    Act(1, deeds.become("identity.verification_session", "requires_input", "verified")),
    Act(1, deeds.new("identity.verification_report")),
)
