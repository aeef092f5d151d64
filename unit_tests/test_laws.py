"""A law of many cases fails if it does for any of them, and names those."""

from __future__ import annotations

import inspect

import pytest

from unit_tests.laws import every


def test_every_case_is_tried_and_those_that_are_wrong_are_named() -> None:
    tried = []

    @every("number", range(6), "number {}".format)
    def law(number: int, odd: str) -> None:
        tried.append(number)
        if number % 3 == 2:
            raise LookupError(odd)

    with pytest.raises(ExceptionGroup, match="does not hold for 2 of 6") as raised:
        law(odd="x")
    assert tried == [*range(6)]
    assert [(str(error), error.__notes__) for error in raised.value.exceptions] == [
        ("x", ["number: number 2"]),
        ("x", ["number: number 5"]),
    ]
    assert list(inspect.signature(law).parameters) == ["odd"]


def test_laws_without_a_case_are_none() -> None:
    with pytest.raises(ValueError, match="no stream"):
        every("stream", [])
