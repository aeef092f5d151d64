"""Lines reach stdout whole, in order, and in few pieces."""

from __future__ import annotations

import fcntl
import io
import logging
import os
import sys
import threading
from collections.abc import Iterator
from typing import TextIO

import pytest
from airbyte_cdk.logger import init_logger

from source_stripe.airbyte.log import LogFormatter
from source_stripe.airbyte.stdout import LARGEST_BYTES, LONGEST_SECONDS, Stdout


class Pipe:
    """What is written to it can be read; it takes little at a time."""

    def __init__(self) -> None:
        self.outlet, inlet = os.pipe()
        self.inlet: TextIO = os.fdopen(inlet, "w")
        fcntl.fcntl(inlet, fcntl.F_SETPIPE_SZ, 4096)

    def waiting(self) -> bytes:
        os.set_blocking(self.outlet, False)
        try:
            return os.read(self.outlet, 1 << 20)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        self.inlet.close()
        os.close(self.outlet)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    pipe = Pipe()
    yield pipe
    pipe.close()


def test_records_wait_for_more_but_not_long(pipe: Pipe) -> None:
    now = [0.0]
    out = Stdout(pipe.inlet, lambda: now[0])
    out.records(b"1\n")
    assert pipe.waiting() == b""
    now[0] += LONGEST_SECONDS
    out.records(b"2\n")
    assert pipe.waiting() == b"1\n2\n"


def test_all_else_goes_out_at_once_and_takes_the_records_before_it_along(pipe: Pipe) -> None:
    out = Stdout(pipe.inlet, lambda: 0.0)
    out.records(b"1\n")
    out.line("state")
    assert pipe.waiting() == b"1\nstate\n"


@pytest.mark.parametrize("blocking", [True, False])
def test_a_pipe_may_take_lines_in_pieces(pipe: Pipe, blocking: bool) -> None:
    os.set_blocking(pipe.inlet.fileno(), blocking)
    lines = b"".join(b"%d\n" % number for number in range(LARGEST_BYTES // 4))

    def write() -> None:
        Stdout(pipe.inlet).records(lines)
        pipe.inlet.close()

    thread = threading.Thread(target=write)
    thread.start()
    with os.fdopen(os.dup(pipe.outlet), "rb") as outlet:
        assert outlet.read() == lines
    thread.join()


def test_what_is_logged_meanwhile_keeps_its_place(pipe: Pipe) -> None:
    logger = init_logger("writing")
    with Stdout(pipe.inlet, lambda: 0.0) as out:
        out.records(b"1\n")
        logger.info("said")
        out.records(b"2\n")
    one, said, two = pipe.waiting().splitlines()
    assert (one, two) == (b"1", b"2")
    assert b'"said"' in said


def test_threads_do_not_tear_each_others_lines(pipe: Pipe) -> None:
    out, logger = Stdout(pipe.inlet), init_logger("writing")

    def log() -> None:
        for _ in range(50):
            logger.info("x" * 3_000)

    def write() -> None:
        with out:
            threads = [threading.Thread(target=log) for _ in range(4)]
            for thread in threads:
                thread.start()
            for _ in range(50):
                out.records((b"y" * 3_000 + b"\n") * 20)
            for thread in threads:
                thread.join()
        pipe.inlet.close()

    writer = threading.Thread(target=write)
    writer.start()
    with os.fdopen(os.dup(pipe.outlet), "rb") as outlet:
        lines = outlet.read().splitlines()
    writer.join()
    assert lines.count(b"y" * 3_000) == 1_000
    assert sum(b'"message":"%b"' % (b"x" * 3_000) in line for line in lines) == 200
    assert len(lines) == 1_200


def test_a_stream_that_is_no_file_is_written_to_as_text() -> None:
    text = io.StringIO()
    out = Stdout(text)
    out.line("é")
    assert text.getvalue() == "é\n"


# Catches: the formatter without its own `formatException`.
def test_an_exception_is_logged_with_its_sentence_and_without_the_stack() -> None:
    try:
        raise ValueError("The list is closed.")
    except ValueError:
        record = logging.LogRecord("airbyte", logging.ERROR, "x.py", 1, "customers failed", None, sys.exc_info())
    line = LogFormatter().format(record)
    assert "The list is closed." in line
    assert "Traceback" not in line
    assert "test_stdout" not in line
