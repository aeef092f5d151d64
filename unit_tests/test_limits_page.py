"""The page on limits tells of each limit, with the value that it has."""

from __future__ import annotations

import math
import re
from dataclasses import asdict
from pathlib import Path

from source_stripe import limits
from source_stripe.limits import CHECK, READ
from source_stripe.signals import GRACE_SECONDS

PAGE = (Path(__file__).parents[1] / "docs" / "limits.md").read_text()
ROWS = {name: cells.split(" | ") for name, cells in re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE, re.MULTILINE)}


def written(name: str, value: float) -> str:
    """As the page writes it."""
    if value == math.inf:
        return "none"
    if name.lower().endswith("_bytes"):
        return f"{int(value) >> 20} MB"
    return f"{value:g} s" if name.lower().endswith("_seconds") else f"{value:,}"


def test_every_limit_is_on_the_page_with_its_value() -> None:
    both = {name: [written(name, value), written(name, asdict(CHECK)[name])] for name, value in asdict(READ).items()}
    others = {name: [written(name, value)] for name, value in vars(limits).items() if isinstance(value, int | float)}
    expected = both | others
    assert {name: cells[: len(expected.get(name, ()))] for name, cells in ROWS.items()} == expected


def test_no_limit_is_promised_that_the_code_does_not_keep() -> None:
    assert GRACE_SECONDS < 2
    assert CHECK.total_seconds < limits.CHECK_SECONDS < 60
    page = (Path(__file__).parents[1] / "docs" / "how.md").read_text()
    assert f"at most {READ.answer_bytes >> 20} MB" in page
