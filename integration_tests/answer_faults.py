"""What may become of an answer on its way: in its bytes, its headers, its JSON; and whose rows may suffer by that."""

from __future__ import annotations

import gzip
import json
import random
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import requests
import urllib3

from integration_tests.odd_values import Json, damaged, odd, written
from integration_tests.sandbox import Request, Response

_ID = re.compile(r"[a-z]+_\w+|[A-Z]{2}")
WEIGHTY = (
    *(
        "id",
        "object",
        "created",
        "type",
        "data",
        "has_more",
        "deleted",
        "previous_attributes",
        "api_version",
        "account",
    ),
    *("customer", "lines", "items", "invoice", "subscription", "url", "status", "livemode", "date", "available_on"),
)
"""Fields that decide what becomes of an object."""
BODILESS = (*range(100, 200), 204, 304)
"""Statuses whose answers have no body, whatever is sent."""


@dataclass(frozen=True)
class Odd:
    """An answer as it arrives."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    length: int | None = None
    """What the header Content-Length says; None where that is right."""
    error: Exception | None = None
    """What the network raises in its place."""
    breaks: bool = True
    """Whether nobody could take it for the answer."""
    lies: bool = False
    """Whether it looks like a sound answer and is wrong, which nobody can tell."""
    hurt: frozenset[str] = field(default=frozenset())
    """The ids of the one object that is not as Stripe documents it, and of what is in it."""


Fault = Callable[[random.Random, Request, Response, str], Odd]
"""The last argument is the key of the sync, which a proxy may echo."""


def _as_is(response: Response) -> Odd:
    return Odd(response.status, response.headers, response.body, breaks=False)


def _pieces(key: str) -> tuple[str, ...]:
    return (key, f"Bearer {key}", key[:40], f"req_{key}", f"https://x/?k={key}&y")


# Bytes.


def cut(rng: random.Random, request: Request, response: Response, key: str) -> Odd:
    body = response.body[: rng.randrange(len(response.body))]
    return replace(_as_is(response), body=body, length=rng.choice((None, len(response.body))), breaks=True)


def length_is_wrong(rng: random.Random, request: Request, response: Response, key: str) -> Odd:
    size = len(response.body)
    length = rng.choice((0, 1, size - 1, size + 1, size * 2, 1 << 40))
    return replace(_as_is(response), length=length, breaks=True)


def bytes_replaced(rng: random.Random, request: Request, response: Response, key: str) -> Odd:
    body = bytearray(response.body)
    for _ in range(rng.choice((1, 1, 3, 30))):
        at = rng.randrange(len(body))
        body[at : at + rng.choice((0, 1, 1, 4))] = rng.choice(
            (b"\xff", b"\xed\xa0\x80", b"\x00", b'"', b"}", b"9" * 25)
        )
    return judged(replace(_as_is(response), body=bytes(body)), response)


def packed(rng: random.Random, request: Request, response: Response, key: str) -> Odd:
    whole = gzip.compress(response.body)
    broken = bytearray(whole)
    broken[rng.randrange(10, len(broken))] ^= 1 << rng.randrange(8)
    name, body = rng.choice(
        (
            ("gzip", whole),
            ("gzip", response.body),
            ("gzip", whole[: rng.randrange(1, len(whole))]),
            ("gzip", bytes(broken)),
            ("gzip", whole + b"junk"),
            ("gzip", whole + whole),
            ("gzip", gzip.compress(whole)),
            ("gzip", b""),
            ("deflate", zlib.compress(response.body)),
            ("deflate", whole),
            ("deflate", zlib.compress(response.body)[2:-4]),
            ("br", response.body),
            ("zstd", response.body),
            ("gzip, gzip", gzip.compress(whole)),
            ("x\x7f", response.body),
            ("GZIP ", whole),
            ("identity", response.body),
        )
    )
    if rng.random() < 0.005:
        name, body = "gzip", gzip.compress(b" " * (80 << 20) + response.body)
    return replace(_as_is(response), headers={**response.headers, "Content-Encoding": name}, body=body)


def no_answer(rng: random.Random, request: Request, response: Response, key: str) -> Odd:
    said = rng.choice(_pieces(key))
    error = rng.choice(
        (
            requests.ConnectionError(f"Connection aborted: {said}"),
            requests.exceptions.ReadTimeout(said),
            requests.exceptions.ConnectTimeout(said),
            requests.exceptions.SSLError(f"certificate verify failed {said}"),
            requests.exceptions.ProxyError(f"Tunnel connection failed: {rng.choice((403, 407, 502))} {said}"),
            requests.exceptions.ChunkedEncodingError(said),
            requests.exceptions.ContentDecodingError(said),
            requests.exceptions.InvalidHeader(said),
            urllib3.exceptions.ProtocolError(said),
            urllib3.exceptions.LocationParseError(said),
            ConnectionResetError(104, said),
            TimeoutError(said),
            OSError(24, said),
        )
    )
    return replace(_as_is(response), error=error, breaks=True)


# Status and headers.


def another_status(rng: random.Random, request: Request, response: Response, key: str) -> Odd:
    status = rng.choice(
        (*(100, 101, 103, 199, 201, 202, 204, 206, 207, 226, 299), *range(300, 309), *range(400, 600, 7))
    )
    said = rng.choice(_pieces(key))
    bodies: tuple[bytes, ...] = (
        response.body,
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        f"<html><script>{said}</script><p>{said * 50}</p></html>".encode(),
        b'{"error": null}',
        b'{"error": []}',
        json.dumps({"error": said}).encode(),
        json.dumps({"errors": [{"message": said}], "message": said}).encode(),
        b"[" * 100_000,
    )
    body = b"" if status in BODILESS else rng.choice(bodies)
    more = {"Location": said, "Retry-After": _retry_after(rng)} if rng.random() < 0.5 else {}
    return replace(_as_is(response), status=status, headers={**response.headers, **more}, body=body, breaks=True)


def refused(rng: random.Random, request: Request, response: Response, key: str) -> Odd:
    """An error in Stripe's form, its fields of whatever type. What it says may be true, so that it is a lie."""
    said = rng.choice(_pieces(key))
    error: Json = {"type": "invalid_request_error", "message": f"No {said} here."}
    for name in rng.sample(("code", "message", "param", "request_log_url", "type", "charge"), rng.randrange(6)):
        error[name] = rng.choice((odd(rng), said, "resource_missing", "lock_timeout", "rate_limit", "account_invalid"))
    status = rng.choice((200, 202, 302, 400, 401, 402, 403, 404, 409, 410, 422, 424, 429, 500, 503, 529))
    body = written({"error": error}, rng).encode("utf-8", "surrogatepass")
    told = {"Stripe-Should-Retry": rng.choice(("true", "false", "", "maybe", said))} if rng.random() < 0.3 else {}
    told |= {"Stripe-Rate-Limited-Reason": rng.choice(("global-rate", "x", said))} if rng.random() < 0.3 else {}
    headers = {**response.headers, **told, "Retry-After": _retry_after(rng)}
    return replace(_as_is(response), status=status, headers=headers, body=body, breaks=True, lies=400 <= status < 500)


