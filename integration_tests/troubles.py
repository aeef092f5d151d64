"""What may go wrong at Stripe's side, or on the way there, for as long as one sync takes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from integration_tests.sandbox import FULL_KEY, Request, Response, Sandbox
from integration_tests.sandbox.world.facts import ENDPOINTS, LINKED
from integration_tests.sandbox.world.rendering import expanded_types, tree_of
from integration_tests.vocabulary import CATALOG
from source_stripe.declaration.resource import Resource
from source_stripe.declaration.takes import Children, Embedded

Trouble = Callable[[Sandbox], None]
Json = dict[str, Any]

LISTS = sorted({part.first.origin.path for one in CATALOG for part in one.parts} & {*ENDPOINTS, *LINKED})
_AT_ONCE = {part.first.origin.path for one in CATALOG for part in one.parts if not part.first.origin.paged}
PAGED = [path for path in LISTS if path not in {*_AT_ONCE, *LINKED}]
"""Lists that take a place to go on from."""
EVENTS = "/v1/events"


def _shown_inside(resource: Resource) -> set[str]:
    """The types of objects that a stream may ask Stripe to show inside others."""
    kinds: set[str] = set()
    for part in resource.parts:
        origin, take = part.first.origin, part.first.take
        of = {*(ENDPOINTS[origin.path].objects if origin.path in ENDPOINTS else ()), part.object}
        paths = {*origin.expand, *(take.expand if isinstance(take, Children) else ())}
        if isinstance(take, Embedded):
            whole = take.whole.expand if isinstance(take.whole, Children) else ()
            paths |= {take.expanded, *whole} - {""}
        kinds |= {kind for object in of for kind in expanded_types(object, tree_of(paths))}
    return kinds


SHOWN_INSIDE = {resource.name: _shown_inside(resource) for resource in CATALOG}
"""By stream. All streams of one list are asked for with the expansions of each."""
INSIDE = sorted(set().union(*SHOWN_INSIDE.values()))
"""Types of objects that a restricted key may not see inside those that it may read."""


def may_need(kind: str) -> set[str]:
    """The streams that a key without the permission for a type may cost."""
    return {name for name, kinds in SHOWN_INSIDE.items() if kind in kinds}


def not_permitted(*denied: str) -> Trouble:
    """The key may not read what is below these paths, nor see these types of objects inside others."""

    def trouble(stripe: Sandbox) -> None:
        stripe.keys |= {key: denied for key in stripe.keys if key == FULL_KEY or "_live_" in key}

    return trouble


def refused(path: str) -> Trouble:
    return lambda stripe: stripe.refuses(path)


def broken_after(requests: int) -> Trouble:
    return lambda stripe: stripe.fails_after(requests)


def unwell(rate: float, seed: int) -> Trouble:
    """Errors, limits, broken connections, cut bodies and answers of others."""
    return lambda stripe: stripe.faults(rate, seed)


def lists_cut_off(after_bytes: int) -> Trouble:
    """The body of a list ends after so many bytes."""
    return lambda stripe: stripe.cuts_lists(after_bytes)


def large_pages_that_fail(most: int) -> Trouble:
    """Only pages of so many objects are answered."""
    return lambda stripe: stripe.fails_large_pages(most)


def list_that_seems_to_go_on(path: str) -> Trouble:
    """The last page says that there are more, and after it comes an empty one that says so too."""

    def more(request: Request, response: Response) -> Response:
        if request.path != path or response.status != 200:
            return response
        page = json.loads(response.body)
        return _with(response, page | {"has_more": True}) if page.get("object") == "list" else response

    return _changing(more)


def list_that_begins_again(path: str) -> Trouble:
    """After the last page comes the first again."""

    def trouble(stripe: Sandbox) -> None:
        sound = stripe.handle

        def circling(request: Request) -> Response:
            response = sound(request)
            if request.path != path or response.status != 200 or response.fault:
                return response
            page = json.loads(response.body)
            again = [(name, value) for name, value in request.query if name != "starting_after"]
            if page.get("object") != "list":
                return response
            if not page["data"] and again != request.query:
                return circling(replace(request, query=again))
            return _with(response, page | {"has_more": bool(page["data"])})

        stripe.handle = circling  # type: ignore[method-assign]

    return trouble


def untold(type: str) -> Trouble:
    """Events of a type are not sent, as it is not documented that they are."""

    def leaving_out(request: Request, response: Response) -> Response:
        if request.path != EVENTS or response.status != 200:
            return response
        page = json.loads(response.body)
        return _with(response, page | {"data": [event for event in page["data"] if event["type"] != type]})

    return _changing(leaving_out)


def malformed_events(seed: int) -> Trouble:
    """Among the events on each page are some that are not as Stripe documents them; none of the sound ones is gone."""
    luck = Random(seed)

    def breaking(request: Request, response: Response) -> Response:
        if request.path != EVENTS or response.status != 200:
            return response
        page = json.loads(response.body)
        for event in luck.sample(page.get("data", []), min(2, len(page.get("data", [])))):
            page["data"].insert(luck.randrange(len(page["data"]) + 1), luck.choice(MALFORMED)(event))
        return _with(response, page)

    return _changing(breaking)


MALFORMED: tuple[Callable[[Json], Json], ...] = (
    lambda event: _without(event, "data"),
    lambda event: event | {"data": {}},
    lambda event: event | {"data": {"object": [1]}},
    lambda event: _without(event, "type"),
    lambda event: _without(event, "id"),
    lambda event: event | {"id": {"a": 1}},
    lambda event: event | {"created": "yesterday"},
    lambda event: event | {"created": None},
    lambda event: event | {"created": 1.5},
)


def objects_answered_otherwise(rate: float, seed: int) -> Trouble:
    """What is asked for by its id is now and then answered with another of its kind, or with nothing."""
    luck = Random(seed)

    def another(request: Request, response: Response) -> Response:
        if response.status != 200 or luck.random() >= rate:
            return response
        thing = json.loads(response.body)
        if thing.get("object") == "list" or thing.get("id") != request.path.rpartition("/")[2]:
            return response
        return _with(response, luck.choice(({}, {"object": "list", "data": []}, thing | {"id": f"{thing['id']}X"})))

    return _changing(another)


def _changing(change: Callable[[Request, Response], Response]) -> Trouble:
    def trouble(stripe: Sandbox) -> None:
        sound = stripe.handle

        def changed(request: Request) -> Response:
            response = sound(request)
            return response if response.fault else change(request, response)

        stripe.handle = changed  # type: ignore[method-assign]

    return trouble


def _with(response: Response, body: Json) -> Response:
    return replace(response, body=json.dumps(body, indent=2).encode())


def _without(event: Json, name: str) -> Json:
    return {key: value for key, value in event.items() if key != name}
