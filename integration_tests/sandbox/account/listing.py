"""Lists: which objects an endpoint yields, in pages, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from integration_tests.sandbox.account import linked
from integration_tests.sandbox.account.filters import check_needs, check_payout, check_types, filter_of
from integration_tests.sandbox.account.ledger import EVENT_DAYS, Ledger
from integration_tests.sandbox.account.parameters import Query, Span, pairs_of, read
from integration_tests.sandbox.objects.registry import RESOURCES
from integration_tests.sandbox.world import errors
from integration_tests.sandbox.world.facts import DAY_SECONDS, ENDPOINTS, RETRIEVES, UNIQUE, Endpoint, Json
from integration_tests.sandbox.world.rendering import holds, render
from integration_tests.sandbox.world.stored import Place, Shelf, Stored


@dataclass(frozen=True, slots=True)
class Route:
    """An address: the list it names, or one object of it, with the ids in the path."""

    endpoint: Endpoint
    owner: str | None
    id: str | None

    @property
    def account(self) -> str | None:
        """The account it is about, if it is about one."""
        return (self.owner or self.id) if self.endpoint.path.startswith("/v1/accounts") else None

    @property
    def name(self) -> str:
        """The endpoint as Stripe counts requests: one for all ids."""
        return self.endpoint.path if self.id is None else self.endpoint.retrieve or ""


def _known_paths() -> dict[int, list[tuple[tuple[str, ...], Endpoint, bool]]]:
    paths: dict[int, list[tuple[tuple[str, ...], Endpoint, bool]]] = {}
    for endpoint in (*ENDPOINTS.values(), *RETRIEVES):
        for path, single in ((endpoint.path, False), (endpoint.retrieve, True)):
            if path:
                names = tuple(path.split("/")[1:])
                paths.setdefault(len(names), []).append((names, endpoint, single))
    return paths


_PATHS = _known_paths()


def route(path: str) -> Route | None:
    """What an address stands for; None if nothing does. Ids in it are percent-encoded: merchants choose some."""
    given = [unquote(part) for part in path.split("/")[1:]]
    for names, endpoint, single in _PATHS.get(len(given), ()):
        if all(name == part or (name[0] == "{" and part) for name, part in zip(names, given, strict=True)):
            ids = [part for name, part in zip(names, given, strict=True) if name[0] == "{"]
            own = ids.pop() if single else None
            return Route(endpoint, ids[0] if ids else None, own)
    return None


def page(ledger: Ledger, endpoint: Endpoint, path: str, owner: str | None, pairs: list[tuple[str, str]]) -> Json:
    """A page of a list, or the refusal."""
    query = read(pairs, endpoint.params, endpoint.ranges, endpoint.required, endpoint.objects)
    if "limit" not in endpoint.params:
        return {"object": "list", "data": _whole(ledger, endpoint, owner, query), "has_more": False, "url": path}
    found, newer = list(_found(ledger, endpoint, owner, query, query.limit + 1)), query.ending_before is not None
    more = len(found) > query.limit
    found = found[: query.limit]
    if newer:
        found.reverse()
    data = [render(ledger.store, stored, query.expand, ledger.now) for stored in found]
    return {"object": "list", "data": data, "has_more": more, "url": path}


def rows(ledger: Ledger, path: str, params: dict[str, Any]) -> list[Json]:
    """The whole of a list at once."""
    if at_v2 := linked.route(path):
        return linked.rows(ledger, at_v2, params)
    at = route(path)
    if path in UNIQUE:
        return [single(ledger, path, ledger.id, pairs_of(params))]
    if at is None or at.id is not None:
        raise LookupError(path)
    given = dict(params)
    expand = given.pop("expand", None)
    if expand is not None:
        given["expand"] = [name if name.startswith("data.") else f"data.{name}" for name in expand]
    endpoint = at.endpoint
    query = read(pairs_of(given), endpoint.params, endpoint.ranges, endpoint.required, endpoint.objects)
    return _whole(ledger, endpoint, at.owner, query)


def _whole(ledger: Ledger, endpoint: Endpoint, owner: str | None, query: Query) -> list[Json]:
    found = _found(ledger, endpoint, owner, query, None)
    return [render(ledger.store, stored, query.expand, ledger.now) for stored in found]


def _found(ledger: Ledger, endpoint: Endpoint, owner: str | None, query: Query, most: int | None) -> Iterator[Stored]:
    if owner is not None and ledger.store.get(endpoint.owner, owner) is None:
        raise errors.no_such(_spoken(endpoint.owner), owner, _path_parameter(endpoint.path))
    if endpoint.objects == ("billing.meter_event_summary",):
        summaries = ledger.usage.summaries(ledger.body("billing.meter", owner or ""), query.filters)
        yield from _turned_to(summaries, endpoint, query)[:most]
        return
    row = RESOURCES[endpoint.objects[0]]
    check_needs(row.object, query)
    if row.object == "balance_transaction":
        check_payout(ledger, query)
    asked = query.filters.get(row.owner_field or row.owner or "")
    shelf = ledger.store.shelf(row.shelved, owner or asked)
    span = query.spans.get("created", Span())
    if row.object == "event":
        check_types(query)
        oldest = ledger.now - EVENT_DAYS * DAY_SECONDS
        span = Span(max(oldest, span.first or oldest), span.last)
    wanted = filter_of(ledger, row.object, owner, query)
    count = 0
    for place in _places(ledger, endpoint, shelf, query, span):
        stored = ledger.store.stored[place[2], place[3]]
        if (
            wanted(stored)
            and ledger.listed(stored)
            and not _is_foreign(ledger, stored)
            and holds(ledger.store, endpoint.path, stored)
        ):
            yield stored
            count += 1
            if count == most:
                return


def _is_foreign(ledger: Ledger, stored: Stored) -> bool:
    """Whether it is an event of a connected account, which only that account's own list shows:
    https://github.com/stripe/stripe-go/issues/315."""
    about = stored.body.get("account") if stored.place[2] == "event" else None
    return about not in (None, ledger.id) and not ledger.sees_all_events


