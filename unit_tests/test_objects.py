"""The laws of paths into objects: what they lead to, and what is left without what other streams had expanded."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_stripe.stripe.objects import as_items, get_path, is_truncated, strip_expansions, values

LINES: dict[str, Any] = {
    "object": "list",
    "has_more": True,
    "data": [{"id": "il_1", "discounts": [{"id": "di_1"}]}, {"id": "il_2"}],
}
INVOICE: dict[str, Any] = {
    "id": "in_1",
    "lines": LINES,
    "discounts": [{"id": "di_2"}],
    "customer": {"id": "cus_1", "name": "Ada"},
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("id", "in_1"),
        ("lines", LINES),
        ("lines.has_more", True),
        ("customer.name", "Ada"),
        ("customer.name.first", None),
        ("nothing.at.all", None),
    ],
)
def test_a_path_leads_to_a_value_or_nowhere(path: str, found: object) -> None:
    assert get_path(INVOICE, path) == found


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("lines.id", ["il_1", "il_2"]),
        ("lines.discounts.id", ["di_1"]),
        ("discounts.id", ["di_2"]),
        ("customer.name", ["Ada"]),
        ("lines.nothing", []),
        ("id.nothing", []),
    ],
)
def test_a_path_leads_through_lists_and_arrays_to_all_there_is(path: str, found: list[object]) -> None:
    assert values(INVOICE, path) == found


@pytest.mark.parametrize(
    ("value", "held"),
    [(None, []), ([], []), ([1, 2], [1, 2]), ({"id": "a"}, [{"id": "a"}]), (LINES, LINES["data"]), ("di_1", ["di_1"])],
)
def test_a_list_an_array_and_one_thing_hold_what_they_hold(value: Any, held: list[object]) -> None:
    assert as_items(value) == held


def test_only_a_list_with_more_of_it_at_stripe_is_cut() -> None:
    assert is_truncated(LINES)
    assert not is_truncated({**LINES, "has_more": False})
    assert not is_truncated([{"has_more": True}])
    assert not is_truncated(None)


@pytest.mark.parametrize(
    ("extra_expansions", "left"),
    [
        ("lines", {name: value for name, value in INVOICE.items() if name != "lines"}),
        ("customer", {**INVOICE, "customer": "cus_1"}),
        ("discounts", {**INVOICE, "discounts": ["di_2"]}),
        (
            "lines.data.discounts",
            {**INVOICE, "lines": {**LINES, "data": [{"id": "il_1", "discounts": ["di_1"]}, {"id": "il_2"}]}},
        ),
        ("customer.name.first", INVOICE),
        ("nothing", INVOICE),
    ],
)
def test_what_another_stream_had_expanded_is_as_if_it_had_not_been(extra_expansions: str, left: dict[str, Any]) -> None:
    before = repr(INVOICE)
    assert strip_expansions(INVOICE, (extra_expansions,)) == left
    assert repr(INVOICE) == before


@pytest.mark.parametrize("empty", [None, []])
def test_an_empty_field_stays_as_it_is(empty: object) -> None:
    assert strip_expansions({"discounts": empty}, ("discounts",)) == {"discounts": empty}


@given(st.dictionaries(st.text(), st.integers()))
def test_nothing_is_lost_where_nothing_is_surplus(obj: dict[str, int]) -> None:
    assert strip_expansions(obj, ()) is obj
