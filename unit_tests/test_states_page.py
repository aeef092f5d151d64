"""The page on states tells all of what a state holds, and what stands there is taken back."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from source_stripe.account import Account
from source_stripe.catalog.core import charges
from source_stripe.state.known import MOST_KNOWN, MOST_READABLE
from source_stripe.state.memory import MOST_FINGERPRINTS, MOST_RECENT, Memory
from source_stripe.state.pace import PACE
from source_stripe.state.position import Backfill, Incremental, PartlyOut, begin
from source_stripe.state.resume import SAFE_DAYS, OtherAccountError, resume
from source_stripe.state.wire import FIELDS as FIELDS_BESIDE
from source_stripe.state.wire import MEMBERS, dump_memory, dump_position, of_member
from source_stripe.windows import Wanted, Window

PAGE = (Path(__file__).parents[1] / "docs" / "states.md").read_text()
EXAMPLES: list[dict[str, Any]] = [json.loads(block) for block in re.findall(r"```json\n(.+?)\n```", PAGE, re.DOTALL)]
NOW = 1_790_003_600
FIELDS = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.+?) \|", PAGE, re.MULTILINE))))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: next(iter(example)))
def test_an_example_is_taken_back(example: dict[str, Any]) -> None:
    for number in example.get(MEMBERS, ["0"]):
        resumed = resume(charges, of_member(example, int(number)), 1_485_302_400, NOW)
        assert resumed.note == ""
        assert resumed.state != begin(1_485_302_400, NOW - 60)


def test_every_field_of_a_state_is_on_the_page() -> None:
    listing = Backfill(
        Window(0, 90), Incremental(95, (Window(97, 98),)), (Window(5, 9),), 89, (Wanted(Window(0, 5), "id_1", 3),)
    )
    written = dump_position(listing, "updated")["listing"]
    assert isinstance(written, dict)
    partly = PartlyOut((Window(5, 7),), {"/v1/charges/{id}": (Window(1, 4),)})
    assert written.keys() | dump_position(Incremental(5, (Window(7, 8),), (partly,)), "updated").keys() <= FIELDS
    assert FIELDS_BESIDE <= FIELDS
    assert f'"{MEMBERS}"' in PAGE


def test_the_bounds_on_the_page_are_those_of_the_code() -> None:
    for bound in (MOST_RECENT, MOST_KNOWN, MOST_FINGERPRINTS):
        assert f"at most {bound:,}" in PAGE.lower()
    assert f"more than {MOST_READABLE} " in PAGE
    assert f"older than {SAFE_DAYS} days" in PAGE
    assert f"{PACE.share:.0%}".replace("%", " %") in PAGE
    assert PACE.longest_seconds == 300
    assert "five minutes" in PAGE


def test_the_sentence_of_a_refusal_is_on_the_page() -> None:
    mine, other = Account("acct_1", live=True), Account("acct_2", live=False)
    blob: dict[str, object] = {"updated": NOW - 60, **dump_memory(Memory(start=0, account=mine))}
    with pytest.raises(OtherAccountError) as refused:
        resume(charges, blob, 0, NOW, other)
    assert re.sub(r"acct_\d", "acct_...", str(refused.value)) in PAGE
