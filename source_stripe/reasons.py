"""What went wrong outside Stripe, in words: from exceptions of Python, requests and urllib3, which wrap each other.

Pure.
"""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterator

import requests
import urllib3

NO_THREADS = (
    "The system lets this process start no more threads. Raise its limit (ulimit -u, or pids of the container); "
    "the next sync goes on from here."
)
NO_MEMORY = (
    "There was not enough memory. Give the process more, or lower num_workers or the number of streams; "
    "the next sync goes on from here."
)
_ERRNOS = {
    errno.ECONNREFUSED: "the connection was refused",
    errno.ENETUNREACH: "the network cannot be reached",
    errno.EHOSTUNREACH: "the network cannot be reached",
    errno.EMFILE: "the process may open no more files or connections (ulimit -n)",
    errno.ENFILE: "the system has no more files or connections to open",
}
_UNTRUSTED = (
    "the certificate was signed by nobody this machine trusts: does a proxy decrypt the traffic? REQUESTS_CA_BUNDLE "
    "names a file with its certificate"
)
_CERTIFICATES = {
    "hostname mismatch": "the certificate is for another name",
    "ip address mismatch": "the certificate is for another name",
    "certificate has expired": "the certificate has expired",
    "not yet valid": "the certificate is not valid yet: is the clock right?",
    "self-signed": _UNTRUSTED,
    "self signed": _UNTRUSTED,
    "unable to get local issuer": _UNTRUSTED,
}
_CONNECT = re.compile(r"[Tt]unnel connection failed: (\d+)")


def reason(error: BaseException) -> str:
    """Why a request had no answer, as a part of a sentence. Nothing of the exception's own text is in it, which may
    hold addresses with passwords."""
    chain = list(_chain(error))
    for one in chain:
        if words := _special(one):
            return words
    for one in chain:
        if words := _general(one):
            return words
    return "the connection failed"


def unexpected(error: BaseException) -> str:
    """A sentence for what should not happen at all."""
    if any(isinstance(one, MemoryError) for one in _chain(error)):
        return NO_MEMORY
    if any(isinstance(one, RuntimeError) and "can't start new thread" in str(one) for one in _chain(error)):
        return NO_THREADS
    if any(isinstance(one, OSError) and one.errno == errno.ENOSPC for one in _chain(error)):
        return "There is no space left on the device that the output is written to."
    return f"Something went wrong that should not: {type(error).__name__}. Please report it with the log."


def _special(error: BaseException) -> str:
    """What a user can mend."""
    text = str(error)
    match error:
        case MemoryError():
            return "there was not enough memory for it"
        case requests.exceptions.InvalidSchema() if "SOCKS" in text:
            return "the proxy is one of SOCKS, which takes the Python package pysocks; it is not installed"
        case requests.exceptions.InvalidProxyURL() | urllib3.exceptions.ProxySchemeUnknown():
            return "the address of the proxy in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY is none"
        case OSError() if found := _CONNECT.search(text):
            return _of_proxy(int(found[1]))
        case OSError() if "CA certificate bundle" in text or "TLS certificate file" in text:
            return "the file with certificates that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names is not there"
        case OSError() if isinstance(error, ssl.SSLError) and ("NO_CERTIFICATE" in text or "PEM" in text):
            return "the file with certificates that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names holds none"
        case ssl.SSLCertVerificationError():
            known = (words for part, words in _CERTIFICATES.items() if part in text.lower())
            return next(known, "the certificate of the server was not accepted")
        case socket.gaierror():
            return "the name of the server is not known here: is there a network, and a name server?"
        case OSError() if error.errno in _ERRNOS:
            return _ERRNOS[error.errno]
    return ""


def _of_proxy(status: int) -> str:
    match status:
        case 407:
            return "the proxy wants a user name and a password, or others (HTTP 407)"
        case 403:
            return "the proxy does not let this machine through to Stripe (HTTP 403)"
        case _:
            return f"the proxy did not let the connection through (HTTP {status})"


def _general(error: BaseException) -> str:
    match error:
        case urllib3.exceptions.NewConnectionError():  # a timeout by its class, for old times' sake
            return ""
        case requests.Timeout() | urllib3.exceptions.TimeoutError() | TimeoutError():
            return "no answer in time"
        case requests.exceptions.ProxyError() | urllib3.exceptions.ProxyError():
            return "the proxy did not answer"
        case requests.exceptions.SSLError() | urllib3.exceptions.SSLError() | ssl.SSLError():
            return "no secure connection could be made"
        case urllib3.exceptions.DecodeError():
            return "the answer could not be decompressed"
        case urllib3.exceptions.ProtocolError() | requests.exceptions.ChunkedEncodingError() | ConnectionResetError():
            return "the connection broke in the middle of an answer"
    return ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and all that it wraps, the innermost first."""
    found: list[BaseException] = []
    left: list[object] = [error]
    while left:
        one = left.pop()
        if isinstance(one, BaseException) and not any(one is known for known in found):
            found.append(one)
            left += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
    return reversed(found)
