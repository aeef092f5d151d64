"""A transport of `requests` whose answers are there by a deadline, headers and body, however slowly their bytes come.

The timeouts of `requests` are between two bytes: a byte every ten seconds keeps an answer alive for ever.
"""

from __future__ import annotations

import http.client
import io
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection


class _Deadline(threading.local):
    """That of the request which this thread sends."""

    at: float | None = None
    clock: Callable[[], float]


_deadline = _Deadline()


@contextmanager
def within(seconds: float, monotonic: Callable[[], float]) -> Iterator[None]:
    """What this thread reads from a TimedAdapter meanwhile ends with TimeoutError, or what `requests` makes of it,
    after so many seconds."""
    _deadline.at, _deadline.clock = monotonic() + seconds, monotonic
    try:
        yield
    finally:
        _deadline.at = None


def check() -> None:
    """Raises TimeoutError if the time is over."""
    if _deadline.at is not None and _deadline.clock() >= _deadline.at:
        raise TimeoutError("the answer did not end in time")


class _TimedSocket(io.RawIOBase):
    """The reading end of a socket."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__()
        self._sock, self._raw = sock, sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def readinto(self, buffer: Any) -> int | None:
        if _deadline.at is not None:
            left = _deadline.at - _deadline.clock()
            if left <= 0:
                raise TimeoutError("the answer did not end in time")
            timeout = self._sock.gettimeout()
            if timeout is None or left < timeout:
                self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_TimedSocket(sock), io.DEFAULT_BUFFER_SIZE)


class _TimedConnection(HTTPConnection):
    response_class = _TimedResponse


class _TimedTLSConnection(HTTPSConnection):
    response_class = _TimedResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _TimedConnection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TimedTLSConnection


class TimedAdapter(HTTPAdapter):
    """An HTTPAdapter that keeps to `within`, also through a proxy; for one host, with the same settings every time."""

    _pool: Any = None

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """The pool of the first request: finding it again took a tenth of the time of each that came after."""
        if self._pool is None:
            self._pool = super().get_connection_with_tls_context(*args, **kwargs)
        return self._pool

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        _time(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> PoolManager:
        known = proxy in self.proxy_manager
        manager: PoolManager = super().proxy_manager_for(proxy, **kwargs)
        # Those for SOCKS have connections of their own.
        if not known and not proxy.lower().startswith("socks"):
            _time(manager)
        return manager


def _time(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}