def odd_headers(rng: random.Random, request: Request, response: Response, key: str) -> Odd:
    said = rng.choice(_pieces(key))
    values = {
        "Date": rng.choice(
            (
                *("", "yesterday", said, "9" * 400, "Thu, 01 Jan 1970 00:00:00 GMT"),
                *("Mon, 05 Mar 2012 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"),
            )
        ),
        "Request-Id": rng.choice((said, "", "x" * 9_000, "a\tb", "\x7f\x80")),
        "Retry-After": _retry_after(rng),
        "Stripe-Notice": rng.choice((said, "", "x" * 9_000)),
        "Stripe-Should-Retry": rng.choice(("true", "false", said)),
        "Stripe-Rate-Limited-Reason": rng.choice(("global-concurrency", "x", said)),
        "Stripe-Version": said,
        "Content-Type": rng.choice(("text/html; charset=x", "", said)),
        "Set-Cookie": f"a={said}",
        "Location": rng.choice(("/", said)),
        "Transfer-Encoding": rng.choice(("identity", "x")),
        "Connection": "close",
    }
    chosen = {name: values[name] for name in rng.sample(sorted(values), rng.choice((1, 2, 4)))}
    headers = {name: value for name, value in response.headers.items() if rng.random() < 0.9}
    return replace(_as_is(response), headers=headers | chosen)


def _retry_after(rng: random.Random) -> str:
    return rng.choice(
        (
            *("0", "1", "-5", "0.5", "30", "86400", "1e400", "nan", "inf", "", "soon", "9" * 5_000),
            *("Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Wed, 99 Foo 2026"),
        )
    )


# JSON.


