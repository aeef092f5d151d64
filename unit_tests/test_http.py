"""One request and its answer: what counts as an answer of Stripe, how long it may take, how large it may be."""

from __future__ import annotations

import gzip
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import requests
import requests_mock

from source_stripe.limits import CHECK, CHECK_SECONDS, READ, Limits
from source_stripe.runtime import Runtime
from source_stripe.stripe.answers import Object, a_list, an_object
from source_stripe.stripe.errors import Failure, Kind, Problem
from source_stripe.stripe.http import API_VERSION, Http, Request
from source_stripe.stripe.key import Key
from source_stripe.stripe.policies import error_for, is_worth_retrying

BASE = "https://api.stripe.com"
KEY = "sk_test_unit"
EMPTY = b'{"object": "list", "data": [], "has_more": false}'


def asked(expected: Callable[[Object], str] = a_list, limits: Limits = READ, **answer: Any) -> Object | Problem:
    """What one request to a list brings."""
    stripe, session = requests_mock.Adapter(), requests.Session()
    stripe.register_uri("GET", f"{BASE}/v1/customers", **answer)
    session.mount(BASE, stripe)
    return Http(BASE, Key(KEY), Runtime(session=lambda: session), 1, limits).get(Request("/v1/customers", (), expected))


def problem(**answer: Any) -> Problem:
    found = asked(**answer)
    assert isinstance(found, Problem)
    return found


# Catches: the status alone decides (403 is a permission, 401 a wrong key), whoever answered.
@pytest.mark.parametrize("status", [301, 400, 401, 402, 403, 404, 407, 418, 429, 451])
@pytest.mark.parametrize(
    "body",
    [
        "<html><head><style>p {}</style></head><body>Access   denied by <b>policy</b></body></html>",
        '{"message": "Access denied by policy"}',
        '["Access denied by policy"]',
        '{"error": "Access denied by policy"}',
        "Access denied by policy",
    ],
)
def test_what_is_not_in_stripes_words_is_no_word_of_stripes(status: int, body: str) -> None:
    found = problem(status_code=status, text=body)
    error = error_for(found, "/v1/customers")
    assert is_worth_retrying(found)
    assert error.failure is Failure.TRANSIENT
    assert (error.kind, error.denied) == (Kind.FAILED, "")
    assert error.sentence.startswith("Something between this host and Stripe answered in its place")
    assert "Access denied by policy" in error.sentence
    assert f"HTTP {status}" in error.sentence


# Catches: a key or a long page in the log.
def test_of_a_foreign_answer_only_the_first_words_are_shown_and_never_the_key() -> None:
    found = problem(status_code=403, text=f"{KEY} is not allowed. " + "Call us. " * 10_000)
    assert KEY not in found.message
    assert len(found.message) < 250


# Catches: `status == 200` is enough.
@pytest.mark.parametrize(
    "body",
    [
        '{"error": {"message": "No"}}',
        "{}",
        "[]",
        "null",
        "",
        '{"object": "customer", "id": "cus_1"}',
        '{"object": "list", "data": [], "has_more": "false"}',
        '{"object": "list", "data": {}, "has_more": false}',
        '{"object": "list", "data": [5], "has_more": false}',
        '{"data": [], "has_more": false}',
    ],
)
def test_a_list_is_a_list_of_objects_and_says_whether_it_goes_on(body: str) -> None:
    found = problem(text=body)
    assert is_worth_retrying(found)
    assert error_for(found, "/v1/customers").failure is Failure.TRANSIENT


# Catches: either of the two comparisons left out.
@pytest.mark.parametrize(
    ("body", "is_it"),
    [
        ('{"object": "customer", "id": "cus_1"}', True),
        ('{"object": "customer", "id": "cus_1", "deleted": true}', True),
        ('{"object": "customer", "id": "cus_2"}', False),
        ('{"object": "invoice", "id": "cus_1"}', False),
        ('{"id": "cus_1"}', False),
        ('{"error": {"message": "No"}}', False),
        ("{}", False),
    ],
)
def test_an_object_is_the_one_that_was_asked_for(body: str, is_it: bool) -> None:
    found = asked(an_object("customer", "cus_1"), text=body)
    assert isinstance(found, dict) is is_it


