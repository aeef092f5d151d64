"""What a file holds is read however it is encoded; what is wrong with one is said without showing it."""

from __future__ import annotations

import io
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from source_stripe.airbyte.files import CUT, RECORDS, Unusable, many, one, titled

KEY = "sk_live_51HrandomlyChosen"
STATE = {"type": "STATE", "state": {"größe": [1, 2.5, None, True]}}


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], str]:
    def written(content: bytes) -> str:
        (tmp_path / "x.json").write_bytes(content)
        return str(tmp_path / "x.json")

    return written


def problem(path: str) -> str:
    with pytest.raises(Unusable) as raised:
        list(many(path))
    return str(raised.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_value_is_read_in_every_encoding_of_json(
    file: Callable[[bytes], str], encoding: str, indent: int | None
) -> None:
    assert one(file(json.dumps(STATE, indent=indent, ensure_ascii=False).encode(encoding))) == STATE


@pytest.mark.parametrize("written", ["{0}\n{0}\n{0}", "{0}\r\n\r\n{0}\n\n{0}\n\n", "{0}{0}\n  {0}", " {0} {0} {0} "])
@pytest.mark.parametrize("indent", [None, 2])
def test_values_are_read_one_after_another(file: Callable[[bytes], str], written: str, indent: int | None) -> None:
    text = written.format(json.dumps(STATE, indent=indent))
    assert list(many(file(text.encode()))) == [STATE] * 3


@pytest.mark.parametrize("size", [1, 3, 70_000])
def test_a_pipe_is_read_to_its_end(size: int) -> None:
    """However few bytes of it come at once, so that even the mark at its beginning is in two pieces."""
    states = [STATE] * (2_000 if size > 3 else 3)
    content = json.dumps(states).encode("utf-8-sig")
    reading, writing = os.pipe()

    def write() -> None:
        with io.FileIO(writing, "w") as pipe:
            for at in range(0, len(content), size):
                pipe.write(content[at : at + size])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert one(f"/dev/fd/{reading}") == states
    finally:
        writer.join()
        os.close(reading)


def test_records_are_left_out_unread(file: Callable[[bytes], str]) -> None:
    lines = [f"{RECORDS[0]} whatever", json.dumps(STATE), f"{RECORDS[1]} [", json.dumps(STATE)]
    assert list(many(file("\n".join(lines).encode()))) == [STATE, STATE]


@pytest.mark.parametrize("end", ["{", '{"type": "STA', '{"type": "STATE", "state": tr', '{"a": 1}{'])
def test_a_last_line_that_breaks_off_is_told_from_those_that_are_whole(file: Callable[[bytes], str], end: str) -> None:
    assert list(many(file(f"{json.dumps(STATE)}\n{end}".encode()))) == [STATE, CUT]
    assert "is not JSON" in problem(file(f"{json.dumps(STATE)}\n{end}\n".encode()))
    assert "is not JSON" in problem(file(end.encode()))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"[1, 2", "is not JSON: Expecting ',' delimiter (line 1, column 6)."),
        (b'{"a": 1}\n\n{"b": nil}\n{"c": 1}', "is not JSON: Expecting value (line 3, column 7)."),
        (b'{"a": 1}\n{\n"b": nil}\n', "is not JSON: Expecting value (line 3, column 6)."),
        (b"[]]", "is not JSON: Expecting value (line 1, column 3)."),
        (b'{"customers": 1, "customers": 2}', "holds customers twice in one object, with different values."),
        (f'{{"{KEY}": 1, "{KEY}": 2}}'.encode(), "holds sk_*** twice in one object, with different values."),
        (b"[NaN]", "holds NaN, which is not JSON."),
        (b"[-Infinity]", "holds -Infinity, which is not JSON."),
        (b"[1e999]", "holds a number that is too large."),
        (b"9" * 5_000, "holds a number that is too large."),
        (b'{"a": [' + b"9" * 19 + b"]}", "holds a number that is too large."),
        (b"[" * 101 + b"]" * 101, "is nested too deep."),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "is nested too deep."),
        (b'["\\ud800"]', "holds half of a character, which is no text."),
        (b'{"\\udfff": 1}', "holds half of a character, which is no text."),
        (b"[\xff]", "is not UTF-8 text."),
        ("[1]".encode("utf-16")[:-1], "is not UTF-8 text."),
        (b"\x80PNG", "is not UTF-8 text."),
    ],
)
def test_what_is_not_json_is_said_with_its_place(file: Callable[[bytes], str], content: bytes, says: str) -> None:
    assert problem(file(content)) == says


def test_large_but_usual_numbers_and_pairs_of_half_characters_are_json(file: Callable[[bytes], str]) -> None:
    assert one(file(b'[9223372036854775807, "\\ud83d\\ude00", "' + b"9" * 30 + b'"]')) == [2**63 - 1, "😀", "9" * 30]
    assert one(file(b"[" * 100 + b"]" * 100))


def test_a_file_that_cannot_be_opened_has_the_systems_reason(tmp_path: Path) -> None:
    assert problem(str(tmp_path)) == "cannot be read: Is a directory."
    assert problem(str(tmp_path / "none.json")) == "cannot be read: No such file or directory."
    assert problem(str(tmp_path / ("x" * 300))) == "cannot be read: File name too long."


@pytest.mark.parametrize("path", ["", '{"client_secret": "' + KEY + '"}', " [1]"])
def test_what_is_no_path_is_not_shown(path: str) -> None:
    assert f"{titled('configuration', path)} {problem(path)}" == (
        "The configuration has to be in a file, whose path is given."
    )


def test_a_file_whose_name_begins_as_json_does_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("[1].json").write_text("[1]")
    assert one("[1].json") == [1]


def test_a_key_in_a_path_is_masked() -> None:
    assert titled("state", f"/tmp/{KEY}.json") == "The state /tmp/sk_***.json"


@pytest.mark.parametrize("content", [b"", b" \n\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_holds_no_value(file: Callable[[bytes], str], content: bytes) -> None:
    assert list(many(file(content))) == []
    with pytest.raises(Unusable, match=r"^is empty\.$"):
        one(file(content))


@pytest.mark.parametrize("content", [b"{}\n{}", b"{} {}", b"{}\n{"])
def test_where_one_value_is_wanted_several_are_refused(file: Callable[[bytes], str], content: bytes) -> None:
    with pytest.raises(Unusable, match="several JSON values"):
        one(file(content))


def test_what_stands_twice_with_the_same_value_is_read(tmp_path: Path) -> None:
    # So does PyAirbyte write the part of a state message that is empty.
    written = tmp_path / "state.json"
    written.write_text('[{"type": "STREAM", "global_": null, "stream": {"stream_state": {}}, "global_": null}]')
    assert one(str(written)) == [{"type": "STREAM", "global_": None, "stream": {"stream_state": {}}}]


# Catches: `many` without its last ValueError.
@pytest.mark.parametrize("path", ["a\0b", "a\ud800b"])
def test_what_cannot_be_a_path_is_said_to_be_none(path: str) -> None:
    assert "no such file" in problem(path).lower() or "in a file" in problem(path)
