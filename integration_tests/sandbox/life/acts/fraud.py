"""Radar and fraud: what happens."""

from __future__ import annotations

from integration_tests.sandbox.life import deeds
from integration_tests.sandbox.life.act import Act

ACTS = (
    Act(1, deeds.new("radar.value_list")),
    Act(1, deeds.remove("radar.value_list", spare=1), silent=True),
    Act(1, deeds.reword("radar.value_list", "name"), silent=True),
    Act(1, deeds.new_under("radar.value_list_item", "radar.value_list", "value_list"), silent=True),
    Act(1, deeds.new_under("radar.value_list_item", "radar.value_list", "value_list"), silent=True),
    Act(1, deeds.remove("radar.value_list_item", spare=1), silent=True),
    Act(1, deeds.new_under("radar.early_fraud_warning", "charge", "charge")),
    Act(1, deeds.new_under("review", "charge", "charge")),
    Act(1, deeds.become("review", True, False, "open")),
    Act(3, deeds.new("three_d_secure.authentication")),
    Act(1, deeds.become("three_d_secure.authentication", "requires_submission", "requires_challenge")),
    Act(1, deeds.become("three_d_secure.authentication", "requires_submission", "canceled")),
    Act(1, deeds.become("three_d_secure.authentication", "requires_submission", "error")),
    Act(1, deeds.become("three_d_secure.authentication", "requires_challenge", "succeeded")),
    Act(1, deeds.become("three_d_secure.authentication", "requires_challenge", "failed")),
)