def another_body(rng: random.Random, request: Request, response: Response, key: str) -> Odd:
    """JSON that is no list where one was asked for, and no object where one was."""
    value = json.loads(response.body)
    is_list = value.get("object") == "list"
    bodies: list[Json] = [None, True, 5, "x", [], [value], {}, {"object": None}, {"error": "x"}, {"data": [value]}]
    if is_list:
        none: tuple[Json, ...] = (None, {}, "x", 5, [5], [None], [[]])
        bodies += [value | {"data": other} for other in none]
        more: tuple[Json, ...] = (None, 0, "false", [])
        tags: tuple[Json, ...] = (None, "List", "event", ["list"])
        bodies += [value | {"has_more": other} for other in more] + [value | {"object": other} for other in tags]
        bodies += [
            {name: one for name, one in value.items() if name != left} for left in ("data", "has_more", "object")
        ]
        bodies += value["data"][:1]
    else:
        bodies += [value | {"object": other} for other in (None, "", "list", 5, ["x"])]
        bodies += [{"object": "list", "data": [value], "has_more": False, "url": request.path}]
    body = json.dumps(rng.choice(bodies)).encode()
    if rng.random() < 0.2:
        body = rng.choice(
            (b"", b"\xef\xbb\xbf" + response.body, b"[" * 100_000, b'{"a":' * 100_000, b"NaN", response.body * 2)
        )
    return replace(_as_is(response), body=body, breaks=True)


def an_odd_object(rng: random.Random, request: Request, response: Response, key: str) -> Odd:
    """One object of a list, or the one that was asked for, that is not as Stripe documents it."""
    value = json.loads(response.body)
    is_list = value.get("object") == "list"
    if is_list and not value["data"]:
        return _as_is(response)
    things = value["data"] if is_list else [value]
    at = rng.randrange(len(things))
    hurt = frozenset(_ids(things[at])) or frozenset({things[at].get("object")})
    for _ in range(rng.choice((1, 1, 1, 2, 6))):
        things[at] = damaged(things[at], rng, rng.choice((WEIGHTY, *((name,) for name in WEIGHTY))))
    body = written(value if is_list else things[0], rng).encode("utf-8", "surrogatepass")
    answer = judged(replace(_as_is(response), body=body), response)
    if answer.breaks or request.path == "/v1/account":
        return answer
    return replace(answer, lies=False, hurt=hurt)


def a_harmless_change(rng: random.Random, request: Request, response: Response, key: str) -> Odd:
    """The same list with an object twice, with a page to come that is empty, with more around it."""
    value = json.loads(response.body)
    if value.get("object") == "list" and value["data"] and rng.random() < 0.8:
        if rng.random() < 0.5:
            value["has_more"] = True
        else:
            at = rng.randrange(len(value["data"]))
            value["data"].insert(at, value["data"][at])
    if request.path != "/v1/account" and value.get("object") == "list":
        value["more"] = odd(rng)
    body = b" \n\t" * 2_000 + written(value, rng).encode("utf-8", "surrogatepass")
    return judged(replace(_as_is(response), body=body), response, harmless=True)


def a_lie(rng: random.Random, request: Request, response: Response, key: str) -> Odd:
    """What may be true, and is not."""
    value = json.loads(response.body)
    if value.get("object") == "list":
        match rng.randrange(4):
            case 0:
                value["has_more"] = not value["has_more"]
            case 1:
                value["data"] = value["data"][: rng.randrange(len(value["data"]) + 1)]
            case 2:
                value = {**value, "data": value["data"][::-1], "has_more": True}
            case _:
                value["data"] = [{**one, "id": "same_1"} for one in value["data"]]
                value["has_more"] = rng.random() < 0.8
    else:
        value |= {"id": rng.choice(("acct_other", "cus_other", "", None)), "deleted": rng.random() < 0.3}
    return replace(_as_is(response), body=json.dumps(value).encode(), lies=True)


def judged(answer: Odd, sound: Response, *, harmless: bool = False) -> Odd:
    """With what can be told of a body that was changed at random."""
    try:
        value = json.loads(answer.body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return replace(answer, breaks=True)
    same = value == json.loads(sound.body)
    return replace(answer, breaks=False, lies=not same and not harmless)


def _ids(value: Json) -> set[str]:
    """All that looks like an id in a value."""
    match value:
        case str():
            return {value} if _ID.fullmatch(value) else set()
        case dict():
            return {one for inner in value.values() for one in _ids(inner)}
        case list():
            return {one for inner in value for one in _ids(inner)}
        case _:
            return set()


FAULTS: tuple[Fault, ...] = (
    *(cut, length_is_wrong, bytes_replaced, packed, no_answer, another_status, refused, odd_headers),
    *(another_body, another_body, an_odd_object, an_odd_object, an_odd_object, a_harmless_change, a_lie),
)
"""As often as each is tried."""
