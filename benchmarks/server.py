"""A stand-in for Stripe that is never what one waits for: `python -m benchmarks.server --objects charges=100000`.

Prints one line of JSON with its address, then answers until its standard input ends. `GET /_bench/counts` tells what
it was asked.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections import Counter
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

from benchmarks import account, objects, platform
from benchmarks.account import DAY, YEARS, Events, Objects, Query, Refused
from benchmarks.limits import Limits
from benchmarks.platform import Platform

COUNTS = "/_bench/counts"
REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}
REASONS |= {500: "Internal Server Error"}
QUIET_SECONDS = 900
"""How old the latest event is, so that nothing hangs on the minutes that a reader leaves to a later sync."""


class Answer(NamedTuple):
    status: int
    body: bytes
    reason: str = ""
    """The limit that was exceeded."""


class Pages(NamedTuple):
    """What arrives of a page."""

    list_bytes: int | None = None
    """After so many bytes its body ends."""
    most: int = account.MOST_ON_A_PAGE
    """One of more objects is answered 500."""


WHOLE = Pages()


class Stripe:
    """From a request to an answer; counts what it is asked."""

    def __init__(
        self,
        lists: dict[str, Objects],
        events: Events,
        limits: Limits,
        pages: Pages = WHOLE,
        platform: Platform | None = None,
    ) -> None:
        self._lists, self._events, self._limits, self._pages = lists, events, limits, pages
        self._platform = platform
        self._account = objects.account()
        self.requests: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.times: list[float] = []
        """Of the first and of the last request."""

    def answer(self, target: str, headers: dict[str, str], now: float) -> Answer:
        path, _, query = target.partition("?")
        if path == COUNTS:
            return Answer(200, json.dumps(self.counts()).encode())
        parts = path.strip("/").split("/")
        # /v1/x/{id}/y, and /v1/x/{id} is another endpoint than /v1/x.
        endpoint = "/".join("{id}" if place == 2 else part for place, part in enumerate(parts))
        self.requests[endpoint] += 1
        self.times = [*self.times[:1], now]
        if not _has_key(headers.get("authorization", "")):
            return _error(Refused("You did not provide an API key.", 401))
        if reason := self._limits.refusal(endpoint, now):
            self.refused[reason] += 1
            return _error(Refused("Request rate limit exceeded.", 429, "rate_limit"))._replace(reason=reason)
        try:
            asked = parse_qsl(query, keep_blank_values=True)
            version, whose = headers.get("stripe-version", ""), headers.get("stripe-account", "")
            of_platform = self._platform.body(whose, parts[1:], asked, version) if self._platform else None
            return Answer(200, of_platform or self._body(parts[1:], asked, version))
        except Refused as refused:
            return _error(refused)

    def counts(self) -> dict[str, object]:
        seconds = self.times[-1] - self.times[0] if self.times else 0.0
        return {"requests": self.requests, "refused": self.refused, "seconds": seconds}

    def _body(self, parts: list[str], query: Query, version: str) -> bytes:
        match parts:
            case ["account"] | ["accounts", _]:
                return self._account
            case ["events", *rest]:
                return self._of(self._events, rest, query, version)
            case [name, *rest] if name in self._lists:
                return self._of(self._lists[name], rest, query, version)
        raise Refused(f"Unrecognized request URL (GET: /v1/{'/'.join(parts)}).", 404)

    def _of(self, shelf: Objects | Events, rest: list[str], query: Query, version: str) -> bytes:
        """A list, one of its objects, or a list under one."""
        if not rest:
            if account.limit(dict(query)) > self._pages.most:
                raise Refused("An unknown error occurred.", 500)
            return account.write_page(shelf, query, version)[: self._pages.list_bytes]
        place = shelf.place(unquote(rest[0]))
        if place is None:
            raise Refused(f"No such object: '{rest[0]}'", 404, "resource_missing", "id")
        number, url = len(shelf) - 1 - place, f"{shelf.path}/{'/'.join(rest)}"
        match (shelf.path, *rest[1:]):
            case (_,):
                return shelf.write(place, account.expanded(query), version)
            case ("/v1/invoices", "lines"):
                return _under(number, objects.lines_of(number), objects.line, objects.LINE_PREFIX, query, url)
            case ("/v1/customers", "payment_methods"):
                count = objects.methods_of(number)
                return _under(number, count, objects.payment_method, objects.METHOD_PREFIX, query, url)
        raise Refused(f"Unrecognized request URL (GET: {url}).", 404)


def _under(number: int, count: int, write: objects.WriteChild, prefix: str, query: Query, url: str) -> bytes:
    first = number * objects.CHILDREN
    ids = [f"{prefix}{first + place:0{objects.DIGITS}d}" for place in range(count)]
    return account.write_children([write(number, place) for place in range(count)], ids, query, url)


def _has_key(authorization: str) -> bool:
    scheme, _, key = authorization.partition(" ")
    return scheme.lower() in ("bearer", "basic") and bool(key.strip())


def _error(refused: Refused) -> Answer:
    error = {"type": "invalid_request_error", "message": str(refused)}
    error |= {"code": refused.code} if refused.code else {}
    error |= {"param": refused.param} if refused.param else {}
    return Answer(refused.status, json.dumps({"error": error}, indent=2, sort_keys=True).encode() + b"\n")


class Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, as far as GET requests need it; answers leave in the order of the requests."""

    def __init__(self, stripe: Stripe, latency: float) -> None:
        self._stripe, self._latency = stripe, latency
        self._loop = asyncio.get_running_loop()
        self._received = b""
        self._sent = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError(transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head, self._received = self._received[:end].decode("latin-1"), self._received[end + 4 :]
            request, *lines = head.split("\r\n")
            method, target, _ = request.split(" ", 2)
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            if method != "GET":
                self._transport.abort()
                return
            answer = self._stripe.answer(target, headers, self._loop.time())
            if self._latency and target != COUNTS:
                self._loop.call_later(self._latency, self._send, answer)
            else:
                self._send(answer)

    def _send(self, answer: Answer) -> None:
        if self._transport.is_closing():
            return
        self._sent += 1
        limited = f"Stripe-Rate-Limited-Reason: {answer.reason}\r\n" if answer.reason else ""
        head = (
            f"HTTP/1.1 {answer.status} {REASONS[answer.status]}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(answer.body)}\r\nRequest-Id: req_{id(self):x}{self._sent}\r\n{limited}\r\n"
        )
        self._transport.writelines((head.encode(), answer.body))


def stocked(given: argparse.Namespace) -> Stripe:
    """The account that the arguments describe."""
    start, end = given.now - YEARS * 365 * DAY, given.now - DAY
    lists = {}
    for number, name_and_count in enumerate(given.objects):
        name, _, count = name_and_count.partition("=")
        stamps = (
            account.in_bursts(int(count), start, end, given.seed + number)
            if given.spread == "bursts"
            else account.evenly(int(count), start, end)
        )
        kind = objects.CARD_HOLDERS if given.cards and name == "customers" else objects.KINDS[name]
        lists[name] = Objects(kind, stamps)
    type, _, how_many = given.events.partition("=")
    about = next((shelf for shelf in lists.values() if type.startswith(f"{shelf.kind.object}.")), None)
    stamps = account.evenly(int(how_many or 0), int(given.now - given.events_days * DAY), given.now - QUIET_SECONDS)
    count, of = len(stamps), len(about) if about else 0
    subjects = {
        "evenly": lambda: account.one_in_so_many(count, of),
        "uniform": lambda: account.at_random(count, of, given.seed),
        "recent": lambda: account.mostly_young(count, of, given.seed),
    }[given.events_about]()
    events = Events(type, about, stamps, given.event_version, subjects)
    pages = Pages(given.list_bytes, given.most_on_a_page)
    limits = Limits(given.account_rate, given.endpoint_rate)
    if given.accounts:
        nothing = {name: Objects(kind, []) for name, kind in platform.KINDS.items()}
        connected = Platform(given.accounts, given.now, given.active_every)
        return Stripe(nothing | lists, events, limits, pages, connected)
    return Stripe(lists, events, limits, pages)


async def serve(stripe: Stripe, latency: float) -> None:
    """Until standard input ends, as it does when whoever started this is gone."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(stripe, latency), "127.0.0.1", 0, backlog=1_024)
    sys.stdout.write(json.dumps({"url": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"}) + "\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.server", description=__doc__)
    parser.add_argument("--objects", nargs="*", default=["charges=1000"], metavar="LIST=COUNT")
    parser.add_argument("--spread", choices=("evenly", "bursts"), default="evenly", help="of `created`, over six years")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--now", type=int, default=int(time.time()))
    parser.add_argument("--events", default="", metavar="TYPE=COUNT", help="such as charge.updated=1000")
    parser.add_argument("--events-days", type=float, default=1.0, help="how old the oldest event is")
    parser.add_argument(
        "--events-about",
        choices=("evenly", "uniform", "recent"),
        default="evenly",
        help="which objects: one in so many, any, or mostly the young",
    )
    parser.add_argument("--event-version", default="", help="of the payloads (default: as the request asks)")
    parser.add_argument("--cards", action="store_true", help="each customer has a card")
    parser.add_argument("--list-bytes", type=int, help="after so many bytes the body of a list ends")
    parser.add_argument("--most-on-a-page", type=int, default=100, help="larger pages are answered 500")
    parser.add_argument("--accounts", type=int, default=0, help="that are connected to this one as their platform")
    parser.add_argument("--active-every", type=int, default=0, help="of so many of them something happened in one")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds each answer takes")
    parser.add_argument("--account-rate", type=float, default=0.0, help="requests per second, 0 for no limit")
    parser.add_argument("--endpoint-rate", type=float, default=0.0, help="the same for each endpoint")
    parser.add_argument("--core", type=int, default=None, help="the processor core to stay on")
    given = parser.parse_args()
    if given.core is not None:
        os.sched_setaffinity(0, {given.core})
    asyncio.run(serve(stocked(given), given.latency))


if __name__ == "__main__":
    main()
