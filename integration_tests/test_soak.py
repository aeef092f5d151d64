"""The soak itself works: it goes through, and it notices what must not be. `make soak` is the long one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from integration_tests import command
from integration_tests.command import End, Printed
from integration_tests.draws import TROUBLES, drawn
from integration_tests.soak import CALM, KEY, Soak, WrongError, soaked


def test_a_short_soak_goes_through(tmp_path: Path) -> None:
    soak, wrong = soaked(tmp_path, seed=1, syncs=4)
    assert wrong == ""
    assert soak.tally["syncs"] == 5
    assert soak.tally["records"] > 100


SPOILED: dict[str, Callable[[Printed], Printed]] = {
    "it hangs": lambda one: replace(one, hangs=True),
    "the key is shown": lambda one: replace(one, stderr=f"{KEY}\n"),
    "a bare trace": lambda one: replace(one, stderr="Traceback (most recent call last)\n"),
    "words on standard error": lambda one: replace(one, stderr="Well, well\n"),
    "an exit code of its own": lambda one: replace(one, code=3),
    "success, and not all is read": lambda one: replace(one, stdout=one.stdout.replace(b'"COMPLETE"', b'"RUNNING"', 1)),
    "a failure for no reason": lambda one: replace(one, stdout=one.stdout.replace(b'"COMPLETE"', b'"INCOMPLETE"', 1)),
    "no message": lambda one: replace(one, stdout=one.stdout + b"Hello\n"),
    "breaks off": lambda one: replace(one, stdout=one.stdout[:-9]),
    "missing": lambda one: replace(one, stdout=one.stdout.replace(_customer(one) + b"\n", b"")),
    "wrong": lambda one: replace(one, stdout=one.stdout.replace(_customer(one), _other(_customer(one)))),
    "too much": lambda one: replace(one, stdout=_new(_customer(one)) + b"\n" + one.stdout),
}


def _customer(one: Printed) -> bytes:
    """A line with a record."""
    lines = one.stdout.splitlines()
    return next(line for line in lines if line.startswith(b'{"type":"RECORD"') and b'"stream":"customers"' in line)


def _other(line: bytes) -> bytes:
    """The same with something more in the row."""
    return line.replace(b'"object":"customer"', b'"object":"customer","odd":1', 1)


def _new(line: bytes) -> bytes:
    """The same of a customer that nobody has."""
    return line.replace(b'"cus_', b'"cus_x')


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Printed]:
    """What one calm sync printed."""
    kept: dict[str, Printed] = {}
    with pytest.MonkeyPatch.context() as patch:
        run = command.run

        def keeping(*given: Any) -> Printed:
            one = kept["one"] = run(*given)
            return one

        patch.setattr(command, "run", keeping)
        soak = Soak(tmp_path_factory.mktemp("soak"), 1)
        soak.sync(CALM)
        soak.close()
    return kept


@pytest.mark.parametrize("sign", SPOILED)
def test_what_must_not_be_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printed: dict[str, Printed], sign: str
) -> None:
    monkeypatch.setattr(command, "run", lambda *_: SPOILED[sign](printed["one"]))
    soak = Soak(tmp_path, 1)
    try:
        with pytest.raises(WrongError, match=sign):
            soak.settle()
    finally:
        soak.close()


def test_a_hundred_syncs_meet_every_trouble_and_every_end() -> None:
    draws = [drawn(1, number) for number in range(100)]
    assert {draw.trouble for draw in draws} == {"none", *TROUBLES}
    assert {draw.fate.end for draw in draws} == set(End)