def test_the_address_of_the_log_stands_in_the_sentence() -> None:
    url = "https://dashboard.stripe.com/acct_1/test/workbench/logs?object=req_1"
    words = {"error": {"message": "No such price", "type": "invalid_request_error", "request_log_url": url}}
    found = problem(status_code=400, json=words, headers={"Request-Id": "req_1"})
    assert error_for(found, "/v1/customers").sentence.endswith(f"(HTTP 400, request req_1, {url})")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3.0),
        ("86400", 86_400.0),
        ("-1", 0.0),
        ("inf", float("inf")),
        ("soon", 0.0),
        ("Wed, 21 Oct 2026 07:29:00 GMT", 60.0),
    ],
)
def test_a_retry_after_is_read_as_it_is_sent(header: str, seconds: float) -> None:
    headers = {"Retry-After": header, "Date": "Wed, 21 Oct 2026 07:28:00 GMT"}
    assert problem(status_code=503, text="", headers=headers).retry_after_seconds == seconds


# Catches: a limit only for what is sent, or only for what is unpacked.
@pytest.mark.parametrize("encoding", ["gzip", "deflate", ""])
def test_an_answer_beyond_the_largest_size_is_refused(encoding: str) -> None:
    packs: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "deflate": zlib.compress, "": bytes}
    pack = packs[encoding]
    headers = {"Content-Encoding": encoding} if encoding else {}
    limits = replace(READ, answer_bytes=1 << 20)
    found = asked(a_list, limits, content=pack(EMPTY + b" " * (1 << 20)), headers=headers)
    assert isinstance(found, Problem)
    assert "larger than 1 MB" in found.message
    assert not is_worth_retrying(found)
    assert asked(a_list, limits, content=pack(EMPTY + b" " * 1_000), headers=headers) == {
        "object": "list",
        "data": [],
        "has_more": False,
    }


# Catches: unpacking in one go what is small on its way.
def test_a_bomb_takes_no_memory() -> None:
    import resource  # noqa: PLC0415  (there is none on Windows)

    stream = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = stream.compress(b"{") + stream.flush(zlib.Z_FULL_FLUSH)
    # A megabyte that can be repeated, as nothing in it refers to what came before.
    megabyte = stream.compress(bytes(1 << 20)) + stream.flush(zlib.Z_FULL_FLUSH)
    bomb = head + megabyte * 3_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = asked(content=bomb, headers={"Content-Encoding": "gzip"})
    assert isinstance(found, Problem)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400 << 10


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "zstd"])
def test_what_was_not_asked_for_is_not_unpacked(encoding: str) -> None:
    assert problem(content=gzip.compress(EMPTY), headers={"Content-Encoding": encoding}).status == 0


@contextmanager
def dripping(head: bytes, drop: bytes, pause: float) -> Iterator[str]:
    """A server that sends something at once, and then a drop again and again."""
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65_536)
                try:
                    connection.sendall(head)
                    while not over.wait(pause):
                        connection.sendall(drop)
                except OSError:
                    continue

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            over.set()


# Catches: a timeout only between two bytes; a deadline only for the body.
@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"", b""),
        (b"HTTP/1.1 200 OK\r\nX-", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X-Header: x\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["silence", "header", "headers", "body", "endless body", "chunks", "continue"],
)
def test_an_answer_has_a_deadline_however_it_comes(head: bytes, drop: bytes) -> None:
    limits = replace(READ, silence_seconds=0.5, answer_seconds=0.6)
    with dripping(head, drop, 0.05) as base:
        http = Http(base, Key(KEY), Runtime(), 1, limits)
        found = http.get(Request("/v1/customers", (), a_list))
    assert isinstance(found, Problem)
    assert (found.status, found.message) == (0, "no answer in time")


def test_the_limits_of_check_leave_it_within_a_minute() -> None:
    assert CHECK.total_seconds + CHECK.connect_seconds < CHECK_SECONDS < 60
    assert CHECK.answer_seconds <= CHECK.patience_seconds <= CHECK.total_seconds
    assert READ.answer_seconds < READ.patience_seconds <= 300


def test_a_request_says_who_asks_and_in_which_version() -> None:
    stripe, session = requests_mock.Adapter(), requests.Session()
    stripe.register_uri("GET", f"{BASE}/v1/customers", content=EMPTY)
    session.mount(BASE, stripe)
    Http(BASE, Key(KEY), Runtime(session=lambda: session), 1).get(Request("/v1/customers", (), a_list))
    sent = stripe.request_history[0].headers
    assert sent["User-Agent"] == "source-stripe"
    assert sent["Stripe-Version"] == API_VERSION
