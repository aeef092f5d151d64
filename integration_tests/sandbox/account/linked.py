"""The lists and objects of API v2: pages by the address in the answer, times as text, thin events.

https://docs.stripe.com/api-v2-overview. The order of a list is not documented; here it is the newest first, as in the
reference's examples.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from json import JSONDecodeError, dumps, loads
from operator import ge, gt, le, lt
from typing import Any
from urllib.parse import unquote, urlencode

from integration_tests.sandbox.account.ledger import EVENT_DAYS, Ledger
from integration_tests.sandbox.objects.registry import RESOURCES
from integration_tests.sandbox.world import errors
from integration_tests.sandbox.world.facts import DAY_SECONDS, INCLUDABLE, LINKED, THIN_EVENTS, Json, LinkedEndpoint
from integration_tests.sandbox.world.linked import milliseconds
from integration_tests.sandbox.world.rendering import Tree, render, tree_of
from integration_tests.sandbox.world.stored import Place, Stored

EVENT = "v2.core.event"
MOST_TYPES = 20
_BOUNDS: Mapping[str, Callable[[float, float], bool]] = {"gt": gt, "gte": ge, "lt": lt, "lte": le}
_HELD = {"types": "type", "statuses": "status"}
"""Filters that are not called as the fields are."""


@dataclass(frozen=True, slots=True)
class LinkedRoute:
    """An address: the list it names, or one object of it, with the ids in the path."""

    endpoint: LinkedEndpoint
    owner: str | None
    id: str | None

    @property
    def name(self) -> str:
        """The endpoint as Stripe counts requests: one for all ids."""
        return self.endpoint.path if self.id is None else self.endpoint.retrieve


def route(path: str) -> LinkedRoute | None:
    """What an address stands for; None if nothing does."""
    given = [unquote(part) for part in path.split("/")]
    for endpoint in LINKED.values():
        for template, single in ((endpoint.path, False), (endpoint.retrieve, True)):
            names = template.split("/")
            pairs = list(zip(names, given, strict=False))
            if len(names) == len(given) and all(name == part or (name[:1] == "{" and part) for name, part in pairs):
                ids = [part for name, part in pairs if name[:1] == "{"]
                own = ids.pop() if single else None
                return LinkedRoute(endpoint, ids[0] if ids else None, own)
    return None


@dataclass(slots=True)
class _Asked:
    """The parameters of a query, each checked against those that the list takes."""

    endpoint: LinkedEndpoint
    limit: int = 10
    token: str = ""
    include: list[str] = field(default_factory=list)
    filters: dict[str, str] = field(default_factory=dict)
    several: dict[str, list[str]] = field(default_factory=dict)
    bounds: list[tuple[Callable[[float, float], bool], float]] = field(default_factory=list)

    def take(self, name: str, value: str) -> None:
        head, _, inner = name.partition("[")
        inner = inner.rstrip("]")
        written = f"{head}[]" if inner.isdigit() else name
        if name == "page":
            self.token = value
        elif written not in self.endpoint.params:
            raise errors.unknown_parameter(name)
        elif name == "limit":
            self.limit = self._limit(value)
        elif head == "include":
            self.include.append(value)
        elif head.startswith("created"):
            word = inner or head.partition("_")[2]
            self.bounds.append((_BOUNDS[word], _moment(name, value)))
        elif inner.isdigit():
            self.several.setdefault(head, []).append(value)
        else:
            self.filters[head] = value

    def _limit(self, value: str) -> int:
        if not value.isdigit() or not 1 <= int(value) <= self.endpoint.page:
            raise errors.invalid(f"limit must be from 1 to {self.endpoint.page}.", "limit")
        return int(value)

    @property
    def tree(self) -> Tree:
        return _included(self.endpoint.object, self.include)


def _moment(name: str, value: str) -> float:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or "T" not in value:
        raise errors.invalid(f"{name} must be an RFC 3339 timestamp.", name)
    return at.timestamp()


def _included(kind: str, paths: Iterable[str]) -> Tree:
    for path in paths:
        if path not in INCLUDABLE.get(kind, ()):
            raise errors.invalid(f"include holds an unknown value: {path}", "include")
    return tree_of(paths)


def page(ledger: Ledger, at: LinkedRoute, path: str, pairs: list[tuple[str, str]]) -> Json:
    """A page of a list, or the refusal."""
    asked = _read(at.endpoint, pairs)
    kept = [(name, value) for name, value in pairs if name != "page"]
    after = _opened(asked.token, kept) if asked.token else None
    found = []
    for stored in _found(ledger, at, asked):
        if after is None or stored.place < after:
            found.append(stored)
        if len(found) > asked.limit:
            break
    more, found = len(found) > asked.limit, found[: asked.limit]
    follows = f"{path}?{urlencode([('page', _token(found[-1].place, kept)), *kept])}" if more else None
    data = [render(ledger.store, stored, asked.tree, ledger.now) for stored in found]
    return {"data": data, "next_page_url": follows, "previous_page_url": None}


def rows(ledger: Ledger, at: LinkedRoute, params: dict[str, Any]) -> list[Json]:
    """The whole of a list at once."""
    asked = _read(at.endpoint, list(_pairs(params)))
    return [render(ledger.store, stored, asked.tree, ledger.now) for stored in _found(ledger, at, asked)]


def retrieved(ledger: Ledger, at: LinkedRoute, pairs: list[tuple[str, str]]) -> Json:
    """One object by its id, or the refusal."""
    for name, _ in pairs:
        if not name.startswith("include["):
            raise errors.unknown_parameter(name)
    tree = _included(at.endpoint.object, [value for _, value in pairs])
    stored = ledger.store.get(at.endpoint.object, at.id or "")
    if stored is None or at.owner not in (None, stored.owner) or not _is_kept(ledger, stored):
        raise errors.no_such(at.endpoint.object, at.id or "", "id")
    return render(ledger.store, stored, tree, ledger.now)


def _read(endpoint: LinkedEndpoint, pairs: Iterable[tuple[str, str]]) -> _Asked:
    asked = _Asked(endpoint)
    for name, value in pairs:
        asked.take(name, value)
    types = asked.several.get("types", [])
    if len(types) > MOST_TYPES:
        raise errors.invalid(f"types takes at most {MOST_TYPES} names.", "types")
    for name in types:
        if name not in THIN_EVENTS:
            raise errors.invalid(f"Invalid event type: {name}", "types")
    return asked


def _pairs(params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in params.items():
        match value:
            case list() | tuple():
                yield from ((f"{name}[{index}]", str(item)) for index, item in enumerate(value))
            case bool():
                yield name, str(value).lower()
            case _:
                yield name, str(value)


def _found(ledger: Ledger, at: LinkedRoute, asked: _Asked) -> Iterator[Stored]:
    """What a list yields, newest first."""
    kind = at.endpoint.object
    row = RESOURCES[kind]
    if at.owner is not None and ledger.store.get(row.owner or "", at.owner) is None:
        raise errors.no_such(row.owner or "", at.owner, "account_id")
    given = frozenset((*asked.filters, *asked.several))
    left_out = [hidden.test for hidden in row.hidden if hidden.leaves_out(given, at.owner)]
    for place in ledger.store.shelf(row.shelved, at.owner).older(None):
        stored = ledger.store.stored[place[2], place[3]]
        if (
            ledger.listed(stored)
            and _is_kept(ledger, stored)
            and not any(test(stored.body) for test in left_out)
            and _fits(stored, asked)
        ):
            yield stored


def _fits(stored: Stored, asked: _Asked) -> bool:
    came = stored.place[0] + milliseconds(stored.place[3]) / 1_000
    if not all(holds(came, bound) for holds, bound in asked.bounds):
        return False
    plain = {name: {"true": True, "false": False}.get(value, value) for name, value in asked.filters.items()}
    return all(stored.body.get(name) == value for name, value in plain.items()) and all(
        stored.body.get(_HELD.get(name, name)) in values for name, values in asked.several.items()
    )


def _is_kept(ledger: Ledger, stored: Stored) -> bool:
    """Whether it is there to be seen: events are for 30 days, and may come late."""
    if stored.place[2] != EVENT:
        return True
    return stored.place[0] >= ledger.now - EVENT_DAYS * DAY_SECONDS and ledger.visible(stored.place[3])


def _token(place: Place, asked: list[tuple[str, str]]) -> str:
    return f"page_{urlsafe_b64encode(dumps([place, asked]).encode()).decode()}"


def _opened(token: str, asked: list[tuple[str, str]]) -> Place:
    """Where a page begins. What was asked for cannot be changed on the way."""
    try:
        place, before = loads(urlsafe_b64decode(token.removeprefix("page_")))
        if sorted(map(tuple, before)) != sorted(asked):
            raise errors.invalid("The filters of a list cannot be changed from page to page.", "page")
        return (int(place[0]), float(place[1]), str(place[2]), str(place[3]))
    except (Error, JSONDecodeError, UnicodeDecodeError, ValueError, TypeError, IndexError):
        raise errors.invalid("The page token is not valid.", "page") from None
