"""Whatever comes as a state, a configuration, a catalogue or an answer, a command ends as it must. `make fuzz` tries
thousands."""

from __future__ import annotations

import pytest

from integration_tests.fuzz import KINDS, run

FEW = {"states": 150, "configurations": 40, "catalogues": 40, "answers": 40}
"""Examples that take a few seconds."""
ENDS = {
    "states": ("gone on from", "refused"),
    "configurations": ("done", "refused"),
    "catalogues": ("read", "refused"),
    "answers": ("sound all the same", "said to be unsound"),
}
"""How some of each kind end."""


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_comes_ends_in_messages_and_an_exit_code_that_fits_them(kind: str) -> None:
    tally = run(kind, FEW[kind], 0)
    assert tally["examples"] == FEW[kind]
    assert min(tally[end] for end in ENDS[kind]) >= (20 if kind == "states" else 1)
