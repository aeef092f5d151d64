"""JSON that only a slow parser takes is read all the same, and what is written is what was read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_stripe.json_text import _has_long_number, dumps, loads


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'{"a": "\\ud800x"}', {"a": "\N{REPLACEMENT CHARACTER}x"}),
        (b'{"\\udfff": 1}', {"\N{REPLACEMENT CHARACTER}": 1}),
        (b'{"a": "\\ud83d\\ude00"}', {"a": "\N{GRINNING FACE}"}),
        (b'{"a": "\xff"}', {"a": "\N{REPLACEMENT CHARACTER}"}),
        (b'{"a": [NaN, Infinity, -Infinity]}', {"a": [None, None, None]}),
        (b'{"a": 1e999}', {"a": None}),
        (b'{"a": 18446744073709551616}', {"a": 2**64}),
        (b'{"a":-9223372036854775809}', {"a": -(2**63) - 1}),
        (b'{\n  "a": 123456789012345678901234567890\n}', {"a": 123456789012345678901234567890}),
        (b"[18446744073709551616, -9223372036854775809]", [2**64, -(2**63) - 1]),
        (b"[ 18446744073709551616]", [2**64]),
        (b'{"a": 9223372036854775807}', {"a": 2**63 - 1}),
    ],
)
def test_what_others_accept_is_read(text: bytes, value: object) -> None:
    read = loads(text)
    assert read == value
    assert repr(read) == repr(value)  # 1 is not 1.0


@given(before=st.integers(0, 40), digits=st.integers(1, 30), after=st.integers(0, 40), others=st.integers(0, 18))
def test_a_long_number_is_found_wherever_it_stands(before: int, digits: int, after: int, others: int) -> None:
    text = b"x" * before + b"7" * digits + b"," + b"5" * others + b"x" * after
    assert _has_long_number(text) is (digits >= 19)


@pytest.mark.parametrize("text", [b"", b"<html>", b'{"a": 1', b"\xff", b"[" * 200_000, b'{"a": ' + b"9" * 5_000 + b"}"])
def test_what_is_no_json_is_refused_with_one_kind_of_error(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        loads(text)


@pytest.mark.parametrize("value", [{"b": 2**64, "a": -(2**70)}, {"a": 1, "b": [{"c": 2**200}]}, {"a": "é"}])
def test_what_is_written_reads_as_it_was(value: dict[str, object]) -> None:
    assert loads(dumps(value)) == value
    assert dumps(value, sort_keys=True) == dumps(dict(reversed(value.items())), sort_keys=True)


def test_what_json_has_no_word_for_is_written_all_the_same() -> None:
    written = dumps({"a": "\ud800", "b": float("nan"), "c": 2**64})
    assert written.decode() == f'{{"a":"\N{REPLACEMENT CHARACTER}","b":null,"c":{2**64}}}'
