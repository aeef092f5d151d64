"""What the page on migrating says of columns is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from source_stripe.catalog import CATALOG
from source_stripe.columns import columns, schema

PAGE = (Path(__file__).parents[1] / "docs" / "migrating.md").read_text()
MOVED = PAGE.partition("## Columns that moved")[2]
ROWS = [row.split(" | ") for row in re.findall(r"^\| (`.+) \|$", MOVED, re.MULTILINE)]
STREAMS = {stream.name for stream in CATALOG}


def words(cell: str) -> list[str]:
    return re.findall(r"`([\w.]+)`", cell)


def paths(stream: str) -> set[str]:
    """Every way to a field of a row, through objects."""
    found: set[str] = set()
    waiting: list[tuple[str, object]] = [("", schema(stream))]
    while waiting:
        before, one = waiting.pop()
        inside = one.get("properties", {}) if isinstance(one, dict) else {}
        for name, declared in inside.items():
            found.add(before + name)
            waiting.append((f"{before}{name}.", declared))
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0] + row[1])
def test_a_column_that_moved_is_gone_and_its_new_place_is_there(row: list[str]) -> None:
    tables, before, now = (words(cell) for cell in row)
    # A row about a table names it as gone, and then a table that is there.
    for table in [one for one in tables if "the table" not in row[1]]:
        assert not set(before) & set(columns(table)), table
    others = [word for word in now if word in STREAMS]
    places = {path for stream in (*tables, *others) if stream in STREAMS for path in paths(stream)}
    assert set(now) - STREAMS <= places
    assert set(others) | places


def test_every_moved_column_is_read() -> None:
    assert len(ROWS) >= 15
