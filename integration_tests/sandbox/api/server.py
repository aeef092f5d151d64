"""The sandbox served over HTTP on loopback, with a few addresses of its own for tools."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import orjson

from integration_tests.sandbox.api.faults import Fault
from integration_tests.sandbox.api.messages import Request
from integration_tests.sandbox.api.sandbox import Sandbox
from integration_tests.sandbox.world.errors import StripeError
from integration_tests.sandbox.world.facts import Json

CONTROL_PATH = "/_sandbox/"


class Server(ThreadingHTTPServer):
    """Answers from a sandbox, each connection in a thread of its own."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, sandbox: Sandbox, port: int = 0, follow_clock: Callable[[], float] | None = None) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.sandbox = sandbox
        self._follow_clock = follow_clock

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is nothing to speak of."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def tick(self) -> None:
        """Moves the account's clock to the followed one, if there is one."""
        if self._follow_clock is not None:
            account = self.sandbox.account
            with account.lock:
                account.advance(max(0, int(self._follow_clock()) - account.now))

    def serve_in_background(self) -> threading.Thread:
        thread = threading.Thread(target=self.serve_forever, daemon=True)
        thread.start()
        return thread


class Handler(BaseHTTPRequestHandler):
    """One connection, kept alive, each answer sent in one piece."""

    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:
        """The sandbox keeps its own log."""

    def _serve(self) -> None:
        url = urlsplit(self.path)
        query = parse_qsl(url.query, keep_blank_values=True)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        form = parse_qsl(body.decode("latin-1"), keep_blank_values=True)
        if url.path.startswith(CONTROL_PATH):
            status, answer = self._control(url.path.removeprefix(CONTROL_PATH), dict(query))
            self._send(status, {"Content-Type": "application/json"}, orjson.dumps(answer))
            return
        self.server.tick()
        sandbox = self.server.sandbox
        if sandbox.latency_seconds:
            time.sleep(sandbox.latency_seconds)
        response = sandbox.handle(Request(self.command, url.path, query, dict(self.headers.items()), form))
        match response.fault:
            case Fault.reset | Fault.timeout:
                self.close_connection = True
                self.connection.close()
            case fault:
                self._send(response.status, dict(response.headers), response.body, cut=fault is Fault.truncated)

    def _send(self, status: int, headers: dict[str, str], body: bytes, cut: bool = False) -> None:
        reason = self.responses.get(status, ("",))[0]
        lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers.items())]
        head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode()
        self.wfile.write(head + (body[: len(body) // 2] if cut else body))
        if cut:
            self.close_connection = True

    def _control(self, name: str, query: dict[str, str]) -> tuple[int, Json]:
        control = _CONTROLS.get((self.command, name))
        if control is None:
            return 404, {"error": f"{self.command} {CONTROL_PATH}{name} is not known"}
        try:
            return 200, control(self.server.sandbox, query)
        except (LookupError, StripeError) as refused:
            return 400, {"error": str(refused)}


def _live(sandbox: Sandbox, query: dict[str, str]) -> Json:
    seconds, changes = int(query.get("seconds", "3600")), int(query.get("changes", "10"))
    sandbox.account.live(seconds, changes, silent=query.get("silent") != "false")
    return {"now": sandbox.account.now}


def _advance(sandbox: Sandbox, query: dict[str, str]) -> Json:
    sandbox.account.advance(int(query.get("seconds", "3600")))
    return {"now": sandbox.account.now}


def _has(sandbox: Sandbox, query: dict[str, str]) -> Json:
    between = (int(query["first"]), int(query["last"])) if {"first", "last"} <= query.keys() else None
    return {"created": len(sandbox.account.has(query["object"], int(query.get("count", "100")), between))}


def _rows(sandbox: Sandbox, query: dict[str, str]) -> Json:
    path = query.pop("path", "")
    return {"rows": sandbox.account.rows(path, **query)}


def _log(sandbox: Sandbox, query: dict[str, str]) -> Json:
    return {"requests": len(sandbox.log), "endpoints": sandbox.counts()}


def _reset_log(sandbox: Sandbox, query: dict[str, str]) -> Json:
    sandbox.log.clear()
    return {}


_CONTROLS: dict[tuple[str, str], Callable[[Sandbox, dict[str, str]], Json]] = {
    ("POST", "live"): _live,
    ("POST", "advance"): _advance,
    ("POST", "has"): _has,
    ("GET", "rows"): _rows,
    ("GET", "log"): _log,
    ("POST", "reset-log"): _reset_log,
}