def _places(ledger: Ledger, endpoint: Endpoint, shelf: Shelf, query: Query, span: Span) -> Iterator[Place]:
    if query.ending_before is not None:
        return shelf.newer(_anchor(ledger, endpoint, query.ending_before, "ending_before"), span.first, span.last)
    if query.starting_after is not None:
        return shelf.older(_anchor(ledger, endpoint, query.starting_after, "starting_after"), span.first, span.last)
    return shelf.older(None, span.first, span.last)


def _turned_to(rows: list[Stored], endpoint: Endpoint, query: Query) -> list[Stored]:
    """The rest of a list that is made up when asked for, newest first, or oldest first before its cursor."""
    cursor = query.starting_after or query.ending_before
    if cursor is None:
        return rows
    places = [row.place[3] for row in rows]
    if cursor not in places:
        raise errors.no_such(
            _spoken(endpoint.objects[0]), cursor, "starting_after" if query.starting_after else "ending_before", 400
        )
    index = places.index(cursor)
    return rows[index + 1 :] if query.starting_after else rows[:index][::-1]


def _anchor(ledger: Ledger, endpoint: Endpoint, id: str, param: str) -> Place:
    """Where the object of that id stands, if it still does."""
    for kind in endpoint.objects:
        stored = ledger.store.get(kind, id)
        if stored is not None:
            if kind == "event" and stored.place[0] < ledger.now - EVENT_DAYS * DAY_SECONDS:
                message = (
                    f"The event '{id}' has aged out of our retention policy and can no longer be used for pagination."
                )
                raise errors.invalid(message, param, "resource_missing")
            return stored.place
    raise errors.no_such(_spoken(endpoint.objects[0]), id, param, 400)


def _spoken(object: str) -> str:
    """Stripe's errors name some objects otherwise than `object` does."""
    return {
        "checkout.session": "checkout session",
        "item": "line item",
        "bank_account": "source",
        "card": "source",
    }.get(object, object)


def _path_parameter(path: str) -> str:
    return path[path.index("{") + 1 : path.index("}")]


def retrieved(ledger: Ledger, at: Route, pairs: list[tuple[str, str]]) -> Json:
    """One object by its id, the stub of a deleted one, or the refusal."""
    wanted = at.id or ""
    query = _expansions(pairs, at.endpoint.objects)
    for kind in at.endpoint.objects:
        stored = ledger.store.get(kind, RESOURCES[kind].key(wanted, at.owner))
        aged = kind == "event" and stored is not None and stored.place[0] < ledger.now - EVENT_DAYS * DAY_SECONDS
        unseen = kind == "event" and (
            not ledger.visible(wanted) or (stored is not None and _is_foreign(ledger, stored))
        )
        if stored is not None and not aged and not unseen and at.owner in (None, stored.owner):
            return render(ledger.store, stored, query.expand, ledger.now)
        if RESOURCES[kind].stub and (kind, wanted) in ledger.store.deleted:
            return {"id": wanted, "object": kind, "deleted": True}
    raise errors.no_such(_spoken(at.endpoint.objects[0]), wanted, "id")


def single(ledger: Ledger, path: str, account: str, pairs: list[tuple[str, str]]) -> Json:
    """What an account has but one of: its balance, its settings, or itself."""
    kind = UNIQUE[path]
    query = _expansions(pairs, (kind,))
    stored = ledger.stored(kind, account if kind == "account" else kind)
    return render(ledger.store, stored, query.expand, ledger.now)


def _expansions(pairs: list[tuple[str, str]], objects: tuple[str, ...]) -> Query:
    return read(pairs, frozenset(("expand",)), frozenset(), (), objects, prefix="")
