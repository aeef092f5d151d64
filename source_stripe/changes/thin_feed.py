"""/v2/core/events, read once per sync for the streams of API v2: an event says which object changed, and no more.

https://docs.stripe.com/event-destinations#thin-events. The list takes names of types only, twenty at a time, and holds
events about objects of API v1 too, so that it is read for those that are wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from threading import Semaphore

from source_stripe.changes.change import ChangeEvent
from source_stripe.changes.feed import EventFeed
from source_stripe.changes.source import FeedConsumer
from source_stripe.declaration.origins import Events, Linked, Listing, Params
from source_stripe.state.memory import LOOKBACK_SECONDS
from source_stripe.stripe.answers import Object
from source_stripe.stripe.client import Client
from source_stripe.stripe.query import stamp_of

PATH = "/v2/core/events"
MOST_TYPES = 20
"""The names that a request takes: https://docs.stripe.com/api/v2/core/events/list."""
CREATED = ".created"
"""How the types end that tell of a new object."""


class ThinEventFeed(EventFeed):
    """Hands each consumer what is told of its objects; read once for all of them."""

    path = PATH

    def __init__(
        self, client: Client, consumers: Sequence[FeedConsumer], longest_seconds: int, budget: Semaphore
    ) -> None:
        super().__init__(client, consumers, longest_seconds, budget)
        # Lists are eventually consistent: https://docs.stripe.com/api-v2-overview.
        self._listed_before = max((one.window.end for one in consumers), default=0) - LOOKBACK_SECONDS

    def payload(self, told: ChangeEvent) -> Object:
        """What an event shows of its object, which is where it is."""
        return {name: value for name, value in told.obj.items() if name != "created"}

    def _listing(self, asked: Iterable[Events]) -> Listing:
        types = sorted({kind for origin in asked for kind in origin.types})
        return Listing(PATH, tuple(_chunks(types)) or ((),), kind=Linked(("created[gte]", "created[lt]")))

    def _shown(self, event: Object) -> Object:
        return as_snapshot(event, self._listed_before)


def as_snapshot(event: Object, listed_before: int = 0) -> Object:
    """A thin event in the form of those of API v1, with what it knows of its object: where that is, and when it was
    created, if it tells of that. An object created after `listed_before` is not to be looked for in lists yet.

    Raises KeyError, TypeError or AttributeError for one that is not as Stripe documents it.
    """
    related, at, kind = event["related_object"], stamp_of(event, "created"), event["type"]
    # `account_id`, the account of a person.
    owners = {name.removesuffix("_id"): value for name, value in (event.get("data") or {}).items() if _is_id(name)}
    obj = owners | {"id": related["id"], "object": related["type"]}
    if kind.endswith(CREATED) and at < listed_before:
        obj["created"] = at
    return {"id": event["id"], "created": at, "type": kind, "api_version": None, "data": {"object": obj}}


def _is_id(name: str) -> bool:
    return name.endswith("_id")


def _chunks(types: Sequence[str]) -> Iterable[Params]:
    for start in range(0, len(types), MOST_TYPES):
        yield tuple((f"types[{index}]", kind) for index, kind in enumerate(types[start : start + MOST_TYPES]))
