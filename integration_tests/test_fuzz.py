"""However a state is written down, it is gone on from or refused. `make fuzz` tries thousands."""

from __future__ import annotations

from integration_tests.fuzz import run


def test_a_state_is_gone_on_from_or_refused_however_it_is_written() -> None:
    tally = run(examples=150, number=0)
    assert min(tally["gone on from"], tally["refused"]) > 20
