"""An option that is not known is said, with the one that is meant; those of other connectors are taken silently."""

from __future__ import annotations

import pytest

from source_stripe.config import Config, unknown
from source_stripe.options import ELSEWHERE

KNOWN = dict.fromkeys(Config.model_fields, "x")


@pytest.mark.parametrize("option", sorted(Config.model_fields))
def test_an_option_with_a_letter_too_few_or_exchanged_is_named_with_the_one_that_is_meant(option: str) -> None:
    for wrong in (option[:-1], option[0] + option[2:], option.replace("_", ""), option.upper(), f"{option}s"):
        if wrong not in Config.model_fields:
            assert f"{wrong} (is {option} meant?)" in unknown({wrong: "x"})


def test_all_of_them_are_said_in_one_sentence() -> None:
    assert unknown({"start_dat": 1, "nonsense": 2, "num_worker": 3}) == (
        "The configuration has options that this source does not know, and leaves out: "
        "start_dat (is start_date meant?), num_worker (is num_workers meant?), nonsense."
    )


def test_known_options_those_of_other_connectors_and_those_of_platforms_are_taken_silently() -> None:
    assert unknown(KNOWN | dict.fromkeys(ELSEWHERE) | {"__injected_declarative_manifest": {}}) == ""
    assert not ELSEWHERE & Config.model_fields.keys()
