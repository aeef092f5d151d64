"""Why there was no answer is said in words that tell what to mend."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import urllib3

from source_stripe.reasons import NO_MEMORY, NO_THREADS, reason, unexpected

HTTPS = "https://api.stripe.invalid/v1/account"


@pytest.fixture
def proxy(request: pytest.FixtureRequest) -> Iterator[str]:
    """Answers every CONNECT with one status."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(1000)
                connection.sendall(f"HTTP/1.1 {request.param} No\r\nContent-Length: 0\r\n\r\n".encode())

    threading.Thread(target=answer, daemon=True).start()
    yield f"http://someone:secret@127.0.0.1:{listener.getsockname()[1]}"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def why(url: str = HTTPS, **settings: object) -> str:
    """Why a real request with these settings gets no answer."""
    session = requests.Session()
    session.trust_env = False
    with pytest.raises((requests.RequestException, OSError)) as raised:
        session.get(url, timeout=5, **settings)  # type: ignore[arg-type]
    return reason(raised.value)


@pytest.mark.parametrize(
    ("proxy", "words"),
    [(407, "user name and a password"), (403, "does not let this machine through"), (502, "HTTP 502")],
    indirect=["proxy"],
)
def test_a_proxy_that_does_not_let_through_is_told_from_stripe(proxy: str, words: str) -> None:
    told = why(proxies={"https": proxy})
    assert words in told
    assert "secret" not in told


def test_a_proxy_that_is_not_there_or_none_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert why(proxies={"https": f"http://127.0.0.1:{port}"}) == "the connection was refused"
    assert "pysocks" in why(proxies={"https": "socks5://127.0.0.1:1"})
    assert "address of the proxy" in why(proxies={"https": "http://"})


def test_a_file_of_certificates_that_is_not_there_or_holds_none_is_told(tmp_path: Path) -> None:
    assert "is not there" in why(verify=str(tmp_path / "none.pem"))
    (tmp_path / "empty.pem").write_text("nothing")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        assert "holds none" in why(url, verify=str(tmp_path / "empty.pem"))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (requests.ConnectionError(urllib3.exceptions.NewConnectionError(None, "x: no")), "the connection failed"),  # type: ignore[arg-type]
        (requests.ReadTimeout("Read timed out."), "no answer in time"),
        (urllib3.exceptions.ReadTimeoutError(None, "", "Read timed out."), "no answer in time"),  # type: ignore[arg-type]
        (requests.ConnectionError(socket.gaierror(-2, "Name or service not known")), "name of the server"),
        (requests.ConnectionError(OSError(errno.ENETUNREACH, "unreachable")), "network cannot be reached"),
        (OSError(errno.EMFILE, "Too many open files"), "ulimit -n"),
        (urllib3.exceptions.ProtocolError("broken", ConnectionResetError(104, "reset")), "in the middle of an answer"),
        (requests.exceptions.SSLError("certificate verify failed"), "no secure connection"),
        (requests.ConnectionError(MemoryError()), "not enough memory"),
        (urllib3.exceptions.DecodeError("br"), "decompressed"),
        (ValueError("sk_live_1"), "the connection failed"),
    ],
)
def test_every_failure_has_its_words(error: Exception, words: str) -> None:
    assert words in reason(error)


def test_what_wraps_itself_is_not_followed_for_ever() -> None:
    error = requests.ConnectionError("x")
    error.__cause__ = error
    assert reason(error) == "the connection failed"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (MemoryError(), NO_MEMORY),
        (RuntimeError("can't start new thread"), NO_THREADS),
        (OSError(errno.ENOSPC, "No space left on device"), "There is no space left on the device"),
        (KeyError("sk_live_1"), "Something went wrong that should not: KeyError."),
    ],
)
def test_what_should_not_happen_ends_in_a_sentence(error: Exception, sentence: str) -> None:
    assert unexpected(error).startswith(sentence)
